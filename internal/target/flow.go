package target

var (
	Release = Target{
		Name:    "release",
		Doc:     "fetches upstream, applies the series, builds both images and publishes them as one release",
		More:    "When nothing changed, it does nothing, in seconds.",
		Options: []Option{ref, date, without, accept, reason, strict, offline, dry},
		Needs:   needsAll, Reports: true, check: reasoned,
	}
	Demo = Target{
		Name: "demo",
		Doc:  "runs the whole flow on a miniature of Mastodon, with two registries on this machine",
		More: "It needs no account, no GitHub and no image from Docker Hub.",
		Options: []Option{
			dir.withDoc("where it works; default dist/demo"),
		},
		Needs: needsNothing,
	}
	Init = Target{
		Name: "init",
		Doc:  "writes a new distribution: here, or into another folder",
		Options: []Option{
			dir.withDoc("the folder, which must not have a howdah.toml yet; default this one"),
			{Name: "name", Value: "NAME", Doc: "the distribution's name; default the folder's",
				into: func(o *Options) any { return &o.Title }},
		},
		Needs: needsNothing,
	}
	flow = []Target{Release, Demo, Init}
)
