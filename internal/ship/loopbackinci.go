package ship

import (
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/session"
)

// refuseLoopbackInCI refuses to publish from CI without registries: the local registry would vanish with the machine,
// although the run succeeded.
func refuseLoopbackInCI(s *session.Session) error {
	if len(s.Config.Publish.Registries) > 0 || !s.InCI() {
		return nil
	}
	owner := strings.ToLower(s.Getenv("GITHUB_REPOSITORY_OWNER"))
	if owner == "" {
		owner = "you"
	}
	return s.Config.Fault(fault.Usage, "publish.registries", "no registries are set, so a release in CI would go to a "+
		"registry on the runner, which ends with the run").
		WithHint("write under [publish]: registries = [%q]", "ghcr.io/"+owner)
}
