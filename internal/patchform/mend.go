package patchform

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/plural"
)

// mendReturns takes away the carriage returns that an editor or a mail put at the line ends of the whole patch. Where
// upstream's file has such line ends itself, those of its lines stay.
func (t *text) mendReturns(ctx context.Context, up *Upstream, r *Reading) {
	returned := func(i int) bool { return i >= 0 && bytes.HasSuffix(t.lines[i], []byte("\r\n")) }
	if !slices.ContainsFunc(t.sections, func(s *section) bool {
		return returned(s.git) || returned(s.old) ||
			returned(s.fresh)
	}) {
		return
	}
	keep := make([]bool, len(t.lines))
	for _, s := range t.sections {
		if up == nil || s.oldName == "" {
			continue
		}
		if data, err := up.content(ctx, s.oldName); err == nil && bytes.Contains(data, []byte("\r\n")) {
			for _, h := range s.hunks {
				for i := h.head + 1; i < h.end; i++ {
					keep[i] = !bytes.HasPrefix(t.lines[i], []byte(`\`))
				}
			}
		}
	}
	for i, line := range t.lines {
		if keep[i] && bytes.HasSuffix(line, []byte("\r\r\n")) {
			t.lines[i] = append(slices.Clone(line[:len(line)-2]), '\n') // what wrote CRLF wrote it behind the file's own
		}
		if !keep[i] && returned(i) {
			t.lines[i] = append(bytes.TrimRight(slices.Clone(line), "\r\n"), '\n')
		}
	}
	r.note("removed the carriage returns at the line ends")
}

// mendEnds puts back the blank context lines that an editor took from the end of a patch, where upstream has blank
// lines there; and the line feed of a last line that another line can be compared with.
func (t *text) mendEnds(ctx context.Context, up *Upstream, r *Reading) error {
	if up == nil {
		return nil
	}
	for _, s := range t.sections {
		for n, h := range s.hunks {
			last := h.end - 1
			if line := t.lines[last]; !bytes.HasSuffix(line, []byte("\n")) && len(line) > 0 &&
				(line[0] == ' ' || h.oldGap == 0 && h.newGap == 0 && line[0] != '\\') {
				t.lines[last] = append(slices.Clone(line), '\n')
				r.note("added the line feed at the end of the patch")
			}
			gap := h.oldGap
			if gap <= 0 || gap != h.newGap || n < len(s.hunks)-1 || s.oldName == "" {
				continue
			}
			data, err := up.content(ctx, s.oldName)
			if err != nil {
				return err
			}
			if data == nil {
				continue
			}
			next, ok := t.after(h, data)
			if !ok {
				continue // the reader of the diff says that the hunk ends early
			}
			for k := range gap {
				if k < len(next) && next[k] == "" {
					continue
				}
				there := "the end of the file"
				if k < len(next) {
					there = strconv.Quote(next[k])
				}
				return &Error{Line: h.end, What: fmt.Sprintf("the hunk ends early: %d lines of context are missing, and "+
					"upstream's %s has %s there",
					gap, s.oldName, there), Hint: "make the diff again, or copy its end from where it comes from"}
			}
			t.lines[last] = append(slices.Clone(t.lines[last]), bytes.Repeat([]byte(" \n"), gap)...)
			r.note("put back %s of context at the end of a hunk of %s", plural.Of(gap, "blank line"), s.oldName)
		}
	}
	return nil
}

// after finds the lines of a file that follow those of a hunk: where its head says, or else where they stand once.
func (t *text) after(h hunk, data []byte) (next []string, ok bool) {
	var old []string
	for _, line := range t.lines[h.head+1 : h.end] {
		text := bare(line)
		switch {
		case text == "":
			old = append(old, "")
		case text[0] == ' ', text[0] == '-':
			old = append(old, text[1:])
		}
	}
	file := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n"), "\n")
	start := size(hunkHead.FindStringSubmatch(bare(t.lines[h.head]))[1]) - 1
	fits := func(at int) bool {
		return at >= 0 && at+len(old) <= len(file) && slices.Equal(file[at:at+len(old)], old)
	}
	if len(old) == 0 {
		return nil, false
	}
	if !fits(start) {
		start = -1
		for at := range file {
			if !fits(at) {
				continue
			}
			if start >= 0 {
				return nil, false
			}
			start = at
		}
	}
	if start < 0 {
		return nil, false
	}
	return file[start+len(old):], true
}
