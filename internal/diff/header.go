package diff

import (
	"fmt"
	"strconv"
	"strings"
)

// header collects what the header lines of a file say, to check whether they agree.
type header struct {
	file             *File
	both             string // after "diff --git"; "" if the diff is not git's
	oldMode, newMode bool   // the lines "old mode" and "new mode" are there
	from, to         string // "rename" or "copy"
	old, fresh       string // what follows the names on --- and +++: the times that diff(1) writes
}

// git reads git's own header lines, starting with "diff --git".
func (h *header) git(p *parser) error {
	h.both = string(p.line[len("diff --git "):])
	if strings.HasSuffix(h.both, "\r") {
		return p.wrong("the diff's own lines end in CRLF: save it as git wrote it")
	}
	same, err := sameName(h.both)
	if err != nil {
		return p.wrong("%v", err)
	}
	f := h.file
	for p.advance(); !p.done; p.advance() {
		known, err := h.extended(p, string(p.line))
		if err != nil {
			return err
		}
		if !known {
			break
		}
	}
	if f.OldName == "" && !f.New {
		f.OldName = same
	}
	if f.NewName == "" && !f.Deleted {
		f.NewName = same
	}
	return nil
}

// extended reads one of git's extended header lines.
func (h *header) extended(p *parser, line string) (known bool, err error) {
	f := h.file
	cut := func(key string) (value string, ok bool) { return strings.CutPrefix(line, key) }
	if v, ok := cut("old mode "); ok {
		h.oldMode = true
		f.OldMode, err = p.mode(v)
	} else if v, ok := cut("new mode "); ok {
		h.newMode = true
		f.NewMode, err = p.mode(v)
	} else if v, ok := cut("new file mode "); ok {
		f.New = true
		f.NewMode, err = p.mode(v)
	} else if v, ok := cut("deleted file mode "); ok {
		f.Deleted = true
		f.OldMode, err = p.mode(v)
	} else if v, ok := cut("rename from "); ok {
		h.from, f.Rename = "rename", true
		f.OldName, err = p.name(v)
	} else if v, ok := cut("rename to "); ok {
		h.to, f.Rename = "rename", true
		f.NewName, err = p.name(v)
	} else if v, ok := cut("copy from "); ok {
		h.from, f.Copy = "copy", true
		f.OldName, err = p.name(v)
	} else if v, ok := cut("copy to "); ok {
		h.to, f.Copy = "copy", true
		f.NewName, err = p.name(v)
	} else if v, ok := cut("similarity index "); ok {
		f.Similarity, err = p.percent(v)
	} else if v, ok := cut("dissimilarity index "); ok {
		_, err = p.percent(v)
	} else if v, ok := cut("index "); ok {
		err = h.index(p, v)
	} else {
		return false, nil
	}
	return true, err
}

// index reads "OLD..NEW", perhaps with a mode.
func (h *header) index(p *parser, value string) error {
	f := h.file
	ids, mode, has := strings.Cut(value, " ")
	var ok bool
	if f.OldID, f.NewID, ok = strings.Cut(ids, ".."); !ok || !hexID(f.OldID) || !hexID(f.NewID) {
		return p.wrong("malformed index line %.100q", value)
	}
	if !has {
		return nil
	}
	m, err := p.mode(mode)
	if !f.New && !f.Deleted && !h.oldMode && !h.newMode {
		f.OldMode, f.NewMode = m, m
	}
	return err
}

func hexID(s string) bool {
	return len(s) >= 4 && len(s) <= 40 && strings.Trim(s, "0123456789abcdef") == ""
}

// mode reads a mode that a tree can have.
func (p *parser) mode(s string) (uint32, error) {
	switch s {
	case "100644", "100755", "120000", "160000":
		n, err := strconv.ParseUint(s, 8, 32)
		return uint32(n), err
	}
	return 0, p.wrong("mode %.40q is not a mode that git uses for files", s)
}

