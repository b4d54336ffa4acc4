package config

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/go-version"
	"github.com/howdah/howdah/internal/fault"
)

// constraintForm is stricter than go-version, which accepts five parts, and a dash without a prerelease.
var constraintForm = regexp.MustCompile(`^(=|!=|>|<|>=|<=|~>) ?[0-9]{1,6}(\.[0-9]{1,6}){0,2}$`)

func setTool(l *loader, v value) {
	for part := range strings.SplitSeq(v.text, ",") {
		if !constraintForm.MatchString(strings.TrimSpace(part)) {
			l.fail(v.fault("%q is not a version constraint", v.text).WithHint(`such as ">= 1.4" or "~> 1.4, != 1.4.2"`))
			return
		}
	}
	l.c.tool = v.text
}

// Tool checks the tool's version, "v1.4.2", against the distribution's condition. A build without a version, "" or
// "(devel)", passes with a note.
func (c *Config) Tool(tool string) (note string, err error) {
	if c.tool == "" {
		return "", nil
	}
	v, parseErr := version.NewSemver(tool)
	if parseErr != nil || strings.HasPrefix(strings.TrimPrefix(tool, "v"), "0.0.0-") {
		return fmt.Sprintf("this build of the tool has no version, so %q is not checked", c.tool), nil
	}
	constraint, err := version.NewConstraint(c.tool)
	if err != nil {
		return "", c.Fault(fault.Usage, "howdah", "parsing %q: %w", c.tool, err)
	}
	if constraint.Check(v.Core()) {
		return "", nil
	}
	return "", c.Fault(fault.Usage, "howdah", "this tool is version %s; the distribution needs %s", tool, c.tool).
		WithHint("install such a version of Howdah: update your checkout or binary, and in CI the version that the " +
			"workflow names")
}
