// Package credential finds the login for a registry: for a registry's address it returns a user and a password, or
// nobody (anonymous). It looks in the environment and in Docker's configuration. A source that is broken is reported
// as a warning, and the next one is used: the registry decides whether the login suffices.
package credential

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/cli/cli/config/types"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/secret"
)

// Chain asks the sources in this order: DOCKERHUB_USERNAME and DOCKERHUB_TOKEN for Docker Hub, Docker's configuration
// with its helpers (where there is none, Podman's), GITHUB_TOKEN for GitHub's registry and no other. For a registry on
// loopback only entries of the file itself count: no helper is started, and nothing is reported.
type Chain struct {
	env  func(string) string
	warn func(string)
	wait time.Duration // for one helper; it may ask a person to unlock a store

	mu     sync.Mutex
	warned map[string]bool
	broken map[string]bool // helpers that are not started again
}

var _ authn.ContextKeychain = (*Chain)(nil)

// New returns a chain. warn gets a sentence for each broken source, once.
func New(env func(string) string, warn func(string)) *Chain {
	if warn == nil {
		warn = func(string) {}
	}
	return &Chain{env: env, warn: warn, wait: time.Minute, warned: map[string]bool{}, broken: map[string]bool{}}
}

// Resolve implements [authn.Keychain].
func (c *Chain) Resolve(r authn.Resource) (authn.Authenticator, error) {
	return c.ResolveContext(context.Background(), r)
}

// ResolveContext implements [authn.ContextKeychain], and makes what it finds known as secret, see [secret.With]. Its
// only error is that ctx has ended.
func (c *Chain) ResolveContext(ctx context.Context, r authn.Resource) (authn.Authenticator, error) {
	auth, err := c.find(ctx, r)
	if err != nil {
		return nil, err
	}
	found, err := authn.Authorization(ctx, auth)
	if err != nil {
		return nil, err
	}
	learn(ctx, *found)
	return auth, nil
}

func learn(ctx context.Context, found authn.AuthConfig) {
	if found.Password != "" {
		secret.Learn(ctx, secret.Login(found.Username, found.Password)...)
	}
	secret.Learn(ctx, found.Auth, found.IdentityToken, found.RegistryToken)
}

// Password returns the password, or token, of the login for a registry; "" means anonymous.
func (c *Chain) Password(ctx context.Context, r name.Registry) (string, error) {
	who, err := c.ResolveContext(ctx, r)
	if err != nil {
		return "", err
	}
	known, err := authn.Authorization(ctx, who)
	if err != nil {
		return "", err
	}
	return known.Password, nil
}

func (c *Chain) find(ctx context.Context, r authn.Resource) (authn.Authenticator, error) {
	host := r.RegistryStr()
	hub := host == name.DefaultRegistry
	if user, token := c.env("DOCKERHUB_USERNAME"), c.env("DOCKERHUB_TOKEN"); hub && user != "" && token != "" {
		return authn.FromConfig(authn.AuthConfig{Username: user, Password: token}), nil
	}
	if found, ok := c.docker(ctx, r); ok {
		return authn.FromConfig(authn.AuthConfig{
			Username: found.Username, Password: found.Password, Auth: found.Auth,
			IdentityToken: found.IdentityToken, RegistryToken: found.RegistryToken,
		}), nil
	}
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if token := c.env("GITHUB_TOKEN"); host == "ghcr.io" && token != "" {
		user := c.env("GITHUB_ACTOR")
		if user == "" || strings.ContainsAny(user, ":\r\n") {
			user = "x-access-token"
		}
		return authn.FromConfig(authn.AuthConfig{Username: user, Password: token}), nil
	}
	return authn.Anonymous, nil
}

// docker looks into Docker's configuration.
func (c *Chain) docker(ctx context.Context, r authn.Resource) (types.AuthConfig, bool) {
	path, file, err := load(c.env)
	local := address.IsLoopback(address.WithoutPort(r.RegistryStr()))
	if err != nil && !local {
		c.report("%q cannot be read, so its credentials are not used: %s; correct the file, or remove it", path, reason(err))
	}
	if err != nil || file == nil {
		return types.AuthConfig{}, false
	}
	for _, key := range keys(file, r) {
		got := inFile(file, key)
		if helper := helperOf(file, key); helper != "" && !local {
			if asked := c.ask(ctx, file, source{path, helper, key}); !empty(asked) {
				got = asked
			}
		}
		if !empty(got) {
			return got, true
		}
	}
	return types.AuthConfig{}, false
}

// keys are the names under which a registry may stand in the file. Podman's has them for single repositories too.
func keys(file *configfile.ConfigFile, r authn.Resource) []string {
	var out []string
	if repo := r.String(); repo != r.RegistryStr() {
		_, stored := file.AuthConfigs[repo]
		_, helped := file.CredentialHelpers[repo]
		if stored || helped {
			out = append(out, repo)
		}
	}
	if r.RegistryStr() == name.DefaultRegistry {
		return append(out, authn.DefaultAuthKey)
	}
	return append(out, r.RegistryStr())
}

func empty(a types.AuthConfig) bool {
	return a.Username == "" && a.Password == "" && a.Auth == "" && a.IdentityToken == "" && a.RegistryToken == ""
}
