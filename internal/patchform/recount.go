package patchform

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var hunkCounts = regexp.MustCompile(`^@@ -([0-9]{1,8})(?:,[0-9]{1,8})? \+([0-9]{1,8})(?:,[0-9]{1,8})? @@`)

// mendCounts counts the lines of hunks anew that somebody edited by hand, as git apply --recount does. It does so only
// where there is one reading: a hunk ends with a line of context, what follows is the next hunk, the next file or the
// end, and its old lines stand in upstream's file.
func (t *text) mendCounts(ctx context.Context, up *Upstream, r *Reading) error {
	if up == nil {
		return nil
	}
	for _, s := range t.sections {
		for n := range s.hunks {
			h := &s.hunks[n]
			end, old, fresh := t.body(h.head)
			m := hunkHead.FindStringSubmatch(bare(t.lines[h.head]))
			complete := h.oldGap == 0 && h.newGap == 0 && h.end >= end
			if s.oldName == "" || complete {
				continue
			}
			data, err := up.content(ctx, s.oldName)
			if err != nil {
				return err
			}
			rest, ok := t.after(hunk{head: h.head, end: end}, data)
			isRemoved := len(rest) > 0 && rest[0] == "- " && end < len(t.lines) && bare(t.lines[end]) == "-- "
			if data == nil || !ok || isRemoved || !t.whole(*h, end, len(rest) == 0) {
				continue // the reader of the diff says what is wrong
			}
			head := string(t.lines[h.head])
			starts := hunkCounts.FindStringSubmatch(head)
			t.lines[h.head] = []byte(fmt.Sprintf("@@ -%s,%d +%s,%d @@%s", starts[1], old, starts[2], fresh,
				head[len(starts[0]):]))
			h.end, h.oldGap, h.newGap = end, 0, 0
			t.prose = slices.DeleteFunc(t.prose, func(i int) bool { return i > h.head && i < end })
			r.note("counted the lines of a hunk of %s anew: its head says %s", s.oldName, strings.TrimSpace(m[0]))
		}
	}
	return nil
}

// body finds where the lines of a hunk end, whatever its head says, and counts them.
func (t *text) body(head int) (end, old, fresh int) {
	blank := 0 // blank lines since the last line that is one of the hunk's for sure
	end = head + 1
	for i := end; i < len(t.lines); i++ {
		line := bare(t.lines[i])
		if line == "" {
			blank++
			continue
		}
		if !strings.ContainsAny(line[:1], " +-\\") || line == "-- " || line == "--" || t.fileAt(i) {
			break
		}
		old, fresh, end = old+blank, fresh+blank, i+1
		blank = 0
		switch line[0] {
		case ' ':
			old, fresh = old+1, fresh+1
		case '-':
			old++
		case '+':
			fresh++
		}
	}
	return end, old, fresh
}

// fileAt reports whether the lines --- and +++ of a file begin at a line.
func (t *text) fileAt(i int) bool {
	return strings.HasPrefix(bare(t.lines[i]), "--- ") && i+1 < len(t.lines) &&
		strings.HasPrefix(bare(t.lines[i+1]), "+++ ")
}

// whole reports whether a hunk whose lines end at a line lacks none: its last line is one of context, or upstream's
// file ends there, and where it has fewer lines than its head says, something else of the patch follows.
func (t *text) whole(h hunk, end int, atEnd bool) bool {
	last := bare(t.lines[end-1])
	context := last != "" && (last[0] == ' ' || last[0] == '\\')
	next := end
	for next < len(t.lines) && bare(t.lines[next]) == "" {
		next++
	}
	if next == len(t.lines) {
		// One of both sides has all lines that its head says, or more: none can be cut off behind a line of context, which
		// is of both sides.
		return context && min(h.oldGap, h.newGap) <= 0 && (max(h.oldGap, h.newGap) <= 0 || !atEnd)
	}
	line := bare(t.lines[next])
	follows := strings.HasPrefix(line, "@@ ") || strings.HasPrefix(line, "diff --git ") || t.fileAt(next) ||
		line == "-- " && !t.goesOn(next+1) || other(line)
	return follows && (atEnd || context && (h.oldGap != h.newGap || h.oldGap <= 0))
}

// goesOn reports whether a line is one of a hunk: what looks like a mail's signature above it is a removed line then.
func (t *text) goesOn(i int) bool {
	return i < len(t.lines) && strings.ContainsAny(bare(t.lines[i])[:min(1, len(bare(t.lines[i])))], " +-\\@")
}
