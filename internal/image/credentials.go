package image

import (
	"context"

	"github.com/docker/cli/cli/config/types"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
)

// credentials passes to BuildKit, which pulls private or rate-limited bases with them, what publishing would use.
func (s Spec) credentials() session.Attachable {
	return authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{
		AuthConfigProvider: func(ctx context.Context, host string, _ []string, _ authprovider.ExpireCachedAuthCheck) (types.AuthConfig, error) {
			return credentialsFor(ctx, s.Credentials, host)
		},
	})
}

// credentialsFor asks a keychain for a host as BuildKit names it.
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
