package gitcommand

import (
	"maps"
	"regexp"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// addToIndex notes that what is changed so far is in git's index: of git add, mv and rm, which paths they name does not
// count.
func addToIndex(m *shell.Machine) { m.World.Indexed = maps.Clone(m.World.Over) }

// commitIndex notes that what is in the index is committed; all says that it is what is changed so far.
func commitIndex(m *shell.Machine, all bool) {
	if all {
		addToIndex(m)
	}
	m.World.Committed = m.World.Indexed
}

// notInIndex is a file of a patch that git apply --index and git am refuse, since its content is not the index's; ""
// where there is none.
func notInIndex(m *shell.Machine, files []*diff.File) string {
	for _, f := range files {
		for _, name := range []string{f.OldName, f.NewName} {
			p := scriptfiles.At(scriptfiles.InTree, name)
			if now := m.World.Over[p]; name != "" && now != nil && !now.Folder && now != m.World.Indexed[p] {
				return name
			}
		}
	}
	return ""
}

// notCommitted is a file of the index that is not committed, which git am refuses; "" where there is none.
func notCommitted(m *shell.Machine) string {
	for p, f := range m.World.Indexed {
		if p.Disk == scriptfiles.InTree && !f.Folder && !f.Scratch && f != m.World.Committed[p] {
			return p.Name
		}
	}
	return ""
}

// whitespace is what of an added line git apply --whitespace=fix changes: blanks at its end, a blank before a tab in
// what it begins with, and an empty line that may be the file's last.
var whitespace = regexp.MustCompile(`(?m)^\+(?:.*[ \t]\r?$|[ \t]* \t)|^\+\r?\n(?:@@|diff |-- |\z)`)

// notFollowed is the option of git apply or git am that the import does not follow; "" where it follows all.
func notFollowed(options arguments.Options, data []byte) string {
	for _, name := range []string{"include", "exclude", "unidiff-zero", "reject", "no-add", "cached"} {
		if options.Has(name) {
			return "--" + name
		}
	}
	switch how := options["whitespace"].Text; how {
	case "fix", "strip", "error", "error-all":
		if whitespace.Match(data) {
			return "--whitespace=" + how + ", where an added line has such blanks"
		}
	}
	return ""
}
