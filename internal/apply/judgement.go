package apply

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/conflict"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// judgement is the effect of one change on one tree. It depends on the change, and on the tree only at the paths in
// reads.
type judgement struct {
	verdict    verdict.Kind          // the worst so far, Clean at first
	files      map[string]*tree.File // the files that it writes; nil: removed
	written    int                   // bytes of them that come from a patch
	offset     int
	message    string
	said       int // number of messages in message
	hint       fault.Hint
	at         []verdict.Place
	hunks      []verdict.Hunk
	moreHunks  []verdict.MoreHunks
	unmerged   conflict.List
	moves      []verdict.Move
	followed   bool
	refused    *fault.Error
	baseless   bool // a file of a patch does not fit, and its base is not known
	missed     []MissedEdit
	matched    bool            // a failing edit found its text, but not as often as expected
	parts      int             // of the change: hunks, edits, whole files
	idle       []verdict.Place // the parts that change nothing
	reads      map[string]bool
	searched   bool // it depends on paths of the tree that are not in reads
	searches   int  // see verdict.Outcome
	collisions *safety.Collisions
}

func newJudgement() *judgement {
	return &judgement{verdict: verdict.Clean, files: map[string]*tree.File{}, reads: map[string]bool{}}
}

// severity orders the verdicts on the files of one change from best to worst.
var severity = []verdict.Kind{verdict.Clean, verdict.Offset, verdict.Merged, verdict.Count, verdict.Stale,
	verdict.Conflict, verdict.Gone, verdict.Refused}

// worsen sets the verdict unless it is worse already. Only the messages of the worst verdict are kept.
func (j *judgement) worsen(v verdict.Kind, message string) {
	switch d := slices.Index(severity, v) - slices.Index(severity, j.verdict); {
	case d > 0:
		j.verdict, j.message, j.said = v, message, 1
	case d == 0 && message != "" && !strings.Contains(j.message, message):
		if j.said++; j.said < maxMessages {
			j.message += "; " + message
		} else if j.said == maxMessages {
			j.message += "; and more"
		}
	}
}

// refuse sets the verdict to Refused.
func (j *judgement) refuse(err *fault.Error, c *series.Change) {
	if err.File == "" {
		err = err.At(c.File, c.Line)
	}
	if j.refused == nil {
		j.refused = err
	}
	j.verdict = verdict.Refused
}

// view is a tree as a change sees it, with the files that the change has already written.
type view struct {
	tree *tree.Tree
	j    *judgement
}

// lookup returns the file at name, or nil. It refuses a path that leads through a symbolic link or a file.
func (v view) lookup(ctx context.Context, name string) (*tree.File, *fault.Error, error) {
	v.j.reads[name] = true
	if f, ok := v.j.files[name]; ok {
		return f, nil, nil
	}
	return original(ctx, v.tree, name)
}

// original returns the file at name in the tree itself, without what the change has written, or nil.
func original(ctx context.Context, t *tree.Tree, name string) (*tree.File, *fault.Error, error) {
	e, refused, err := entry(ctx, t, name)
	if e.ID == "" || refused != nil || err != nil {
		return nil, refused, err
	}
	f, err := t.File(ctx, e)
	return f, nil, err
}

// entry returns the entry at name; the zero entry if there is none.
func entry(ctx context.Context, t *tree.Tree, name string) (tree.Entry, *fault.Error, error) {
	e, err := t.Lookup(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		refused, err := checkParents(ctx, t, name)
		return tree.Entry{}, refused, err
	case err != nil:
		return tree.Entry{}, nil, err
	case e.Mode == tree.Folder:
		return tree.Entry{}, nil, nil
	case e.Mode == tree.Submodule:
		return tree.Entry{}, safety.Unsafe("%q is a submodule", name), nil
	}
	return e, nil, nil
}

// checkParents refuses a path that leads through something that is not a folder.
func checkParents(ctx context.Context, t *tree.Tree, name string) (*fault.Error, error) {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		e, err := t.Lookup(ctx, dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || e.Mode.IsFolder() {
			return nil, err
		}
		return safety.Unsafe("path %q leads through %s, %q", name, safety.Describe(e.Mode), dir), nil
	}
	return nil, nil
}

