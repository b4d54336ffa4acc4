// Package fork splits a fork's history into changes. Its input is the output of git log and the trees of the fork;
// its output are topics, each a step from one tree to the next. It runs no git and does not touch the disk.
//
// [ParseHistory] reads the fork's own commits. [Trace] finds the commit that wrote each line of the fork's difference
// to upstream, [Traced.Topics] groups the commits, and [Steps] builds the trees between the topics.
package fork

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// LogArgs returns the arguments of the git log that ParseHistory reads; the caller appends the tip and the commits to
// leave out. With -c, a merge lists only the files that differ from all of its parents.
func LogArgs() []string {
	return []string{"log", "-z", "--topo-order", "--reverse", "--raw", "-c", "--no-renames", "--no-abbrev",
		"--format=%x01%H%x02%P%x02%an%x02%at%x02%s%x02%b%x03"}
}

// Commit is one commit of a fork that upstream does not have.
type Commit struct {
	id      tree.ID
	parents []tree.ID
	author  string
	date    int64 // author date, in seconds since 1970
	subject string
	body    string
	Rows    []Row
}

// Row is the change of one path by a commit. Old has the path's file in each parent, in the parents' order.
type Row struct {
	Path  string
	Old   []File
	added File
}

// File is an entry of a tree; the ID is "" if there is no file.
type File struct {
	Mode tree.Mode
	ID   tree.ID
}

// ErrMany is wrapped by the error for a history that touches more than maxRows files.
var ErrMany = errors.New("the history is too large")

// maxRows limits the sum of the files that each commit touches. glitch-soc's 8,000 own commits touch about 60,000.
const maxRows = 500_000

// ParseHistory reads the output of git log with LogArgs. Parents come before children.
func ParseHistory(r io.Reader) ([]Commit, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	var out []Commit
	rows := 0
	for {
		token, err := in.ReadBytes(0)
		if errors.Is(err, io.EOF) && len(bytes.TrimSpace(token)) == 0 {
			return out, nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("reading the fork's history: %w", err)
		}
		text := strings.Trim(string(bytes.TrimSuffix(token, []byte{0})), "\n")
		switch {
		case text == "":
		case text[0] == 1:
			c, err := parseCommit(text[1:])
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		case text[0] == ':' && len(out) > 0:
			name, err := in.ReadString(0)
			if err != nil {
				return nil, fmt.Errorf("reading the fork's history: %q names no file", text)
			}
			row, err := parseRow(text)
			if err != nil {
				return nil, err
			}
			row.Path = strings.TrimSuffix(name, "\x00")
			if rows++; rows > maxRows {
				return nil, fmt.Errorf("reading the fork's history: %w: its commits touch more than %d files", ErrMany, maxRows)
			}
			c := &out[len(out)-1]
			c.Rows = append(c.Rows, row)
		default:
			return nil, fmt.Errorf("reading the fork's history: unexpected %q", text)
		}
	}
}

func parseCommit(text string) (Commit, error) {
	text, ok := strings.CutSuffix(text, "\x03")
	f := strings.SplitN(text, "\x02", 6)
	if !ok || len(f) != 6 {
		return Commit{}, fmt.Errorf("reading the fork's history: unexpected commit %q", text)
	}
	c := Commit{id: tree.ID(f[0]), author: f[2], subject: f[4], body: f[5]}
	for p := range strings.FieldsSeq(f[1]) {
		c.parents = append(c.parents, tree.ID(p))
	}
	var err error
	if c.date, err = strconv.ParseInt(f[3], 10, 64); err != nil {
		return Commit{}, fmt.Errorf("reading the date of commit %s: %w", c.id, err)
	}
	return c, nil
}

// parseRow reads one line of git log --raw -c: a colon for each parent, their modes and the new mode, their ids and
// the new id, and the status.
func parseRow(text string) (Row, error) {
	bare := strings.TrimLeft(text, ":")
	n := len(text) - len(bare)
	f := strings.Fields(bare)
	if len(f) != 2*n+3 {
		return Row{}, fmt.Errorf("reading the fork's history: unexpected line %q", text)
	}
	file := func(i int) (File, error) {
		mode, err := strconv.ParseUint(f[i], 8, 32)
		if err != nil {
			return File{}, fmt.Errorf("reading the fork's history: mode %q", f[i])
		}
		if mode == 0 {
			return File{}, nil
		}
		return File{Mode: tree.Mode(mode), ID: tree.ID(f[n+1+i])}, nil
	}
	var row Row
	for i := range n + 1 {
		one, err := file(i)
		if err != nil {
			return Row{}, err
		}
		if i == n {
			row.added = one
			break
		}
		row.Old = append(row.Old, one)
	}
	return row, nil
}
