// Package deployment writes the files by which servers take a release: kustomization.yaml for kustomize and Flux,
// compose.yaml for Docker Compose. A release's record and the registry to pull from go in, the files' bytes come out.
package deployment

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/record"
)

// ComposeFile is its name in the folder of results, and in the record's layer.
const ComposeFile = "compose.yaml"

// composeHead says, in the file itself, where it belongs and what is run in which order.
const composeHead = `# %s %s
# Docker Compose: the images of this release, as an override for Mastodon's own docker-compose.yml. Put it beside that
# file as docker-compose.override.yml, not as compose.yaml, which Docker would read in place of docker-compose.yml. Then:
#
#   docker compose pull web sidekiq streaming
#   docker compose run --rm -e SKIP_POST_DEPLOYMENT_MIGRATIONS=true web bundle exec rails db:migrate
#   docker compose up -d
#   docker compose run --rm web bundle exec rails db:migrate
#
# Back up the database before the migrations. To go back, put the file of the release before in its place, and run
# docker compose up -d.
x-howdah:
  tag: %s
  version: %s
  upstream: %s
services:
`

// StreamingHealth is the health check of the streaming service, which listens on a port. It replaces the one of
// Mastodon's own file, which calls curl: the streaming image has only what streaming needs.
func StreamingHealth(port string) []string {
	return []string{"node", "-e", `fetch("http://127.0.0.1:` + port + `/api/v1/streaming/health")` +
		`.then(answer => process.exit(answer.ok ? 0 : 1), () => process.exit(1))`}
}

// composePort is the port on which the streaming service of Mastodon's own file listens.
const composePort = "4000"

// composeHealth is that health check in compose.yaml.
func composeHealth() string {
	words := []string{`"CMD"`}
	for _, word := range StreamingHealth(composePort) {
		words = append(words, strconv.Quote(word)) // of ASCII, as YAML has it too
	}
	return "    healthcheck:\n      test: [" + strings.Join(words, ", ") + "]\n"
}

// Compose names the release's images by digest for Docker Compose; from is the registry to pull from, and images are
// the distribution's: web, then streaming. An image that the record does not have is left to Mastodon's own file.
func Compose(from address.Registry, images []string, r *record.Record) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, composeHead, r.Name, r.Version, r.Tag, r.Version, r.Upstream.Commit)
	for _, service := range composeServices(images) {
		i, ok := r.Image(service.image)
		if !ok {
			continue
		}
		fmt.Fprintf(&b, "  %s:\n    image: %s:%s@%s\n%s", service.name, from.Name(i.Name), r.Tag, i.Digest,
			service.more)
	}
	return b.Bytes()
}

// composeService is a service of Mastodon's docker-compose.yml that runs one of our images.
type composeService struct {
	name, image, more string
}

// composeServices are the services that are overridden, in the order of Mastodon's file.
func composeServices(images []string) []composeService {
	if len(images) != 2 {
		return nil
	}
	web, streaming := images[0], images[1]
	return []composeService{{"web", web, ""}, {"streaming", streaming, composeHealth()}, {"sidekiq", web, ""}}
}
