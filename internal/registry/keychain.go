package registry

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
)

// Keychain finds credentials, in this order: DOCKERHUB_USERNAME and DOCKERHUB_TOKEN for Docker Hub, Docker's
// configuration and its helpers, GITHUB_TOKEN for GitHub's registry and no other, none.
func Keychain(env func(string) string) authn.Keychain {
	return keychain{env: env, docker: authn.DefaultKeychain}
}

type keychain struct {
	env    func(string) string
	docker authn.Keychain
}

var _ authn.ContextKeychain = keychain{}

func (k keychain) Resolve(r authn.Resource) (authn.Authenticator, error) {
	return k.ResolveContext(context.Background(), r)
}

func (k keychain) ResolveContext(ctx context.Context, r authn.Resource) (authn.Authenticator, error) {
	host := r.RegistryStr()
	if user, token := k.env("DOCKERHUB_USERNAME"), k.env("DOCKERHUB_TOKEN"); host == name.DefaultRegistry && user != "" && token != "" {
		return authn.FromConfig(authn.AuthConfig{Username: user, Password: token}), nil
	}
	auth, err := authn.Resolve(ctx, k.docker, r)
	if err != nil {
		return nil, fmt.Errorf("asking Docker's configuration for credentials for %q: %s", host, clean(err.Error()))
	}
	if auth != authn.Anonymous {
		return auth, nil
	}
	if token := k.env("GITHUB_TOKEN"); host == "ghcr.io" && token != "" {
		user := k.env("GITHUB_ACTOR")
		if user == "" || strings.ContainsAny(user, ":\r\n") {
			user = "x-access-token"
		}
		return authn.FromConfig(authn.AuthConfig{Username: user, Password: token}), nil
	}
	return authn.Anonymous, nil
}

// anonymous has no credentials.
type anonymous struct{}

func (anonymous) Resolve(authn.Resource) (authn.Authenticator, error) { return authn.Anonymous, nil }
