package transaction

import (
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
)

// The names of what is prepared: "N.new" and "N.old" of each operation, and the journal. It has the name undoFile when
// it is to be taken back, appliedFile when all files are in place and the command has not ended, endedFile when it has.
const (
	journalFile    = "journal"
	undoFile       = "undo"
	appliedFile    = "applied"
	endedFile      = "ended"
	newKind        = ".new"
	oldKind        = ".old"
	journalVersion = 1
	maxJournal     = 8 << 20 // bytes
)

// journal names every file of a transaction.
type journal struct {
	Version    int         `json:"version"`
	Command    string      `json:"command"` // the target that began it
	Run        string      `json:"run"`     // it and its arguments
	Exit       int         `json:"exit"`    // the code with which it ended, where it has
	Operations []operation `json:"operations"`
}

// operation is what happens to one file.
type operation struct {
	Place  string      `json:"place"`  // a writer's place, relative to the first; "." is the first
	Path   string      `json:"path"`   // below the place
	Stage  string      `json:"stage"`  // its prepared files below the place, without ".new" and ".old"
	Remove bool        `json:"remove"` // nothing is to be there
	Mode   fs.FileMode `json:"mode"`
	Old    string      `json:"old"` // the sha256 before; "" where there was no file
	New    string      `json:"new"` // the sha256 after; "" where Remove
}

// journalFiles are the journal's names; of two that are there the first counts.
var journalFiles = []string{undoFile, endedFile, appliedFile, journalFile}

// mark is the date of a journal's file. git gives what it checks out the present time, and an archive of git's dates
// without fractions of a second, so no journal that came with a commit has this date: only one of this program counts.
// Half a second is held by every file system that holds fractions at all.
var mark = time.Date(1999, 12, 31, 23, 59, 59, 500_000_000, time.UTC)

// record writes the journal under one of its names. From the rename to journalFile on, the transaction is finished
// whatever happens.
func (d *disk) record(as string, j *journal) error {
	data, err := json.MarshalIndent(j, "", "  ")
	if err != nil {
		return err
	}
	p := d.places[0]
	if err := d.mkdir(p, p.stage); err != nil {
		return d.w.refused(filepath.Join(p.dir, p.stage), err)
	}
	name := staged(p, as)
	err = d.create(p, name+newKind, append(data, '\n'), 0o644, mark)
	if err == nil {
		err = d.rename(p, name+newKind, name)
	}
	if err == nil {
		err = d.sync(p, p.stage)
	}
	if err != nil {
		return d.w.refused(filepath.Join(p.dir, name), err)
	}
	return nil
}

// read reads the journal that a process left, and says which of its names it has; nil is none.
func (d *disk) read() (j *journal, name string, err error) {
	p := d.places[0]
	for _, name = range journalFiles {
		if p.has(name) {
			break
		}
	}
	shown := filepath.Join(p.stage, name)
	info, err := p.root.Lstat(shown)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "", nil
	case err != nil:
		return nil, "", d.w.refused(filepath.Join(p.dir, shown), err)
	case !info.Mode().IsRegular() || !info.ModTime().Equal(mark):
		return nil, "", fault.New(fault.Usage, "this journal was not written by Howdah here: it came with a commit or "+
			"with a copy").At(shown, 0).
			WithHint("Howdah ignores it; compare the series with your last commit (git status), then remove the folder %s",
				p.stage)
	}
	data, err := files.Read(p.dir, shown, maxJournal)
	if err != nil {
		return nil, "", err
	}
	j = &journal{}
	if err := json.Unmarshal(data, j); err != nil || j.Version != journalVersion {
		return nil, "",
			fault.New(fault.Usage, "this journal is damaged, or was written by another version of Howdah").At(shown, 0).
				WithHint("compare the series with your last commit (git status), then remove the folder %s", p.stage)
	}
	for _, op := range j.Operations {
		if err := op.check(); err != nil {
			return nil, "", fault.New(fault.Usage, "%w", err).At(shown, 0)
		}
		at := d.named(op.Place)
		if at == nil {
			const what = "%s was killed while it wrote into %q, which howdah.toml does not name any more"
			return nil, "", fault.New(fault.Usage, what, j.Command, op.Place).At(shown, 0).
				WithHint("name that folder in patches again and run any target, or restore both folders with git and remove %s",
					p.stage)
		}
		at.stage = path.Dir(op.Stage) // it has another name where the distribution was moved since
	}
	return j, name, nil
}

// stageForm is the form of an operation's Stage.
var stageForm = regexp.MustCompile(`^\.howdah-writing(-[0-9a-f]{12})?/[0-9]+$`)

// check refuses an operation that this program would not have written.
func (op operation) check() error {
	if !filepath.IsLocal(filepath.FromSlash(op.Path)) || op.Path == "." || !stageForm.MatchString(op.Stage) {
		return fault.New(fault.Usage, "the journal names the file %q, which does not belong to the distribution", op.Path).
			WithHint("compare the series with your last commit (git status), then remove this folder")
	}
	return nil
}
