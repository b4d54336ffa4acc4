package build

import (
	"maps"
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/nearest"
	"github.com/howdah/howdah/internal/session"
)

// Check reports the mistakes in both Dockerfiles and in [build] args that can be found without upstream's tree. It
// needs no network.
func Check(s *session.Session) error {
	declared := map[string]bool{}
	for _, i := range s.Config.Images() {
		file, err := dockerfile(s, i)
		if err != nil {
			return err
		}
		if err := file.Check(i.Name); err != nil {
			return err
		}
		names, err := file.Declared()
		if err != nil {
			return err
		}
		for _, name := range names {
			declared[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Config.Build.Args)) {
		if declared[name] {
			continue
		}
		err := s.Config.Fault(fault.Usage, "build.args."+name, "no Dockerfile declares the build argument %q", name)
		if near := nearest.Name(name, slices.Collect(maps.Keys(declared))); near != "" {
			return err.WithHint("did you mean %q?", near)
		}
		return err.WithHint("declare it in the stage that uses it: ARG %s", name)
	}
	return nil
}

// own returns the build arguments that Howdah sets in a Dockerfile that declares them.
func own(s *session.Session, v versions, packages string) map[string]string {
	return map[string]string{
		"PACKAGES": packages, "DEBIAN_VERSION": s.Config.Build.Debian, "RUBY_VERSION": v.ruby, "NODE_MAJOR_VERSION": v.node,
	}
}

// argsOf returns the build arguments of a Dockerfile: Howdah's own that it declares, and those of [build] args.
// [Check] refuses one that neither Dockerfile declares.
func argsOf(s *session.Session, v versions, packages string, file frontend.Dockerfile) (map[string]string, error) {
	declared, err := file.Declared()
	if err != nil {
		return nil, err
	}
	args := own(s, v, packages)
	maps.Copy(args, s.Config.Build.Args)
	maps.DeleteFunc(args, func(name, _ string) bool { return !slices.Contains(declared, name) })
	return args, nil
}
