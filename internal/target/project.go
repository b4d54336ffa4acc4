package target

// Targets of the project itself, and of its CI.
var (
	Test = Target{
		Name: "test", Needs: nobody,
		Doc: "runs the tests, the long ones in a short form; what this machine lacks is skipped and counted",
		Options: []Option{{Name: "update", Doc: "write golden files and generated pages anew, then look at git diff",
			into: func(o *Options) any { return &o.Update }}},
	}
	Check = Target{
		Name: "check", Needs: nobody,
		Doc: "runs what CI runs: formatting, vet, staticcheck, actionlint, every test at full length",
		Options: []Option{{Name: "quick", Doc: "only formatting, vet and the tests that take seconds: half a minute",
			into: func(o *Options) any { return &o.Quick }}},
	}
	Bench = Target{Name: "bench", Doc: "runs the benchmarks, side by side with the peers that are installed",
		Needs: nobody}

	CINotice = Target{
		Name: "ci:notice", Doc: "keeps one issue open while a result fails, and closes it when it passes again",
		Args: []Arg{
			{Name: "OF", Doc: "patch-check or release", only: []string{"patch-check", "release"},
				into: func(o *Options) *string { return &o.Of }},
			{Name: "OUTCOME", Doc: "the step's outcome, as GitHub Actions calls it",
				into: func(o *Options) *string { return &o.Outcome }},
		},
		Needs: Needs{Network: true},
	}
	projectTargets = []Target{Test, Check, Bench, CINotice}
)
