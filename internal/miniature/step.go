package miniature

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/tree"
)

// step is one commit of the miniature's history, as a txtar archive tells it. Its comment has lines "key: value"
// (branch, from, merge, ref, author, date), an empty line, and the message. Its files are what the commit does:
//
//	-- PATH --             the whole file
//	-- PATH (edit) --      old lines, a line "=>", new lines; the old ones must be there exactly once
//	-- PATH (from OLD) --  a move
//	-- PATH (remove) --
//	-- PATH (link) --      a symbolic link to the path in the body
type step struct {
	name    string
	branch  string   // moved to this commit, unless empty
	from    string   // branch, ref or step that it is made on; the branch itself unless told
	merge   string   // second parent
	refs    []string // other refs that are set to it
	author  string
	email   string
	date    time.Time
	message string
	files   []txtar.File
}

func parseStep(name string, data []byte) (step, error) {
	archive := txtar.Parse(data)
	head, message, ok := strings.Cut(string(archive.Comment), "\n\n")
	if !ok {
		return step{}, fmt.Errorf("reading step %q: no message", name)
	}
	s := step{name: name, message: strings.TrimSpace(message), files: archive.Files}
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if err := s.set(key, value); err != nil {
			return step{}, fmt.Errorf("reading step %q: %w", name, err)
		}
	}
	if s.from == "" {
		s.from = s.branch
	}
	if s.date.IsZero() || s.author == "" {
		return step{}, fmt.Errorf("reading step %q: an author and a date are needed", name)
	}
	return s, nil
}

func (s *step) set(key, value string) (err error) {
	switch key {
	case "branch":
		s.branch = value
	case "from":
		s.from = value
	case "merge":
		s.merge = value
	case "ref":
		s.refs = append(s.refs, value)
	case "author":
		name, mail, _ := strings.Cut(value, " <")
		s.author, s.email = name, strings.TrimSuffix(mail, ">")
	case "date":
		s.date, err = time.Parse(time.RFC3339, value)
	default:
		err = fmt.Errorf("unknown key %q", key)
	}
	return err
}

// apply makes the step's files on a tree.
func (s *step) apply(ctx context.Context, t *tree.Tree) (*tree.Tree, error) {
	for _, f := range s.files {
		path, verb, _ := strings.Cut(strings.TrimSuffix(f.Name, ")"), " (")
		changes, err := change(ctx, t, path, verb, f.Data)
		if err != nil {
			return nil, fmt.Errorf("making step %q: %w", s.name, err)
		}
		if t, err = t.With(ctx, changes); err != nil {
			return nil, fmt.Errorf("making step %q: %w", s.name, err)
		}
	}
	return t, nil
}

func change(ctx context.Context, t *tree.Tree, path, verb string, body []byte) (map[string]*tree.File, error) {
	old, moved := strings.CutPrefix(verb, "from ")
	switch {
	case verb == "":
		return map[string]*tree.File{path: {Mode: modeOf(path), Data: body}}, nil
	case verb == "remove":
		return map[string]*tree.File{path: nil}, nil
	case verb == "link":
		return map[string]*tree.File{path: {Mode: tree.Symlink, Data: bytes.TrimSpace(body)}}, nil
	case moved:
		f, err := t.ReadFile(ctx, old)
		return map[string]*tree.File{old: nil, path: &f}, err
	case verb == "edit":
		f, err := t.ReadFile(ctx, path)
		if err != nil {
			return nil, err
		}
		return edit(path, f, body)
	default:
		return nil, fmt.Errorf("changing %q: unknown verb %q", path, verb)
	}
}

func edit(path string, f tree.File, body []byte) (map[string]*tree.File, error) {
	before, after, ok := bytes.Cut(body, []byte("\n=>\n"))
	before = append(bytes.Clone(before), '\n')
	if n := bytes.Count(f.Data, before); !ok || n != 1 {
		return nil, fmt.Errorf("editing %q: found %d times, want 1", path, n)
	}
	return map[string]*tree.File{path: {Mode: f.Mode, Data: bytes.Replace(f.Data, before, after, 1)}}, nil
}

// modeOf says what is executable: what lies in bin/, since an embedded file has no mode of its own.
func modeOf(path string) tree.Mode {
	if strings.HasPrefix(path, "bin/") {
		return tree.Executable
	}
	return tree.Regular
}
