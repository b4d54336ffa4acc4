package inspect

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/secret"
)

// assignment is NAME=value in a command; $NAME, as of a secret that is mounted, is no value.
var assignment = regexp.MustCompile(`\b([A-Za-z_][A-Za-z0-9_]*)=[^\s$"'][^\s]{5,}`)

// named reports variables, labels and commands of the image that are called, or look like, a secret.
func (c *check) named() {
	for _, kv := range c.m.config.Env {
		if name, value, _ := strings.Cut(kv, "="); value != "" && (secret.Named(name) || secret.MaskForms(value) != value) {
			c.add("secret", "the variable %s is named as a secret, or holds one", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.m.config.Labels)) {
		if value := c.m.config.Labels[name]; secret.MaskForms(value) != value {
			c.add("secret", "the label %s holds a credential", name)
		}
	}
	for n, made := range c.m.history {
		set := assignment.FindAllStringSubmatch(made, -1)
		if secret.MaskForms(made) != made || slices.ContainsFunc(set, func(m []string) bool { return secret.Named(m[1]) }) {
			c.add("secret", "command %d of the history sets a secret, or holds one", n+1)
		}
	}
}