func (p *parser) percent(s string) (int, error) {
	n, err := strconv.ParseUint(strings.TrimSuffix(s, "%"), 10, 8)
	if err != nil || n > 100 {
		return 0, p.wrong("malformed similarity %.40q", s)
	}
	return int(n), nil
}

// content reads the lines --- and +++.
func (h *header) content(p *parser) (err error) {
	f := h.file
	var old, fresh string
	if old, h.old, err = p.sideName("--- ", "a/"); err != nil {
		return err
	}
	if fresh, h.fresh, err = p.sideName("+++ ", "b/"); err != nil {
		return err
	}
	if !p.starts("@@") {
		return p.wrong("no hunk after the +++ line")
	}
	if h.both == "" {
		f.New, f.Deleted = old == "", fresh == ""
	}
	switch {
	case (old == "") != f.New || (fresh == "") != f.Deleted:
		return p.wrong("/dev/null is given for a file that is neither new nor deleted, or is missing for one that is")
	case h.both != "" && (old != f.OldName || fresh != f.NewName):
		return p.wrong("%q and %q differ from the names in the diff's head", old, fresh)
	}
	f.OldName, f.NewName = old, fresh
	return nil
}

// finish returns an error if the header lines contradict each other or cannot be.
func (h *header) finish() error {
	f := h.file
	wrong := func(format string, args ...any) error { return &ParseError{f.Line, fmt.Sprintf(format, args...)} }
	h.epoch()
	switch {
	case f.OldName == "" && f.NewName == "":
		return wrong("names no file, or two without a rename")
	case f.New && f.Deleted, f.New && (f.Rename || f.Copy), f.Deleted && (f.Rename || f.Copy), f.Rename && f.Copy,
		h.from != h.to:
		return wrong("says two different things about %q", f.Name())
	case f.OldName != f.NewName && !f.New && !f.Deleted && !f.Rename && !f.Copy:
		return wrong("%q and %q are two names, and this is not a rename", f.OldName, f.NewName)
	case f.OldName == f.NewName && (f.Rename || f.Copy):
		return wrong("%q is renamed or copied to itself", f.OldName)
	case h.both != "" && !sameHead(h.both, f):
		return wrong("the names in the diff's head differ from those below it")
	case h.oldMode != h.newMode:
		return wrong("has an old mode without a new mode, or the other way round")
	case f.Binary != nil && len(f.Hunks) > 0:
		return wrong("has both text and binary content")
	case f.Binary != nil && (len(f.OldID) < 40 || len(f.NewID) < 40):
		return wrong("binary content needs full ids on the index line: make the diff with git diff --binary")
	case f.Binary != nil && f.OldID == f.NewID, len(f.Hunks) == 0 && f.Binary == nil && !f.Rename && !f.Copy && !f.New &&
		!f.Deleted && f.OldMode == f.NewMode:
		return wrong("changes nothing")
	}
	return f.ordered()
}

// ordered checks the hunks against each other.
func (f *File) ordered() error {
	end := 0
	for i := range f.Hunks {
		h := &f.Hunks[i]
		switch {
		case f.New && h.OldLines > 0:
			return &ParseError{h.line, "takes lines from a new file"}
		case f.Deleted && h.NewLines > 0:
			return &ParseError{h.line, "gives lines to a deleted file"}
		case h.from() < end:
			return &ParseError{h.line, "lies before the end of the hunk above"}
		}
		end = h.from() + h.OldLines
	}
	return nil
}

// epoch treats an empty file that diff -N dates to 1970 as one that does not exist.
func (h *header) epoch() {
	f := h.file
	if h.both != "" || len(f.Hunks) != 1 || f.New || f.Deleted {
		return
	}
	none := func(stamp string, start, lines int) bool {
		return start == 0 && lines == 0 &&
			(strings.HasPrefix(stamp, "1970-01-01 ") || strings.HasPrefix(stamp, "1969-12-31 "))
	}
	if one := &f.Hunks[0]; none(h.old, one.OldStart, one.OldLines) {
		f.New, f.OldName = true, ""
	} else if none(h.fresh, one.NewStart, one.NewLines) {
		f.Deleted, f.NewName = true, ""
	}
}
