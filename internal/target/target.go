// Package target lists what a person can ask Howdah for, as values: the name, arguments, options and needs of each
// target. Mage's targets, the binary's commands, help and docs/targets.md are generated from them. It parses what was
// typed into [Options], and reports every mistake in it before anything is fetched. It is pure.
package target

import (
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// Target is one thing that a person can ask for.
type Target struct {
	Name    string   // "patch:check"; a target outside a namespace has no colon
	Doc     string   // what it does, in the third person, no period: "checks that every change still applies"
	More    string   // what help prints below it, or ""
	Args    []Arg    // positional, all required, before the options
	Options []Option // in the order in which help lists them
	Needs   Needs
	Alone   bool                 // the binary takes its verb without the namespace too
	Reports bool                 // other programs read its result in dist/, so mistakes in the options are written there
	check   func(*Options) error // contradictions between options; nil: none
}

// Arg is a positional argument.
type Arg struct {
	Name string // in capitals: "NAME"
	Doc  string
	into func(*Options) *string
	only []string // the values that it may have; nil: any
	text bool     // any text, also one that starts with a dash or is only spaces; other arguments may not
	// may be "", for a replacement that removes the text
	empty bool
}

// Option is a flag, typed as -name=value, or as -name where it is a switch.
type Option struct {
	Name   string
	Value  string // what help prints after the equals sign, such as "REF"; "" for a switch
	Doc    string
	preset string // the default, as it would be typed; "": none
	into   func(*Options) any
	only   []string // the values that it, or each item of its list, may have; nil: any
	check  func(*Options) error
}

// Switch reports whether the option takes no value.
func (o Option) Switch() bool { return o.Value == "" }

// Needs is what a run of a target needs before its work begins.
type Needs struct {
	Distribution bool // howdah.toml, read and checked
	Lock         bool // it writes the distribution's files, builds or publishes: one such target runs at a time
	Source       bool // the tool's own source, with Go: mage has such a target, the binary does not
	network      bool // it may ask upstream, a registry or GitHub; help says so
}

// Needs that recur.
var (
	needsAll          = Needs{Distribution: true, Lock: true, network: true}
	needsNetwork      = Needs{Distribution: true, network: true}
	needsLock         = Needs{Distribution: true, Lock: true}
	needsDistribution = Needs{Distribution: true}
	needsNothing      = Needs{}
	needsSource       = Needs{Source: true}
)

// Namespace returns the part before the colon, or "".
func (t Target) Namespace() string {
	space, _, ok := strings.Cut(t.Name, ":")
	if !ok {
		return ""
	}
	return space
}

// Verb returns the part after the colon, or the whole name.
func (t Target) Verb() string { return t.Name[strings.LastIndexByte(t.Name, ':')+1:] }

// Runs reports whether a proposed command is of this target, which has just run.
func (t Target) Runs(c fault.Command) bool { return c.Target == t.Name }

// form returns what follows the target's name: " NAME FILE FIND REPLACE [-why=TEXT] [-dry]".
func (t Target) form() string {
	var b strings.Builder
	for _, a := range t.Args {
		b.WriteString(" " + a.Name)
	}
	for _, o := range t.Options {
		b.WriteString(" [" + o.Usage() + "]")
	}
	return b.String()
}

// Usage returns the option as it is typed: "-ref=REF", "-dry".
func (o Option) Usage() string {
	if o.Switch() {
		return "-" + o.Name
	}
	return "-" + o.Name + "=" + o.Value
}

// All returns every target, those without a namespace first, then by name.
func All() []Target {
	all := slices.Concat(flow, upstreamTargets, patchTargets, imageTargets, publishTargets, machineTargets, projectTargets)
	slices.SortStableFunc(all, func(a, b Target) int {
		if (a.Namespace() == "") != (b.Namespace() == "") {
			if a.Namespace() == "" {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all
}

// Find returns the target with this name. If there is none, the error proposes the nearest one.
func Find(name string) (Target, error) {
	all := All()
	var names []string
	for _, t := range all {
		if t.Name == name {
			return t, nil
		}
		names = append(names, t.Name)
	}
	return Target{}, unknown("target", name, names)
}
