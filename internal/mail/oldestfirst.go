package mail

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/lines"
)

var (
	gitLine   = lines.NewFinder(`diff --git (.+?)\r?$`, "diff --git ")
	indexLine = lines.NewFinder(`index ([0-9a-f]{7,64})\.\.([0-9a-f]{7,64})`, "index ")
)

// touched is what a commit does to a file: the blob ids before and after, as far as the diff has them.
type touched struct{ before, after string }

// touches are the files of a commit, by all their names in it.
func touches(commit []byte) map[string]touched {
	all := map[string]touched{}
	starts := gitLine.All(commit)
	for n, at := range starts {
		end := len(commit)
		if n+1 < len(starts) {
			end = starts[n+1][0]
		}
		var one touched
		diff := commit[at[1]:end]
		if m := indexLine.First(diff); m != nil {
			one = touched{string(diff[m[2]:m[3]]), string(diff[m[4]:m[5]])}
		}
		for name := range strings.FieldsSeq(string(commit[at[2]:at[3]])) {
			if _, plain, ok := strings.Cut(name, "/"); ok {
				name = plain
			}
			all[name] = one
		}
	}
	return all
}

// follows reports whether t was made on what an earlier commit left: its content, or a file that it made.
func (t touched) follows(earlier touched) bool {
	return t.continues(earlier) || none(earlier.before) && !none(t.before) || none(t.after) && !none(earlier.after)
}

// continues reports whether t was made on the very content that an earlier commit left.
func (t touched) continues(earlier touched) bool {
	n := min(len(t.before), len(earlier.after))
	return n > 0 && !none(t.before) && t.before[:n] == earlier.after[:n]
}

// none reports whether a blob id stands for no file.
func none(id string) bool { return id != "" && strings.Trim(id, "0") == "" }

// oldestFirst puts the commits of a log in the order in which they were made: by the blob ids of the files that
// several of them change, or else by their dates. git log lists the newest first, and --reverse the oldest.
func oldestFirst(all []Mail) ([]Mail, error) {
	if len(all) < 2 {
		return all, nil
	}
	up, down, shared := compared(all, touched.follows)
	if up == down {
		up, down = dated(all)
	}
	switch {
	case up > down, !shared && up == down:
		return all, nil
	case down > up:
		slices.Reverse(all)
		return all, nil
	}
	return nil, &Error{all[0].Line, errors.New("its commits change the same file, and neither blob ids nor dates say " +
		"which is the older: make it with git format-patch --stdout")}
}

// compared counts the commits that rest on what the nearest one above them left, those that the one above rests on, and
// says whether any two change the same file.
func compared(all []Mail, rests func(touched, touched) bool) (up, down int, shared bool) {
	files := make([]map[string]touched, len(all))
	for i, m := range all {
		files[i] = touches(m.Data)
	}
	nearest := map[string]touched{} // what the nearest commit above does to each file
	for j := range all {
		for name, later := range files[j] {
			if earlier, ok := nearest[name]; ok {
				shared = true
				if rests(later, earlier) {
					up++
				}
				if rests(earlier, later) {
					down++
				}
			}
			nearest[name] = later
		}
	}
	return up, down, shared
}

// inOrder returns the mails of a mailbox in their order, or from the last to the first where the blob ids leave no
// other: git log --format=email lists the newest first.
func inOrder(all []Mail) []Mail {
	if len(all) < 2 {
		return all
	}
	if up, down, _ := compared(all, touched.continues); up == 0 && down > 0 {
		slices.Reverse(all)
	}
	return all
}

// dated counts the commits that are newer, and those that are older, than the one above them.
func dated(all []Mail) (up, down int) {
	var last time.Time
	for _, m := range all {
		at, ok := dateOf(m.Data)
		if !ok {
			return 0, 0
		}
		switch {
		case last.IsZero():
		case at.After(last):
			up++
		case at.Before(last):
			down++
		}
		last = at
	}
	return up, down
}

func dateOf(mail []byte) (time.Time, bool) {
	for line := range bytes.Lines(mail) {
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Date: ")); ok {
			return when(strings.TrimSpace(string(value)))
		}
	}
	return time.Time{}, false
}
