package series

import (
	"bytes"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/plural"
)

// lineEnds counts the texts of a folder, and those of them whose lines all end in CRLF.
type lineEnds struct{ texts, returned int }

func (e *lineEnds) read(data []byte) {
	lines := bytes.Count(data, []byte("\n"))
	if lines == 0 || bytes.IndexByte(data, 0) >= 0 {
		return
	}
	e.texts++
	if bytes.Count(data, []byte("\r\n")) == lines {
		e.returned++
	}
}

// checkedOut reports whether every file of the folder has CRLF, as git writes them on Windows, or where core.autocrlf
// is true: the list of the changes, and at least one file that a change brings.
func (e *lineEnds) checkedOut() bool { return e.texts > 1 && e.returned == e.texts }

// hintLineEnds adds to the folder's patches that are refused what git did to them, and a warning of its overlays.
func (l *loader) hintLineEnds() {
	if !l.ends.checkedOut() {
		return
	}
	folder := fault.Word(l.at("."))
	hint := fault.Hintf("all %s of %s have CRLF, as git writes them with core.autocrlf; to take them as they are: "+
		"echo '* -text' > %s/.gitattributes && git -C %s rm -rq --cached . && git -C %s checkout HEAD -- .",
		plural.Of(l.ends.texts, "text"), l.at("."), folder, folder, folder)
	overlays := false
	for _, c := range l.series.Changes[l.first:] {
		if c.Kind == KindPatch && c.Refused != nil {
			c.Refused = c.Refused.WithHint("%s", hint)
		}
		overlays = overlays || c.Kind == KindOverlay && c.Overlay.Local != nil
	}
	if overlays {
		l.series.LineEnds = append(l.series.LineEnds, hint)
	}
}
