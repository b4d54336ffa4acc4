package importer

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/howdah/howdah/internal/fault"
)

// LeftOut is a file, or a mail in one, that was not imported.
type LeftOut struct {
	Name   string       // of the file, below the folder
	Why    *fault.Error // with its place, and a hint
	Choice bool         // it is left out by default, without being wrong
}

// leave records something that cannot be imported.
func (i *Import) leave(name string, err error) {
	why, ok := errors.AsType[*fault.Error](err)
	if !ok {
		why = fault.New(fault.Usage, "%w", err)
	}
	i.Left = append(i.Left, LeftOut{Name: name, Why: why})
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
		if !l.Why.Hint.IsZero() {
			hint = l.Why.Hint.String()
		}
		fmt.Fprintf(&b, "#     %s\n", printable(hint))
	}
	return b.Bytes()
}
