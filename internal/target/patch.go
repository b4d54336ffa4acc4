package target

import "github.com/howdah/howdah/internal/fault"

// Targets that look at the series.
var (
	PatchCheck = Target{
		Name: "patch:check", Doc: "checks whether every change still applies, and shows a line for each",
		Options: []Option{ref, date, without, strict, offline}, Needs: needsNetwork, Reports: true,
	}
	PatchHistory = Target{
		Name: "patch:history", Doc: "shows the series over upstream's history: which commit broke a change, which merged it",
		Options: []Option{
			ref,
			{Name: "from", Value: "COMMIT", Doc: "the commit before the range", into: func(o *Options) any { return &o.Start },
				check: isCommit("from", func(o *Options) string { return o.Start })},
			{Name: "months", Value: "N", Doc: "how far to look back", preset: "12",
				into:  func(o *Options) any { return &o.Months },
				check: atLeast("months", 1, func(o *Options) int { return o.Months })},
			offline,
		},
		Needs: needsNetwork,
	}
	PatchShow = Target{
		Name: "patch:show", Doc: "prints one change, its verdict and its diff; exits as a check of it alone",
		Args: []Arg{name}, Options: []Option{ref, offline}, Needs: needsNetwork,
	}
	PatchDiff = Target{
		Name: "patch:diff", Doc: "prints what the series, or one change, does to the tree",
		Options: []Option{change, ref, date, without, offline}, Needs: needsNetwork,
	}
	PatchFind = Target{
		Name: "patch:find", Doc: "finds where a text of the web page or of a mail comes from: files, translation keys, " +
			"and the code that uses them",
		Args: []Arg{{Name: "TEXT", Doc: "the text as it is shown, or a part of it", text: true,
			into: func(o *Options) *string { return &o.Text }}},
		Options: []Option{ref, offline}, Needs: needsNetwork,
	}
	PatchCheckout = Target{
		Name: "patch:checkout", Doc: "writes the whole patched tree into a new folder",
		Args: []Arg{{Name: "FOLDER", Doc: "a folder that does not exist yet",
			into: func(o *Options) *string { return &o.Folder }}},
		Options: []Option{ref, date, without, offline}, Needs: needsAll,
	}
)

