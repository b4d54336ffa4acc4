package patchform

import (
	"context"
	"strings"

	"github.com/howdah/howdah/internal/diff"
)

// rename writes the names of all sections as git does.
func (t *text) rename(ctx context.Context, level int, up *Upstream) error {
	var known func(context.Context, string) (bool, error)
	if up != nil {
		known = up.has
	}
	for _, s := range t.sections {
		old, fresh, ok, err := s.names(ctx, level, known)
		if err != nil {
			return err
		}
		s.oldName, s.freshName = old, fresh
		if !ok {
			continue // the reader of the diff says what is wrong
		}
		moved := func(i int) string {
			_, raw, _ := strings.Cut(bare(t.lines[i]), " ")
			mark, raw, _ := strings.Cut(raw, " ")
			name := sideName(raw)
			header := s.oldRaw
			if mark == "to" {
				header = s.freshRaw
			}
			if want := stripped(header, level); name == want || strings.HasSuffix(name, "/"+want) {
				return want // git writes no prefix here, whatever --src-prefix says
			}
			strip := level
			if name != header {
				strip = max(0, level-1)
			}
			return stripped(name, strip)
		}
		if s.from >= 0 && s.to >= 0 {
			s.oldName, s.freshName = moved(s.from), moved(s.to)
			t.setName(s.from, " from ", s.oldName)
			t.setName(s.to, " to ", s.freshName)
		}
		if s.git >= 0 {
			old, fresh := s.oldName, s.freshName
			if old == "" {
				old = fresh
			}
			if fresh == "" {
				fresh = old
			}
			t.set(s.git, "diff --git "+diff.Quote("a/"+old)+" "+diff.Quote("b/"+fresh))
		}
		if s.old >= 0 {
			t.setSide(s.old, "a/", s.oldName)
			t.setSide(s.fresh, "b/", s.freshName)
		}
	}
	return nil
}

// set writes a line anew with the line end that it has.
func (t *text) set(i int, line string) {
	end := t.lines[i][len(bare(t.lines[i])):]
	if bare(t.lines[i]) != line {
		t.lines[i] = append([]byte(line), end...)
	}
}

func (t *text) setName(i int, mark, name string) {
	head, _, _ := strings.Cut(bare(t.lines[i]), mark)
	t.set(i, head+mark+diff.Quote(name))
}

// setSide writes a line --- or +++, and keeps its time.
func (t *text) setSide(i int, prefix, name string) {
	line := bare(t.lines[i])
	rest := ""
	if at := strings.IndexByte(line, '\t'); at >= 0 {
		rest = line[at:]
	} else if at := timeBehind.FindStringIndex(line); at != nil && !strings.HasPrefix(line[4:], `"`) {
		rest = "\t" + strings.TrimLeft(line[at[0]:], " ")
	} else if name == "" {
		return
	}
	if name == "" {
		t.set(i, line[:4]+"/dev/null"+rest)
		return
	}
	t.set(i, line[:4]+diff.Quote(prefix+name)+rest)
}

// dropOthers takes away the lines that other tools write between files. Lines keep their numbers.
func (t *text) dropOthers(r *Reading) {
	if len(t.sections) == 0 {
		return
	}
	for _, i := range t.others {
		line := bare(t.lines[i])
		if strings.HasPrefix(line, "Only in ") {
			r.note("is not in the patch: %s", line)
		}
		t.lines[i] = []byte("\n")
	}
	for _, i := range t.settings {
		if name, ok := strings.CutPrefix(bare(t.lines[i]), "Property changes on: "); ok {
			r.note("leaves out the properties that Subversion keeps of %s", name)
		}
		t.lines[i] = []byte("\n")
	}
	for n, i := range t.prose {
		if n == 0 {
			r.note("passed over text behind the diff: %s", clipped(bare(t.lines[i])))
		}
		t.lines[i] = []byte("\n")
	}
}

// clipped is the beginning of a line.
func clipped(s string) string {
	if runes := []rune(s); len(runes) > 60 {
		return string(runes[:60]) + "…"
	}
	return s
}
