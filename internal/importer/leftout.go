package importer

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
)

// LeftOut is a file, or a mail in one, that was not imported.
type LeftOut struct {
	Name   string       // of the file, below the folder
	Why    *fault.Error // with its place, and a hint
	Choice bool         // it is left out by default, without being wrong

	Waiting *series.Change // the change that it will be once a person allows its paths; nil: it cannot be one
}

// leave records something that cannot be imported.
func (i *Import) leave(name string, err error) {
	why, ok := errors.AsType[*fault.Error](err)
	if !ok {
		why = fault.New(fault.Usage, "%w", err)
	}
	i.Left = append(i.Left, LeftOut{Name: name, Why: why})
}

// Entry returns the lines of series.toml with the change that waits, as comments; nil if none waits.
func (l LeftOut) Entry() []byte {
	if l.Waiting == nil {
		return nil
	}
	var b bytes.Buffer
	for line := range bytes.Lines(l.Waiting.Text()) {
		fmt.Fprintf(&b, "# %s", line)
	}
	return b.Bytes()
}

// wait keeps the patch of what was left out last, if its paths are all that is wrong with it.
func (i *Import) wait(c *series.Change) {
	all := safety.Guarded()
	if c.Patch.Parse(all) != nil {
		return
	}
	for _, one := range all {
		if c.Patch.Parse(slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == one })) != nil {
			c.Allow = append(c.Allow, one)
		}
	}
	c.Patch.Name = c.Name + ".patch"
	i.file(c.Patch.Name, c.Patch.Data)
	i.Left[len(i.Left)-1].Waiting = c
}

// rejected returns why a file of rejected hunks is not imported.
func rejected(file string) *fault.Error {
	return fault.New(fault.Usage, "it has the hunks that patch or git apply could not apply").At(file, 0).
		WithHint("import the patch that they come from: a conflict then shows both sides")
}

// offer records something that is imported only on request.
func (i *Import) offer(name, format string, args ...any) *LeftOut {
	i.Left = append(i.Left, LeftOut{Name: name, Why: fault.New(fault.Usage, format, args...), Choice: true})
	return &i.Left[len(i.Left)-1]
}

// Refused joins the reasons for everything that should have been imported and was not.
func (i *Import) Refused() error {
	var all []error
	for _, l := range i.Left {
		if !l.Choice {
			all = append(all, l.Why)
		}
	}
	return errors.Join(all...)
}

// leftOut returns comments for series.toml about what was refused; patch:check counts them until somebody removes
// them.
func (i *Import) leftOut() []byte {
	var b bytes.Buffer
	for _, l := range i.Left {
		if l.Choice {
			continue
		}
		fmt.Fprintf(&b, "# left out: %s: %s\n", printable(l.Name), printable(l.Why.Err.Error()))
		hint := "import it by hand, or remove these lines"
		switch {
		case l.Waiting != nil:
			hint = "if you mean it, remove the # from the lines of its entry; else remove all of them, and " +
				l.Waiting.Patch.Name
		case !l.Why.Hint.IsZero():
			hint = l.Why.Hint.String()
		}
		fmt.Fprintf(&b, "#     %s\n", printable(hint))
		b.Write(l.Entry())
	}
	return b.Bytes()
}
