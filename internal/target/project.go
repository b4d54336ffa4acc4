package target

// Targets of the project itself, and of its CI.
var (
	Test = Target{
		Name: "test", Needs: needsSource,
		Doc: "runs the tests, the long ones in a short form; what this machine lacks is skipped and counted",
		Options: []Option{{Name: "update", Doc: "write golden files and generated pages anew, then look at git diff",
			into: func(o *Options) any { return &o.Update }}},
	}
	Check = Target{
		Name: "check", Needs: needsSource,
		Doc: "runs what CI runs: formatting, vet, staticcheck, actionlint, every test at full length",
		Options: []Option{{Name: "quick", Doc: "only formatting, vet and the tests that take seconds: about a minute",
			into: func(o *Options) any { return &o.Quick }}},
	}
	Dist = Target{
		Name: "dist", Needs: needsSource,
		Doc: "compiles static binaries of howdah and of BuildKit's daemon into dist/tool/, with SHA256SUMS",
		More: "The same commit and the same Go give the same bytes, whatever the folder. The version comes from git: the\n" +
			"tag at the commit, or one made of its date and id.",
		Options: []Option{{Name: "platform", Value: "SYSTEM/ARCH", Doc: "only this one of linux/amd64, linux/arm64, " +
			"darwin/amd64, darwin/arm64", into: func(o *Options) any { return &o.Platform },
			only: []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64"}}},
	}
	Bench = Target{
		Name: "bench", Doc: "runs the benchmarks, side by side with the peers that are installed", Needs: needsSource,
		Options: []Option{{Name: "scenario", Value: "NAME", Doc: "instead, a scenario: runner releases upstream's last " +
			"days on new machines and counts minutes and bytes",
			into: func(o *Options) any { return &o.Scenario }, only: []string{"runner"}}},
	}

	CINotice = Target{
		Name: "ci:notice", Doc: "keeps one issue open while a result fails, and closes it when it passes again",
		Args: []Arg{
			{Name: "OF", Doc: "patch-check or release", only: []string{"patch-check", "release"},
				into: func(o *Options) *string { return &o.Of }},
			{Name: "OUTCOME", Doc: "the step's outcome, as GitHub Actions calls it",
				into: func(o *Options) *string { return &o.Outcome }},
		},
		Needs: Needs{network: true},
	}
	projectTargets = []Target{Test, Check, Bench, Dist, CINotice}
)