// Targets that look after the series.
var (
	PatchEdit = Target{
		Name: "patch:edit", Doc: "appends a counted edit to series.toml and prints its diff",
		Args: []Arg{
			name,
			{Name: "FILE", Doc: "a file of upstream's", into: func(o *Options) *string { return &o.File }},
			{Name: "FIND", Doc: "the text that is replaced", text: true, into: func(o *Options) *string { return &o.Find }},
			{Name: "REPLACE", Doc: "the text in its place", text: true, empty: true,
				into: func(o *Options) *string { return &o.Replace }},
		},
		Options: []Option{
			why,
			{Name: "count", Value: "N", Doc: "how often the text must be found", preset: "1",
				into:  func(o *Options) any { return &o.Count },
				check: atLeast("count", 1, func(o *Options) int { return o.Count })},
			{Name: "match", Doc: "FIND is a regular expression (RE2)", into: func(o *Options) any { return &o.Match }},
			dry,
		},
		Needs: needsAll,
	}
	PatchOverlay = Target{
		Name: "patch:overlay", Doc: "puts a file of your own in the place of upstream's, or a new one beside them",
		Args: []Arg{
			name,
			{Name: "FILE", Doc: "your file, or a folder with files", into: func(o *Options) *string { return &o.File }},
			{Name: "PATH", Doc: "where it goes in upstream's tree", into: func(o *Options) *string { return &o.Path }},
		},
		Options: []Option{why, offline, dry}, Needs: needsAll,
	}
	PatchRemove = Target{
		Name: "patch:remove", Doc: "removes a change that you no longer want from the series; refuses while another " +
			"change needs it",
		Args: []Arg{name}, Options: []Option{offline, dry}, Needs: needsAll,
	}
	PatchNew = Target{
		Name: "patch:new", Doc: "opens the patched tree as a git work tree, one commit a change",
		Options: []Option{
			dir.withDoc("the new work tree; default dist/tree"),
			change.withDoc("open the tree at this change, which does not apply, to resolve it"),
			ref, date, without, offline,
		},
		Needs: needsAll,
	}
	PatchSave = Target{
		Name: "patch:save", Doc: "saves the commits of patch:new's work tree as changes",
		Options: []Option{
			dir.withDoc("the work tree; default dist/tree"),
			{Name: "force", Doc: "save a resolution even if it takes back what upstream did",
				into: func(o *Options) any { return &o.Force }},
			dry,
		},
		Needs: needsAll,
	}
	PatchRefresh = Target{
		Name: "patch:refresh", Doc: "rebases the series onto upstream, writes only what changed, and proves that the tree " +
			"is the same",
		Options: []Option{change, ref, offline, dry}, Needs: needsAll,
	}
	PatchImport = Target{
		Name: "patch:import", Doc: "imports a fork's branch, a folder of patches, a quilt series, a mailbox, a pull " +
			"request, a commit, a script or a Dockerfile",
		Args: []Arg{{Name: "FROM", Doc: "a file, a folder, a clone@BRANCH, owner/repo@BRANCH, owner/repo#N or a URL",
			into: func(o *Options) *string { return &o.From }}},
		Options: []Option{
			{Name: "name", Value: "NAME", Doc: "the name of the change", into: func(o *Options) any { return &o.Title }},
			why,
			{Name: "prefix", Value: "WORD", Doc: "put before the name of each change that is imported",
				into: func(o *Options) any { return &o.Prefix }},
			{Name: "only", Value: "PATH,…", Doc: "of a fork, only these files and folders",
				into: func(o *Options) any { return &o.Only }},
			{Name: "without", Value: "PATH,…", Doc: "of a fork, not these files and folders",
				into: func(o *Options) any { return &o.Except }},
			{Name: "run", Doc: "run a script or Dockerfile, in a sandbox without network, for what cannot be followed",
				into: func(o *Options) any { return &o.Run }},
			ref, offline, dry,
		},
		Needs: needsAll,
	}
	PatchExport = Target{
		Name: "patch:export", Doc: "writes the series as a quilt series or a mailbox, or one change as a branch",
		Args: []Arg{{Name: "FORM", Doc: "quilt, mailbox or branch", only: []string{"quilt", "mailbox", "branch"},
			into: func(o *Options) *string { return &o.Form }}},
		Options: []Option{dir.withDoc("where to write it, which quilt and a branch need; a mailbox is printed without it"),
			change.withDoc("only this change; a branch needs it"), ref, offline},
		Needs: needsAll,
		check: func(o *Options) error {
			switch {
			case o.Form == "quilt" && o.Dir == "":
				return fault.New(fault.Usage, "a quilt series needs a folder: -dir=FOLDER")
			case o.Form == "branch" && (o.Dir == "" || o.Change == ""):
				return fault.New(fault.Usage, "a branch holds one change and needs a new folder: -change=NAME -dir=FOLDER")
			}
			return nil
		},
	}
	PatchPin = Target{
		Name: "patch:pin", Doc: "pins a pull request, or an overlay from another repository, to a commit that you reviewed",
		Args: []Arg{name},
		Options: []Option{
			{Name: "commit", Value: "COMMIT", Doc: "the commit; default where it is now",
				into:  func(o *Options) any { return &o.Commit },
				check: isPin},
			dry,
		},
		Needs: needsAll,
	}
	PatchDrop = Target{
		Name: "patch:drop", Doc: "removes a landed change and leaves an entry that proves it",
		Args: []Arg{name},
		Options: []Option{
			{Name: "gone", Doc: "remove it without a proof, landed or not",
				into: func(o *Options) any { return &o.Gone }},
			ref, offline, dry,
		},
		Needs: needsAll,
	}
	patchTargets = []Target{
		PatchCheck, PatchHistory, PatchShow, PatchDiff, PatchFind, PatchCheckout, PatchEdit, PatchOverlay,
		PatchRemove, PatchNew,
		PatchSave, PatchRefresh, PatchImport, PatchExport, PatchPin, PatchDrop,
	}
)
