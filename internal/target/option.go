package target

import (
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/upstreamref"
)

// Options that several targets have.
var (
	ref = Option{Name: "ref", Value: "REF",
		Doc:  "upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref",
		into: func(o *Options) any { return &o.Ref },
		check: func(o *Options) error {
			if err := upstreamref.Check(o.Ref); err != nil {
				return fault.New(fault.Usage, "-ref=: %w", err)
			}
			return nil
		}}
	date = Option{Name: "date", Value: "YYYY-MM-DD",
		Doc:  "the day on which dates of changes are judged, in place of today",
		into: func(o *Options) any { return &o.Date }}
	without = Option{Name: "without", Value: "NAME,…", Doc: "leave out these changes",
		into: func(o *Options) any { return &o.Without }}
	offline = Option{Name: "offline", Doc: "ask nobody: use what was fetched before",
		into: func(o *Options) any { return &o.Offline }}
	dry = Option{Name: "dry", Doc: "print the plan and write nothing",
		into: func(o *Options) any { return &o.Dry }}
	strict = Option{Name: "strict", Doc: "exit 3 for landed and partly landed changes and for remarks too",
		into: func(o *Options) any { return &o.Strict }}
	accept = Option{Name: "accept", Value: "GATE,…", Doc: "override these gates, for this run; needs -reason=",
		only: gates,
		into: func(o *Options) any { return &o.Accept }}
	reason = Option{Name: "reason", Value: "TEXT", Doc: "why; the record keeps it",
		into: func(o *Options) any { return &o.Reason }}
	change = Option{Name: "change", Value: "NAME", Doc: "only this change",
		into: func(o *Options) any { return &o.Change }}
	image = Option{Name: "image", Value: "NAME", Doc: "only this image: its name, web or streaming",
		into: func(o *Options) any { return &o.Image }}
	dir = Option{Name: "dir", Value: "FOLDER", Doc: "the folder",
		into: func(o *Options) any { return &o.Dir }}
	why = Option{Name: "why", Value: "TEXT", Doc: "why the change is made; series.toml keeps it",
		into: func(o *Options) any { return &o.Why }}
)

// Positional arguments that several targets have.
var (
	name = Arg{Name: "NAME", Doc: "a change's name", into: func(o *Options) *string { return &o.Name }}
)

// withDoc returns the option with another explanation.
func (o Option) withDoc(doc string) Option {
	o.Doc = doc
	return o
}

// reasoned returns an error if gates are overridden without a reason.
func reasoned(o *Options) error {
	if len(o.Accept) > 0 && o.Reason == "" {
		return fault.New(fault.Usage, "-accept= needs -reason=TEXT").WithHint("the record of the release keeps the reason")
	}
	return nil
}

// areTags returns an error for a text that cannot be a tag.
func areTags(flag string, field func(*Options) []string) func(*Options) error {
	return func(o *Options) error {
		for _, tag := range field(o) {
			if tag == "" {
				continue
			}
			if err := address.CheckTag(clip(tag)); err != nil {
				return fault.New(fault.Usage, "%s%w", flag, err)
			}
		}
		return nil
	}
}

// isRelease returns an error for a text that is not a release's tag; "" is allowed.
func isRelease(flag, tag string) error {
	if tag == "" {
		return nil
	}
	if _, err := stamp.ParseTag(tag); err != nil {
		return fault.New(fault.Usage, "%s%w", flag, err).WithHint("%s shows the newest one", PublishStatus.Command())
	}
	return nil
}

// mayMove returns an error for tags that Howdah itself writes.
func mayMove(o *Options) error {
	for _, tag := range o.Moving {
		if err := stamp.CheckMoving(tag); err != nil {
			return fault.New(fault.Usage, "-to=: %w", err)
		}
	}
	return nil
}

// isPin returns an error unless the text is the full id of a commit, since a pin must never change its meaning.
func isPin(o *Options) error {
	if !pinForm.MatchString(o.Commit) {
		return fault.New(fault.Usage, "-commit=: %q is not the 40 hex digits of a commit", clip(o.Commit)).
			WithHint("the page of the commit that you reviewed has them at the end of its address")
	}
	return nil
}

var pinForm = regexp.MustCompile(`^[0-9a-f]{40}$`)

// commitForm matches the start of a commit's id, or a name for one; at most 250 characters.
var commitForm = regexp.MustCompile(`^[A-Za-z0-9_@][A-Za-z0-9_@./~^{}-]*$`)

// isCommit returns an error for a text that cannot name a commit.
func isCommit(name string, field func(*Options) string) func(*Options) error {
	return func(o *Options) error {
		if value := field(o); len(value) > 250 || !commitForm.MatchString(value) || strings.Contains(value, "..") {
			return fault.New(fault.Usage, "-%s=%s is not the name of a commit", name, clip(value)).
				WithHint("use its id, of 7 to 40 hex digits, or a branch or tag")
		}
		return nil
	}
}

// atLeast returns an error for a number below the least.
func atLeast(name string, least int, field func(*Options) int) func(*Options) error {
	return func(o *Options) error {
		if field(o) < least {
			return fault.New(fault.Usage, "-%s must be at least %d, found %d", name, least, field(o))
		}
		return nil
	}
}
