package conflict

import (
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/treediff"
)

// List are the regions of one change.
type List []Region

// maxRegionsKept is how many regions of one change a List keeps, apart from the first of each file: those are what
// dist/patch-check.json has. A report shows fewer: internal/view/region.go says how many.
const maxRegionsKept = 50

// Add adds the regions of a file in conflict, of which one says all that is the same for each. A file has one at
// least, so that nobody misses it; of many files with many regions the first are kept, and the files have all.
func (l *List) Add(one Region, conflicts []diff.Conflict) []Region {
	before := len(*l)
	if one.Binary() {
		one.describe()
		conflicts = nil
	}
	if len(conflicts) == 0 {
		*l = append(*l, one)
	}
	for i, c := range conflicts {
		if i > 0 && len(*l) >= maxRegionsKept {
			break
		}
		one.Line, one.Base, one.Upstream, one.Yours = c.OursLine, texts(c.Base), texts(c.Ours), texts(c.Theirs)
		*l = append(*l, one)
	}
	return (*l)[before:]
}

// AddModes adds the sides of a file that all have another mode, or are of another kind.
func (l *List) AddModes(at string, sides [3]*tree.File) {
	one := Region{File: at, Key: KeyOf(sides[0], sides[1], sides[2]), Files: sides, whole: true}
	list := [3][]string{}
	for i, f := range sides {
		if f != nil {
			list[i] = []string{"mode " + f.Mode.String()}
		}
	}
	one.Base, one.Upstream, one.Yours = list[0], list[1], list[2]
	*l = append(*l, one)
}

// AddNames adds the sides of a file that upstream moved to one place, and the change to another: under each of its
// names the side that has it there, as git does.
func (l *List) AddNames(at string, ours *tree.File, one treediff.FileChange) {
	shown := Region{whole: true, Base: []string{one.From}, Upstream: []string{at}, Yours: []string{one.To}}
	for _, side := range []struct {
		name  string
		files [3]*tree.File
	}{{at, [3]*tree.File{nil, ours, nil}}, {one.From, [3]*tree.File{one.Pre, nil, nil}},
		{one.To, [3]*tree.File{nil, nil, one.Post}}} {
		shown.File, shown.Files = side.name, side.files
		shown.Key = KeyOf(side.files[0], side.files[1], side.files[2])
		*l = append(*l, shown)
		shown.Base, shown.Upstream, shown.Yours = nil, nil, nil
	}
}

// Has reports whether a file's sides are noted.
func (l List) Has(name string) bool {
	for _, u := range l {
		if u.File == name {
			return true
		}
	}
	return false
}

// AddOccupied adds a path at which upstream and the change have different files, and the base none.
func (l *List) AddOccupied(at string, upstream, yours *tree.File) {
	one := Region{File: at, Key: KeyOf(nil, upstream, yours), Files: [3]*tree.File{nil, upstream, yours}}
	if one.Binary() || !upstream.Mode.IsRegular() || !yours.Mode.IsRegular() {
		l.Add(one, nil)
		return
	}
	one.marked = diff.Marked(nil, upstream.Data, yours.Data, diff.Diff3, markers)
	_, conflicts := diff.Merge(nil, upstream.Data, yours.Data)
	l.Add(one, conflicts)
}
