package target

import "github.com/howdah/howdah/internal/fault"

// Targets that build images and look into them.
var (
	ImageBuild = Target{
		Name: "image:build", Doc: "builds the images into dist/",
		More: "With -platform= it builds one machine's share and keeps it at the registry, where a release finds it.\n" +
			"-dry prints the equal docker build lines.",
		Options: []Option{
			image,
			{Name: "platform", Value: "PLATFORM", Doc: "only this one of [build] platforms",
				into: func(o *Options) any { return &o.Platform }},
			ref, date, without, offline, dry,
		},
		Needs: needsAll,
	}
	ImageVerify = Target{
		Name: "image:verify", Doc: "checks the content of the built images without running them",
		More: "With -rebuild it builds them once more, with no step from a cache, and compares both builds layer by layer.",
		Options: []Option{image, {Name: "rebuild", Doc: "build them once more, from nothing, and compare",
			into: func(o *Options) any { return &o.Rebuild }},
			{Name: "of", Value: "TAG", Doc: "with -rebuild, compare with this release's images at the registries",
				into:  func(o *Options) any { return &o.Tag },
				check: func(o *Options) error { return isRelease("-of=", o.Tag) }},
		},
		Needs: needsAll,
		check: func(o *Options) error {
			if o.Tag != "" && !o.Rebuild {
				return fault.New(fault.Usage, "-of= names what -rebuild compares with; found no -rebuild").WithHint("add -rebuild")
			}
			return nil
		},
	}
	ImageRun = Target{
		Name: "image:run", Doc: "runs both built images with PostgreSQL and Redis on this machine",
		Options: []Option{{Name: "check", Doc: "check that they work, then stop",
			into: func(o *Options) any { return &o.CheckOnly }}},
		Needs: needsLock,
	}
	ImageWhy = Target{
		Name: "image:why", Doc: "shows which inputs of an image differ from the newest release's, and what is built again",
		More: "It names upstream's commits and the changes by which files of the tree differ, the arguments, the bases\n" +
			"and the day of Debian's packages, and for each stage of the Dockerfile its first step that is built again.\n" +
			"It builds nothing.",
		Args: []Arg{{Name: "IMAGE", Doc: "an image's name, or web or streaming",
			into: func(o *Options) *string { return &o.Image }}},
		Options: []Option{ref, date, without, offline}, Needs: needsNetwork,
	}
	imageTargets = []Target{ImageBuild, ImageVerify, ImageRun, ImageWhy}
)
