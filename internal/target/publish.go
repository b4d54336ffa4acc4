package target

import (
	"time"

	"github.com/howdah/howdah/internal/fault"
)

// Targets of releases at the registries.
var (
	PublishTag = Target{
		Name: "publish:tag", Doc: "prints the tags that publish:push would give the last build", Needs: needsNetwork,
	}
	PublishPush = Target{
		Name: "publish:push", Doc: "publishes exactly the last build of image:build",
		Options: []Option{accept, reason, dry}, Needs: needsAll, check: reasoned,
	}
	PublishServe = Target{
		Name: "publish:serve", Doc: "keeps the registry on this machine up until it is interrupted", Needs: needsDistribution,
	}
	PublishStatus = Target{
		Name: "publish:status", Doc: "compares every registry with the record of the newest release", Needs: needsNetwork,
	}
	PublishResume = Target{
		Name: "publish:resume", Doc: "finishes a release that was interrupted: uploads and tags only what is missing",
		Options: []Option{{Name: "all",
			Doc:  "read every blob of the newest release whole, at every registry, and send again what is wrong",
			into: func(o *Options) any { return &o.All }}, dry},
		Needs: needsAll,
	}
	PublishCompose = Target{
		Name: "publish:compose", Doc: "prints a release's compose.yaml: its images, as an override for Mastodon's own " +
			"docker-compose.yml",
		Options: []Option{
			{Name: "to", Value: "TAG", Doc: "the release; default the newest", into: func(o *Options) any { return &o.To }},
			{Name: "before", Doc: "the release to which publish:rollback would go back",
				into: func(o *Options) any { return &o.Before }},
		},
		Needs: needsNetwork,
		check: func(o *Options) error {
			if o.Before && o.To != "" {
				return fault.New(fault.Usage, "expected -before or -to=, found both").WithHint("leave one of them out")
			}
			return isRelease("-to=", o.To)
		},
	}
	PublishPromote = Target{
		Name: "publish:promote", Doc: "moves further tags to a release, without a build",
		Args: []Arg{{Name: "TAG", Doc: "the release's tag", into: func(o *Options) *string { return &o.Tag }}},
		Options: []Option{
			{Name: "to", Value: "TAG,…", Doc: "the tags to move; default [publish] moving",
				into:  func(o *Options) any { return &o.Moving },
				check: areTags("-to=", func(o *Options) []string { return o.Moving })},
			accept, reason, dry,
		},
		Needs: needsAll, check: func(o *Options) error {
			if err := areTags("", func(o *Options) []string { return []string{o.Tag} })(o); err != nil {
				return err
			}
			if err := mayMove(o); err != nil {
				return err
			}
			return reasoned(o)
		},
	}
	PublishRollback = Target{
		Name: "publish:rollback", Doc: "publishes an earlier release again under a new tag, and sets a hold",
		Options: []Option{
			{Name: "to", Value: "TAG", Doc: "the release to go back to; default the one before",
				into:  func(o *Options) any { return &o.To },
				check: func(o *Options) error { return isRelease("-to=", o.To) }},
			accept, reason, dry,
		},
		Needs: needsAll, check: reasoned,
	}
	PublishHold = Target{
		Name: "publish:hold", Doc: "keeps releases from publishing until publish:hold -off",
		Options: []Option{
			reason.withDoc("why; publish:status shows it"),
			{Name: "off", Doc: "lift the hold", into: func(o *Options) any { return &o.Off }},
			dry,
		},
		Needs: needsAll,
		check: func(o *Options) error {
			if o.Reason == "" && !o.Off {
				return fault.New(fault.Usage, "a hold needs -reason=TEXT").
					WithHint("add one, such as -reason='the new theme breaks Safari'")
			}
			return nil
		},
	}
	PublishPrune = Target{
		Name: "publish:prune", Doc: "removes build tags older than two weeks, and releases beyond -keep=",
		Options: []Option{
			{Name: "keep", Value: "N", Doc: "keep only the newest N releases; default all",
				into:  func(o *Options) any { return &o.Keep },
				check: atLeast("keep", 1, func(o *Options) int { return o.Keep })},
			{Name: "older", Value: "336h", Doc: "remove build tags that are older",
				into: func(o *Options) any { return &o.Older },
				check: func(o *Options) error {
					if o.Older < time.Hour {
						return fault.New(fault.Usage, "-older must be at least 1h, found %s", o.Older).
							WithHint("write -older=336h for two weeks")
					}
					return nil
				}},
			dry,
		},
		Needs: needsAll,
	}
	PublishDoctor = Target{
		Name: "publish:doctor", Doc: "checks account, rights and anonymous pull, for each registry and image, in seconds",
		Options: []Option{{Name: "setup", Doc: "go through the steps from nothing to releases by GitHub, and show the next",
			into: func(o *Options) any { return &o.Setup }}},
		Needs: needsNetwork, Alone: true,
	}
	publishTargets = []Target{
		PublishTag, PublishPush, PublishServe, PublishStatus, PublishCompose, PublishResume, PublishPromote,
		PublishRollback, PublishHold, PublishPrune, PublishDoctor,
	}
)
