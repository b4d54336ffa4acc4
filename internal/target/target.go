// Package target lists what a person can ask Howdah for, as values: the name, the arguments, the options and the needs
// of each target. Mage's targets, the binary's commands, help and docs/targets.md are made from these values. It parses
// what was typed into [Options], and finds every mistake in it before anything is fetched. It is pure.
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
	Reports bool                 // others read its result in dist/, so a mistake in the options is written there too
	check   func(*Options) error // contradictions between options; nil: none
}

// Arg is a positional argument.
type Arg struct {
	Name string // in capitals: "NAME"
	Doc  string
	into func(*Options) *string
	only []string // the values that it may have; nil: any
	text bool     // any text, also one that begins with a dash or is only spaces; nothing else is
	// empty says that it may be "", as the text that takes the place of one that is removed
	empty bool
}

// Option is a flag, typed as -name=value, or as -name where it is a switch.
type Option struct {
	Name   string
	Value  string // what help prints behind the equals sign, such as "REF"; "" for a switch
	Doc    string
	preset string // as it would be typed; "" is none
	into   func(*Options) any
	only   []string // the values that it, or each of its list, may have; nil: any
	check  func(*Options) error
}

// Switch reports whether the option takes no value.
func (o Option) Switch() bool { return o.Value == "" }

// Needs is what a run of a target needs before its work begins.
type Needs struct {
	Distribution bool // howdah.toml, read and checked
	Lock         bool // no second run of a target that has it, in the same distribution
	Source       bool // the tool's own source, with Go: mage has such a target, the binary does not
	network      bool // it may ask upstream, a registry or GitHub; told in help
}

// Needs that recur.
var (
	alone  = Needs{Distribution: true, Lock: true, network: true}
	reads  = Needs{Distribution: true, network: true}
	local  = Needs{Distribution: true, Lock: true}
	looks  = Needs{Distribution: true}
	nobody = Needs{}
	source = Needs{Source: true}
)

// Namespace is the part before the colon, or "".
func (t Target) Namespace() string {
	space, _, ok := strings.Cut(t.Name, ":")
	if !ok {
		return ""
	}
	return space
}

// Verb is the part after the colon, or the whole name.
func (t Target) Verb() string { return t.Name[strings.LastIndexByte(t.Name, ':')+1:] }

// Runs reports whether a proposed command is one of this target: it would do again what was just done.
func (t Target) Runs(c fault.Command) bool { return c.Target == t.Name }

// form is what follows the target's name where it is typed: " NAME FILE FIND REPLACE [-why=TEXT] [-dry]".
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

// Usage is the option as it is typed: "-ref=REF", "-dry".
func (o Option) Usage() string {
	if o.Switch() {
		return "-" + o.Name
	}
	return "-" + o.Name + "=" + o.Value
}

// All lists every target, those outside a namespace first, then by name.
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

// Find returns the target of a name. A name that nobody has is an error that proposes the nearest.
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
