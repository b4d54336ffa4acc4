package image

import (
	"context"
	"os"
	"strings"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	credstore "github.com/docker/cli/cli/config/credentials"
	"github.com/docker/cli/cli/config/types"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/auth/authprovider"
)

// credentials gives BuildKit what it needs to pull a private or rate-limited base, in the order in which publishing
// looks: DOCKERHUB_USERNAME and DOCKERHUB_TOKEN, docker's own configuration and helpers, GITHUB_TOKEN for GitHub's
// registry only.
func credentials() session.Attachable {
	fromDocker := authprovider.LoadAuthConfig(dockerConfig(os.Getenv("DOCKER_CONFIG")))
	return authprovider.NewDockerAuthProvider(authprovider.DockerAuthProviderConfig{
		AuthConfigProvider: func(ctx context.Context, host string, scope []string, expired authprovider.ExpireCachedAuthCheck) (types.AuthConfig, error) {
			if user, token := os.Getenv("DOCKERHUB_USERNAME"), os.Getenv("DOCKERHUB_TOKEN"); user != "" && token != "" && isDockerHub(host) {
				return types.AuthConfig{Username: user, Password: token}, nil
			}
			found, err := fromDocker(ctx, host, scope, expired)
			if err != nil || found != (types.AuthConfig{ServerAddress: found.ServerAddress}) {
				return found, err
			}
			if token := os.Getenv("GITHUB_TOKEN"); token != "" && host == "ghcr.io" {
				return types.AuthConfig{Username: "x-access-token", Password: token}, nil
			}
			return types.AuthConfig{}, nil
		},
	})
}

// dockerConfig reads docker's configuration in a folder, "" for the user's own; what cannot be read holds no credentials.
func dockerConfig(dir string) *configfile.ConfigFile {
	file, err := config.Load(dir)
	if err != nil || file == nil {
		return configfile.New("")
	}
	if !file.ContainsAuth() {
		file.CredentialsStore = credstore.DetectDefaultStore(file.CredentialsStore)
	}
	return file
}

func isDockerHub(host string) bool {
	return host == authprovider.DockerHubRegistryHost || host == "docker.io" || strings.HasSuffix(host, ".docker.io")
}
