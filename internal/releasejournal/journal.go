// Package releasejournal is what a release did on this machine, step by step: steps go in and are appended to a file;
// what a run that was stopped left undone comes out. The journal of a write of several files is package transaction's.
package releasejournal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/target"
)

// Journal is the file "journal" of a folder: one line a step, each with a checksum and written before the step counts.
// A line cut off by a crash, and all after a wrong one, count as not written: the registries are asked anyway.
//
// It is only ever appended to, so it is not written as other files are (package files), which replace a file as a
// whole: each step would then write all before it again, some hundred in a release.
type Journal struct {
	file    *os.File
	Entries []Entry     // the steps that can be read, and those added since
	After   func(n int) // a test's, after each line; n is how many there are
}

type Entry struct {
	Step     string          `json:"step"`
	At       time.Time       `json:"at"`
	Tag      string          `json:"tag,omitempty"`
	Registry string          `json:"registry,omitempty"`
	Image    string          `json:"image,omitempty"`
	Name     string          `json:"name,omitempty"` // the tag that moved
	Digest   string          `json:"digest,omitempty"`
	Old      string          `json:"old,omitempty"` // what the tag stood for
	Error    string          `json:"error,omitempty"`
	Record   json.RawMessage `json:"record,omitempty"`
}

// The steps of a journal.
const (
	Planned  = "planned"
	Uploaded = "uploaded" // a registry has all blobs and manifests
	Verified = "verified" // and gave them back
	Tagging  = "tagging"  // holds the record; from here on it does not change
	Moved    = "moved"    // a tag was written, and read back
	Done     = "done"
	Failed   = "failed"
)

// format is the first line: a newer Howdah's journal is not guessed at.
const format = "howdah journal 1"

// mostJournal is the size at which a finished journal is begun anew.
const mostJournal = 4 << 20

// Open opens the journal of a folder, or begins it. A journal that a newer Howdah wrote is a usage error.
func Open(dir string) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("opening the journal: %w", err)
	}
	path := filepath.Join(dir, "journal")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the journal: %w", err)
	}
	j := &Journal{file: file}
	good, err := j.read()
	if err == nil && good > mostJournal && j.Unfinished() == nil {
		good, j.Entries = 0, nil
	}
	if err == nil {
		err = j.settle(good, dir)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return j, nil
}

// read reads all good lines and gives where they end.
func (j *Journal) read() (good int64, err error) {
	r := bufio.NewReader(j.file)
	for first := true; ; first = false {
		line, err := r.ReadBytes('\n')
		if err == io.EOF {
			return good, nil
		}
		if err != nil {
			return 0, fmt.Errorf("reading the journal: %w", err)
		}
		text := bytes.TrimSuffix(line, []byte("\n"))
		if first {
			if string(text) != format {
				if n, ok := strings.CutPrefix(string(text), "howdah journal "); ok && strings.Trim(n, "0123456789") == "" {
					return 0, fault.New(fault.Usage, "the journal %q was written by a newer Howdah", j.file.Name()).
						WithHint("update this one, or move the file away: the registries are asked anyway")
				}
				return 0, nil
			}
			good += int64(len(line))
			continue
		}
		sum, data, ok := bytes.Cut(text, []byte(" "))
		var e Entry
		if !ok || string(sum) != checksum(data) || json.Unmarshal(data, &e) != nil {
			return good, nil
		}
		good += int64(len(line))
		j.Entries = append(j.Entries, e)
	}
}

// settle cuts the file after its last good line and makes it ready to be appended to.
func (j *Journal) settle(good int64, dir string) error {
	if err := j.file.Truncate(good); err != nil {
		return fmt.Errorf("opening the journal: %w", err)
	}
	if _, err := j.file.Seek(good, io.SeekStart); err != nil {
		return fmt.Errorf("opening the journal: %w", err)
	}
	if good > 0 {
		return nil
	}
	if _, err := j.file.WriteString(format + "\n"); err != nil {
		return full(err)
	}
	if err := j.file.Sync(); err != nil {
		return full(err)
	}
	return files.SyncFolder(dir)
}

func checksum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// lasting are the steps that have to outlast a power cut: what this machine was about to do, before a registry shows
// it, and how it ended. The others outlast the process; what they say, the registries say too.
var lasting = []string{Planned, Tagging, Done, Failed}

// Add appends a step, with the present time where it has none. To a nil journal nothing is added. An error for want of
// room on the disk has a hint.
func (j *Journal) Add(e Entry) error {
	if j == nil {
		return nil
	}
	if e.At.IsZero() {
		e.At = time.Now().UTC().Truncate(time.Millisecond)
	}
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(j.file, "%s %s\n", checksum(data), data); err != nil {
		return full(err)
	}
	if slices.Contains(lasting, e.Step) {
		if err := j.file.Sync(); err != nil {
			return full(err)
		}
	}
	j.Entries = append(j.Entries, e)
	if j.After != nil {
		j.After(len(j.Entries))
	}
	return nil
}

// Close closes the file; of a nil journal there is none.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	return j.file.Close()
}

// full names the most usual reason for which a journal cannot be written.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fault.New(fault.Other, "writing the journal: %w", err).
			WithHint("make room: %s frees what can be fetched or built again", target.CachePrune.Command())
	}
	return fmt.Errorf("writing the journal: %w", err)
}

// Begun is a release that this machine began and did not end.
type Begun struct {
	Tag    string
	Record *record.Record // from the moment at which tags were about to move
}

// Unfinished returns the release that the journal's last lines are about, nil if it is done or there is none.
func (j *Journal) Unfinished() *Begun {
	var b *Begun
	for _, e := range j.Entries {
		switch {
		case e.Step == Planned:
			b = &Begun{Tag: e.Tag}
		case b == nil || e.Tag != b.Tag:
		case e.Step == Tagging:
			if r, err := record.Parse(e.Record); err == nil {
				b.Record = r
			}
		case e.Step == Done:
			b = nil
		}
	}
	return b
}
