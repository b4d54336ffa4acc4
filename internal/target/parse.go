package target

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
)

// Given is an option as typed; Value is nil for a switch without one.
type Given struct {
	Name  string
	Value *string
}

// Parse parses and checks the positional arguments and the options of a target. If an option is given twice, the last
// one counts. An empty value is an error (exit code 2), since it comes from a mistake in a script.
func (t Target) Parse(args []string, given []Given) (Options, error) {
	var o Options
	if err := t.parseArgs(&o, args); err != nil {
		return Options{}, err
	}
	for _, option := range t.Options {
		if option.preset != "" {
			if err := option.set(&o, option.preset); err != nil {
				return Options{}, err
			}
		}
	}
	for _, g := range given {
		option, err := t.Option(g.Name)
		if err != nil {
			return Options{}, err
		}
		if err := option.give(&o, g.Value); err != nil {
			return Options{}, err
		}
	}
	if t.check != nil {
		if err := t.check(&o); err != nil {
			return Options{}, err
		}
	}
	return o, nil
}

// parseArgs parses the positional arguments.
func (t Target) parseArgs(o *Options, args []string) error {
	for i, a := range t.Args {
		if i < len(args) && strings.HasPrefix(args[i], "-") {
			if flag, value, ok := strings.Cut(strings.TrimLeft(args[i], "-"), "="); ok && t.named(flag) {
				return t.notFlag(flag, value)
			}
		}
		if i >= len(args) {
			return fault.New(fault.Usage, "%s needs %s: %s", t.Name, a.Name, a.Doc).
				WithHint("usage: %s%s", t.Command(), t.form())
		}
		value := args[i]
		flag, _, _ := strings.Cut(strings.TrimLeft(value, "-"), "=")
		if strings.HasPrefix(value, "-") && (!a.text || t.has(flag)) {
			return fault.New(fault.Usage, "%s needs %s before %s", t.Name, a.Name, clip(value)).
				WithHint("usage: %s%s", t.Command(), t.form())
		}
		if value == "" && !a.empty || !a.text && strings.TrimSpace(value) == "" {
			return fault.New(fault.Usage, "%s needs %s, found an empty one: %s", t.Name, a.Name, a.Doc).
				WithHint("usage: %s%s", t.Command(), t.form())
		}
		if a.only != nil && !slices.Contains(a.only, value) {
			return fault.New(fault.Usage, "unknown %s %q", strings.ToLower(a.Name), clip(value)).
				WithHint("use: %s %s", t.Command(), strings.Join(a.only, "|"))
		}
		*a.into(o) = value
	}
	if len(args) > len(t.Args) {
		more := clip(args[len(t.Args)])
		err := fault.New(fault.Usage, "%s takes %d arguments, found %d: %q", t.Name, len(t.Args), len(args), more)
		switch {
		case t.has("change"):
			return err.WithHint("for one change: %s", t.Command("-change="+more))
		case t.Name == PatchCheck.Name:
			return err.WithHint("for one change: %s", PatchShow.Command(more))
		}
		return err.WithHint("usage: %s%s", t.Command(), t.form())
	}
	return nil
}

func (t Target) has(name string) bool {
	return slices.ContainsFunc(t.Options, func(o Option) bool { return o.Name == name })
}

// named reports whether a positional argument has this name.
func (t Target) named(name string) bool {
	return slices.ContainsFunc(t.Args, func(a Arg) bool { return strings.EqualFold(a.Name, name) })
}

// notFlag returns the error for a positional argument that was typed as a flag; value is what follows its equals
// sign.
func (t Target) notFlag(name, value string) error {
	err := fault.New(fault.Usage, "%s takes %s without a flag, found -%s", t.Name, strings.ToUpper(name),
		clip(name+"="+value))
	if value == "" || len(t.Args) > 1 {
		return err.WithHint("usage: %s%s", t.Command(), t.form())
	}
	return err.WithHint("write: %s", t.Command(clip(value)))
}

// Option finds an option by its name. If the target does not have it, the error proposes the nearest one.
func (t Target) Option(name string) (Option, error) {
	if t.named(name) {
		return Option{}, t.notFlag(name, "")
	}
	var names []string
	for _, o := range t.Options {
		if o.Name == name {
			return o, nil
		}
		names = append(names, "-"+o.Name)
	}
	return Option{}, unknown("option of "+t.Name+":", "-"+name, names)
}

// maxValue limits the bytes of a value; no list of changes or reason is longer.
const maxValue = 4096

// firstYear is the first year of a day: Mastodon is from 2016, and the zero time means that no day is given.
const firstYear = 2016

// give sets an option to a typed value, and checks it.
func (o Option) give(to *Options, value *string) error {
	switch {
	case value == nil && !o.Switch():
		return fault.New(fault.Usage, "-%s needs a value", o.Name).WithHint("write -%s=%s", o.Name, o.Value)
	case value == nil:
		return o.set(to, "true")
	case len(*value) > maxValue:
		return fault.New(fault.Usage, "-%s= has %d bytes, at most %d are allowed", o.Name, len(*value), maxValue)
	case strings.TrimSpace(*value) == "":
		return fault.New(fault.Usage, "-%s= is empty", o.Name).WithHint("leave the option out, or give it a value")
	}
	if err := o.set(to, strings.TrimSpace(*value)); err != nil {
		return err
	}
	if o.check != nil {
		return o.check(to)
	}
	return nil
}

// set parses a value into its field.
func (o Option) set(to *Options, value string) error {
	switch field := o.into(to).(type) {
	case *string:
		*field = value
		return o.among(value)
	case *[]string:
		return o.setList(field, value)
	case *bool:
		on, err := strconv.ParseBool(value)
		if err != nil {
			return fault.New(fault.Usage, "-%s=%s is not true or false", o.Name, clip(value)).
				WithHint("write -%s, or leave it out", o.Name)
		}
		*field = on
	case *int:
		n, err := strconv.Atoi(value)
		if err != nil {
			return fault.New(fault.Usage, "-%s=%s is not a number", o.Name, clip(value)).
				WithHint("write -%s=%s", o.Name, o.Value)
		}
		*field = n
	case *time.Duration:
		d, err := time.ParseDuration(value)
		if err != nil {
			return fault.New(fault.Usage, "-%s=%s is not a duration", o.Name, clip(value)).
				WithHint("write it as -%s=336h", o.Name)
		}
		*field = d
	case *time.Time:
		day, err := time.Parse(time.DateOnly, value)
		if err != nil {
			return fault.New(fault.Usage, "-%s=%s is not a date (YYYY-MM-DD)", o.Name, clip(value)).
				WithHint("write it as -%s=2026-06-01", o.Name)
		}
		if day.Year() < firstYear {
			return fault.New(fault.Usage, "-%s=%s is before the year %d", o.Name, clip(value), firstYear).
				WithHint("write it as -%s=2026-06-01", o.Name)
		}
		*field = day
	}
	return nil
}

func (o Option) setList(field *[]string, value string) error {
	var items []string
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item == "" {
			return fault.New(fault.Usage, "-%s=%s has an empty item", o.Name, clip(value)).
				WithHint("separate list items with commas")
		}
		if err := o.among(item); err != nil {
			return err
		}
		items = append(items, item)
	}
	*field = items
	return nil
}

// among returns an error for a value that is not one of the option's.
func (o Option) among(value string) error {
	if o.only == nil || slices.Contains(o.only, value) {
		return nil
	}
	return unknown("value of -"+o.Name+":", value, o.only)
}
