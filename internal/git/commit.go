package git

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/tree"
)

// Commit is what a commit says.
type Commit struct {
	Tree    tree.ID
	Parents []tree.ID
	Date    time.Time // of the committer, in UTC
	Subject string    // the first paragraph of its message, on one line
}

// Commit reads a commit that is stored here, through the reader that stays open: a git of its own takes longer to start
// than to answer.
func (r *Repo) Commit(ctx context.Context, id tree.ID) (Commit, error) {
	data, err := r.commitData(ctx, id)
	if err != nil {
		return Commit{}, err
	}
	c, message, utf8 := parseCommit(data)
	c.Subject = subjectOf(message)
	if c.Date.IsZero() {
		return Commit{}, fmt.Errorf("reading commit %s: it has no date", id)
	}
	if !utf8 { // git converts it
		subject, err := r.Run(ctx, "log", "-1", "--format=%s", string(id))
		if err != nil {
			return Commit{}, fmt.Errorf("reading commit %s: %w", id, err)
		}
		c.Subject = strings.TrimSpace(string(subject))
	}
	return c, nil
}

func (r *Repo) TreeOf(ctx context.Context, commit tree.ID) (tree.ID, error) {
	if id, ok := recall(&r.known, &r.known.trees, commit); ok {
		return id, nil
	}
	data, err := r.commitData(ctx, commit)
	c, _, _ := parseCommit(data)
	if err == nil {
		learn(&r.known, &r.known.trees, commit, c.Tree)
	}
	return c.Tree, err
}

// At returns the tree of a commit, ready to read.
func (r *Repo) At(ctx context.Context, commit tree.ID) (*tree.Tree, error) {
	id, err := r.TreeOf(ctx, commit)
	if err != nil {
		return nil, err
	}
	return tree.At(r, id), nil
}

// commitData reads the content of a commit object.
func (r *Repo) commitData(ctx context.Context, id tree.ID) ([]byte, error) {
	kind, data, err := r.batch.read(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("reading commit %s: %w", id, err)
	}
	if kind != "commit" {
		return nil, fmt.Errorf("reading commit %s: it is a %s", id, kind)
	}
	return data, nil
}

// parseCommit reads the header of a commit object, and returns its message too. The date is zero if there is none, or
// none that is a number; utf8 is false if the message is in another encoding.
func parseCommit(data []byte) (c Commit, message []byte, utf8 bool) {
	header, message, _ := bytes.Cut(data, []byte("\n\n"))
	utf8 = true
	for line := range strings.Lines(string(header)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch name {
		case "tree":
			c.Tree = tree.ID(value)
		case "parent":
			c.Parents = append(c.Parents, tree.ID(value))
		case "committer": // NAME <ADDRESS> SECONDS ZONE
			fields := strings.Fields(value[strings.LastIndexByte(value, '>')+1:])
			if len(fields) > 0 {
				if at, err := strconv.ParseInt(fields[0], 10, 64); err == nil {
					c.Date = time.Unix(at, 0).UTC()
				}
			}
		case "encoding":
			utf8 = false
		}
	}
	return c, message, utf8
}

// subjectOf joins the lines of the first paragraph, as the format %s of git-log(1) does.
func subjectOf(message []byte) string {
	var subject []byte
	for line := range bytes.Lines(message) {
		line = bytes.TrimRight(line, " \t\r\n\v\f")
		switch {
		case len(line) == 0 && len(subject) > 0:
			return string(subject)
		case len(line) == 0:
			continue
		case len(subject) > 0:
			subject = append(subject, ' ')
		}
		subject = append(subject, line...)
	}
	return string(subject)
}
