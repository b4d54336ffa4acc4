package release

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// composeFile is its name in the folder of results, and in the record's layer.
const composeFile = "compose.yaml"

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

// streamingHealth is that health check in compose.yaml.
func streamingHealth() string {
	words := []string{`"CMD"`}
	for _, word := range StreamingHealth(composePort) {
		words = append(words, strconv.Quote(word)) // of ASCII, as YAML has it too
	}
	return "    healthcheck:\n      test: [" + strings.Join(words, ", ") + "]\n"
}

// compose names the release's images by digest for Docker Compose. An image that the settings name, and the record does
// not have, is left to Mastodon's own file.
func compose(s Settings, r *Record) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, composeHead, s.Name, r.Version, r.Tag, r.Version, r.Upstream.Commit)
	for _, service := range composeServices(s) {
		i, ok := r.image(service.image)
		if !ok {
			continue
		}
		fmt.Fprintf(&b, "  %s:\n    image: %s:%s@%s\n%s", service.name, s.primary().Name(i.Name), r.Tag, i.Digest,
			service.more)
	}
	return b.Bytes()
}

// composeService is a service of Mastodon's docker-compose.yml that runs one of our images.
type composeService struct {
	name, image, more string
}

// composeServices are the services that are overridden, in the order of Mastodon's file.
func composeServices(s Settings) []composeService {
	if len(s.Images) != 2 {
		return nil
	}
	web, streaming := s.Images[0], s.Images[1]
	return []composeService{{"web", web, ""}, {"streaming", streaming, streamingHealth()}, {"sidekiq", web, ""}}
}

// Compose returns the compose.yaml of a release: of the one with this tag, of the one to which [Store.Rollback] would
// go back, or of the newest.
func (s Store) Compose(ctx context.Context, tag string, before bool) ([]byte, error) {
	k, err := s.readAll(ctx)
	if err != nil {
		return nil, err
	}
	if len(k.tags) == 0 {
		return nil, fault.New(fault.Usage, "expected a release, found none: nothing is released yet")
	}
	r := k.Newest
	switch {
	case tag != "" || before:
		if r, err = k.before(ctx, tag, k.Newest); err != nil {
			return nil, err
		}
	case len(k.unreadable) > 0:
		return nil, k.unreadable[0]
	}
	for _, name := range s.Images {
		if _, ok := r.image(name); !ok {
			return nil, fault.New(fault.Usage, "release %s has no image %q, only %q", r.Tag, name, r.names()).
				WithHint("the names of [[image]] in howdah.toml have changed since that release")
		}
	}
	return compose(s.Settings, r), nil
}
