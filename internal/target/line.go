package target

import (
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// CheckLine checks mage's command line: several targets, each with its arguments and options. Mage itself would first
// compile, and its error would propose neither the nearest target nor the nearest option.
func CheckLine(args []string) error {
	for len(args) > 0 {
		t, err := Find(strings.ToLower(args[0])) // mage ignores case
		if err != nil {
			return err
		}
		count := min(len(t.Args), len(args)-1)
		positional := args[1 : 1+count]
		args = args[1+count:]
		var given []Given
		for len(args) > 0 && strings.HasPrefix(args[0], "-") {
			name, value, ok := strings.Cut(args[0][1:], "=")
			g := Given{Name: strings.ToLower(name)}
			if ok {
				g.Value = &value
			}
			given = append(given, g)
			args = args[1:]
		}
		if err := t.checkCall(positional, given); err != nil {
			return err
		}
	}
	return nil
}

// checkCall checks the call of one target. Mistakes in the options of a target with Reports are left to the target,
// which writes them into its result.
func (t Target) checkCall(positional []string, given []Given) error {
	if !t.Reports {
		_, err := t.Parse(positional, given)
		return err
	}
	for _, g := range given {
		option, err := t.Option(g.Name)
		if err != nil {
			return err
		}
		if g.Value == nil && !option.Switch() {
			return fault.New(fault.Usage, "-%s needs a value", g.Name).WithHint("write -%s=%s", g.Name, option.Value)
		}
	}
	return nil
}

// CheckFlag returns an error for a flag before the first target that mage does not have: a target's options come
// after its name.
func CheckFlag(flag string) error {
	name, _, _ := strings.Cut(strings.TrimLeft(flag, "-"), "=")
	err := fault.New(fault.Usage, "unknown option %q before the first target", clip(flag))
	for _, t := range All() {
		if t.has(name) {
			return err.WithHint("write options after the target: %s", t.Command(clip(flag)))
		}
	}
	return err.WithHint("go tool mage -l lists the targets, go tool mage -h TARGET its options")
}