// settle does what all kinds of changes need: it compares the written files with the tree, and checks them.
func (j *judgement) settle(ctx context.Context, c *series.Change, t *tree.Tree) error {
	if refused := j.checkSize(); refused != nil && j.refused == nil {
		j.refuse(refused, c)
	}
	if j.verdict.Fails() {
		j.files = nil
		return nil
	}
	j.collisions = nil
	for _, name := range slices.Sorted(maps.Keys(j.files)) {
		f := j.files[name]
		old, refused, err := entry(ctx, t, name)
		if err != nil {
			return err
		}
		if f == nil && old.ID == "" || f != nil && old.Mode == f.Mode && old.ID == tree.BlobID(f.Data) {
			delete(j.files, name)
			continue
		}
		if refused == nil && f != nil {
			refused, err = j.checkFile(ctx, c, t, name, old)
			if err != nil {
				return err
			}
		}
		if refused != nil {
			j.refuse(refused, c)
			j.files = nil
			return nil
		}
	}
	switch {
	case len(j.files) == 0:
		j.verdict, j.message = verdict.Landed, "changes nothing: upstream has it"
	case len(j.idle) > 0 && len(j.idle) < j.parts:
		j.verdict, j.at = verdict.Partly, j.idle
		j.message = plural.Of(len(j.idle), "part") + " of " + strconv.Itoa(j.parts) + " changed nothing: upstream has it"
	case j.verdict == verdict.Offset:
		j.message = plural.Of(j.offset, "line") + " away"
	}
	return nil
}

// checkFile refuses a path or mode that may not be written.
func (j *judgement) checkFile(ctx context.Context, c *series.Change, t *tree.Tree, name string,
	old tree.Entry) (*fault.Error, error) {
	f := j.files[name]
	if refused := safety.CheckPath(name, c.Allowed()); refused != nil {
		return refused, nil
	}
	if refused := safety.CheckMode(name, old.Mode, f.Mode); refused != nil {
		return refused, nil
	}
	if f.Mode == tree.Symlink {
		if refused := safety.CheckTarget(name, string(f.Data)); refused != nil {
			return refused, nil
		}
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if other := j.files[dir]; other != nil {
			return safety.Unsafe("path %q leads through %s, %q", name, safety.Describe(other.Mode), dir), nil
		}
	}
	if old.ID == "" {
		if j.collisions == nil {
			j.collisions = safety.NewCollisions(j.files)
		}
		return j.collisions.Check(ctx, t, name)
	}
	return nil, nil
}

// outcome converts a judgement on t to an outcome. If made is false, it does not build the tree.
func (j *judgement) outcome(ctx context.Context, c *series.Change, t *tree.Tree, made bool) (verdict.Outcome, error) {
	o := verdict.Outcome{
		Change: c, Verdict: j.verdict, Offset: j.offset, Message: j.message, Hint: j.hint, At: j.at, Unmerged: j.unmerged,
		Moves: j.moves, Reads: slices.Sorted(maps.Keys(j.reads)), Error: j.refused, Before: t, After: t,
	}
	o.Searches, o.Baseless = j.searches, j.baseless && j.verdict.Fails()
	if j.verdict == verdict.Conflict {
		o.Hunks, o.MoreHunks = j.hunks, j.moreHunks
	}
	if j.followed {
		o.Remarks = append(o.Remarks, verdict.Moved)
	}
	o.Files = slices.Sorted(maps.Keys(j.files))
	if o.Error != nil {
		o.Message, o.Hint = o.Error.Err.Error(), o.Error.Hint
	}
	if !j.verdict.Applies() {
		if len(o.Files) == 0 {
			o.Files = o.Reads
		}
		return o, nil
	}
	if !made {
		return o, nil
	}
	after, err := t.With(ctx, j.files)
	switch {
	case errors.Is(err, tree.ErrFull):
		j.refuse(tooLarge(), c)
		return j.outcome(ctx, c, t, made)
	case errors.Is(err, tree.ErrClash):
		return o, err
	}
	o.After = after
	return o, err
}
