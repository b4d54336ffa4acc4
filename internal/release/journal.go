package release

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/target"
)

// runJournal says what a release did on this machine, one line a step, each with a checksum and written before the step
// counts. It is only ever appended to. A line cut off by a crash, and all after a wrong one, count as not written:
// the registries are asked anyway.
type runJournal struct {
	file    *os.File
	entries []entry
	after   func(n int) // a test's, after each line
}

// entry is one step.
type entry struct {
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
	stepPlanned  = "planned"
	stepUploaded = "uploaded" // a registry has all blobs and manifests
	stepVerified = "verified" // and gave them back
	stepTagging  = "tagging"  // holds the record; from here on it does not change
	stepMoved    = "moved"    // a tag was written, and read back
	stepDone     = "done"
	stepFailed   = "failed"
)

// journalFormat is the first line: a newer Howdah's journal is not guessed at.
const journalFormat = "howdah journal 1"

// mostJournal is the size at which a finished journal is begun anew.
const mostJournal = 4 << 20

// openJournal opens the journal of a folder, or begins it.
func openJournal(dir string) (*runJournal, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("opening the journal: %w", err)
	}
	path := filepath.Join(dir, "journal")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the journal: %w", err)
	}
	j := &runJournal{file: file}
	good, err := j.read()
	if err == nil && good > mostJournal && j.unfinished() == nil {
		good, j.entries = 0, nil
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
func (j *runJournal) read() (good int64, err error) {
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
			if string(text) != journalFormat {
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
		var e entry
		if !ok || string(sum) != checksum(data) || json.Unmarshal(data, &e) != nil {
			return good, nil
		}
		good += int64(len(line))
		j.entries = append(j.entries, e)
	}
}

// settle cuts the file after its last good line and makes it ready to be appended to.
func (j *runJournal) settle(good int64, dir string) error {
	if err := j.file.Truncate(good); err != nil {
		return fmt.Errorf("opening the journal: %w", err)
	}
	if _, err := j.file.Seek(good, io.SeekStart); err != nil {
		return fmt.Errorf("opening the journal: %w", err)
	}
	if good > 0 {
		return nil
	}
	if _, err := j.file.WriteString(journalFormat + "\n"); err != nil {
		return full(err)
	}
	if err := j.file.Sync(); err != nil {
		return full(err)
	}
	return syncFolder(dir)
}

func checksum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}

// lasting are the steps that have to outlast a power cut: what this machine was about to do, before a registry shows
// it, and how it ended. The others outlast the process; what they say, the registries say too.
var lasting = []string{stepPlanned, stepTagging, stepDone, stepFailed}

// add writes a step to the disk.
func (j *runJournal) add(e entry) error {
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
	j.entries = append(j.entries, e)
	if j.after != nil {
		j.after(len(j.entries))
	}
	return nil
}

// Close closes the file.
func (j *runJournal) Close() error {
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

// begun is a release that this machine began and did not end.
type begun struct {
	tag    string
	inputs string
	record *Record // from the moment at which tags were about to move
}

// unfinished gives the release that the journal's last lines are about, nil if it is done or there is none.
func (j *runJournal) unfinished() *begun {
	var b *begun
	for _, e := range j.entries {
		switch {
		case e.Step == stepPlanned:
			b = &begun{tag: e.Tag, inputs: e.Digest}
		case b == nil || e.Tag != b.tag:
		case e.Step == stepTagging:
			if r, err := ParseRecord(e.Record); err == nil {
				b.record = r
			}
		case e.Step == stepDone:
			b = nil
		}
	}
	return b
}

// syncFolder makes a folder's entries last.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, fs.ErrInvalid) {
		return err
	}
	return nil
}

// writeFile writes a file whole or not at all.
func writeFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	defer os.Remove(f.Name()) // does nothing once it has moved
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return syncFolder(dir)
}
