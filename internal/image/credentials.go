package image

import (
	"context"

	"github.com/docker/cli/cli/config/types"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth"
	"github.com/moby/buildkit/session/auth/authprovider"
	"github.com/moby/buildkit/util/progress/progresswriter"
	"google.golang.org/grpc"

	"github.com/howdah/howdah/internal/secret"
)

// credentials passes the logins that publishing would use to BuildKit, which pulls private or rate-limited bases with
// them. It registers them, and the tokens that are fetched with them, as secrets in ctx, see [secret.With].
func (s Spec) credentials(ctx context.Context) session.Attachable {
	learn := func(values ...string) { secret.Learn(ctx, values...) }
	provider := authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{
		AuthConfigProvider: func(asked context.Context, host string, _ []string,
			_ authprovider.ExpireCachedAuthCheck) (types.AuthConfig, error) {
			found, err := credentialsFor(asked, s.Credentials, host)
			if found.Password != "" {
				learn(secret.Login(found.Username, found.Password)...)
			}
			learn(found.Auth, found.IdentityToken, found.RegistryToken)
			return found, err
		},
	})
	if server, ok := provider.(sharedAuth); ok {
		return learningAuth{server, learn}
	}
	return provider
}

// sharedAuth is the interface of BuildKit's own provider: it answers the daemon, and the client sets its logger.
type sharedAuth interface {
	session.Attachable
	auth.AuthServer
	SetLogger(progresswriter.Logger)
}

// learningAuth registers the tokens that it fetches from a registry for the daemon as secrets.
type learningAuth struct {
	sharedAuth
	learn func(values ...string)
}

// Register registers this in place of what it wraps.
func (a learningAuth) Register(server *grpc.Server) { auth.RegisterAuthServer(server, a) }

func (a learningAuth) FetchToken(ctx context.Context, r *auth.FetchTokenRequest) (*auth.FetchTokenResponse, error) {
	token, err := a.sharedAuth.FetchToken(ctx, r)
	if token != nil {
		a.learn(token.Token)
	}
	return token, err
}

// credentialsFor asks a keychain about a host as BuildKit names it.
func credentialsFor(ctx context.Context, keychain authn.Keychain, host string) (types.AuthConfig, error) {
	if keychain == nil {
		return types.AuthConfig{}, nil
	}
	if host == authprovider.DockerHubRegistryHost || host == "docker.io" {
		host = name.DefaultRegistry
	}
	registry, err := name.NewRegistry(host)
	if err != nil {
		return types.AuthConfig{}, err
	}
	auth, err := authn.Resolve(ctx, keychain, registry)
	if err != nil {
		return types.AuthConfig{}, err
	}
	found, err := authn.Authorization(ctx, auth)
	if err != nil {
		return types.AuthConfig{}, err
	}
	return types.AuthConfig{
		Username: found.Username, Password: found.Password, Auth: found.Auth,
		IdentityToken: found.IdentityToken, RegistryToken: found.RegistryToken, ServerAddress: host,
	}, nil
}
