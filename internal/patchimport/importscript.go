package patchimport

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/gnused"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/script"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/view"
)

// dockerfileStart is what the first instruction of a Dockerfile looks like.
var dockerfileStart = regexp.MustCompile(`(?im)^\s*(FROM|ARG)\s+\S+`)

// isDockerfile reports whether a file is a Dockerfile and no script, by its name or its first line.
func isDockerfile(name string, data []byte) bool {
	lower := strings.ToLower(filepath.Base(name))
	if strings.HasPrefix(lower, "dockerfile") || strings.HasSuffix(lower, ".dockerfile") ||
		strings.HasPrefix(lower, "containerfile") {
		return true
	}
	for line := range bytes.Lines(data) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' {
			return dockerfileStart.Match(line)
		}
	}
	return false
}

// whatIsScript is the hint for a file of which nothing says what it is.
const whatIsScript = "a script begins with #!/bin/sh, or its name ends in .sh; of a playbook, a chart or an " +
	"expression of Nix, import the patches and scripts that it names, and make overlays of the files"

// interpreters are the programs for scripts that are not the shell's, by the ending of their names.
var interpreters = map[string]string{".py": "python3", ".rb": "ruby", ".pl": "perl"}

// saysScript reports whether a file says that it is a script, by its first line or its name.
func saysScript(name string, data []byte) bool {
	ending := filepath.Ext(name)
	return bytes.HasPrefix(data, []byte("#!")) || interpreters[ending] != "" ||
		slices.Contains([]string{".sh", ".bash", ".zsh", ".ksh"}, ending)
}

// interpreter returns the command that runs a script which is not the shell's, "" for one that is.
func interpreter(name string, data []byte) string {
	program, isShell := bash.Interpreter(string(data))
	if isShell && program == "" {
		return interpreters[filepath.Ext(name)]
	}
	fields := strings.Fields(program)
	for len(fields) > 1 && (path.Base(fields[0]) == "env" || strings.HasPrefix(fields[0], "-")) {
		fields = fields[1:]
	}
	if isShell || len(fields) == 0 {
		return ""
	}
	fields[0] = path.Base(fields[0])
	return strings.Join(fields, " ")
}

func isDone(l importer.ScriptLine) bool { return l.Done }

// readScript follows a shell script or a Dockerfile over upstream's tree; its own sed commands run in sed's sandbox.
func (m *Importer) readScript(ctx context.Context, u candidate.Upstream, from string, data []byte,
	n Options) (*importer.Import, error) {
	data, hasMark := bytes.CutPrefix(data, []byte("\ufeff"))
	sed, err := gnused.Find(ctx)
	if err != nil {
		return nil, err
	}
	beside, err := files.OpenFolder(filepath.Dir(m.s.Path(from)))
	if err != nil {
		return nil, err
	}
	called := cmp.Or(n.Name, series.Slug(filepath.Base(from)), "script")
	src := script.Source{Name: called, File: from, Data: data, Beside: beside, Dockerfile: isDockerfile(from, data),
		Blobs: u, Upstream: m.s.Config.Upstream.URL}
	said := src.Dockerfile || saysScript(from, data)
	if program := interpreter(from, data); program != "" && !src.Dockerfile {
		src.Data = fmt.Appendf(nil, "%s %s\n", program, fault.Word(filepath.Base(from)))
	}
	followed, err := script.Follow(ctx, src, u.Facts.Tree, sed)
	if err != nil && !said && fault.HintOf(err).IsZero() && fault.CodeOf(err) == fault.Usage {
		return nil, fault.New(fault.Usage, "%w", err).
			WithHint("it holds no diff, so it was read as a script; %s", whatIsScript)
	}
	if err != nil {
		return nil, err
	}
	if n.Run && followed.Imported.Undecided() {
		if err := m.runScript(ctx, u, src, followed, n); err != nil {
			return nil, err
		}
	}
	imported := followed.Imported
	if hasMark {
		imported.Notes = append(imported.Notes, "dropped the byte order mark before the first line; bash says that no "+
			"command of that name is found, and goes on: save the file as UTF-8 without one")
	}
	if !src.Dockerfile && bytes.Contains(data, []byte("\r\n")) {
		imported.Notes = append(imported.Notes, "read the lines without the carriage returns at their ends; bash fails on "+
			"them: save the file with the line ends of Linux (LF)")
	}
	if !said && len(imported.Changes) == 0 && !slices.ContainsFunc(imported.Lines, isDone) {
		return nil, fault.New(fault.Usage, "%s holds no diff, and none of its lines is a command that is known", from).
			WithHint("%s", whatIsScript)
	}
	imported.From = from
	imported.Expected = followed.Expected
	if len(imported.Changes) == 0 && !imported.Undecided() {
		if err := m.showLines(ctx, u, imported); err != nil { // they say which condition leaves the others out
			return nil, err
		}
		nothing := fault.New(fault.Usage, "%s changes no file of upstream's tree, so there is nothing to import", from)
		for _, note := range imported.Notes {
			nothing = nothing.WithHint("%s", note)
		}
		return nil, nothing
	}
	if n.Prefix != "" {
		imported.Prefix(n.Prefix)
	}
	if n.Why != "" && len(imported.Changes) == 1 {
		imported.Changes[0].Why = n.Why
	}
	return imported, nil
}

// undecided returns the error for lines of a script that a person has to look at; also is what else is wrong.
func (m *Importer) undecided(i *importer.Import, file, also string, n Options) error {
	become, first := "they are comments in", "take back what this import wrote, then: "
	if m.dry {
		become, first = "without -dry they become comments in", ""
	}
	err := fault.New(fault.Series, "some lines need your decision; %s %s%s", become, file, also)
	isForeign := func(l importer.ScriptLine) bool { return !l.Done && strings.HasSuffix(l.Said, "may change files") }
	if !n.Run && slices.ContainsFunc(i.Lines, isForeign) {
		return err.WithHint("to run what is not followed, in a sandbox without network: %s%s", first,
			target.PatchImport.Command(i.From, "-run"))
	}
	if m.dry {
		return err
	}
	return err.WithHint("each comment says what is wrong with its line; if it needs no change, delete the comment")
}

// maxShownLines is how many lines of a script, or changes of an import, are shown.
const maxShownLines = 500

// continued is the end of a line that goes on, with the blanks around it: a command is shown as one line.
var continued = regexp.MustCompile(`[ \t]*\\\r?\n[ \t]*`)

// showLines prints what the import made of each line; for a file that is gone, since which commit.
func (m *Importer) showLines(ctx context.Context, u candidate.Upstream, i *importer.Import) error {
	since := map[string]string{} // by path
	for n, f := range i.Lines {
		if n == maxShownLines {
			m.s.Term.Answerf("and %d more lines", len(i.Lines)-n)
			break
		}
		said := f.Said
		if _, known := since[f.Gone]; f.Gone != "" && !known {
			out, err := u.Mirror.Repo.Run(ctx, "log", "-1", "--first-parent", "--diff-filter=D", "--no-renames",
				"--abbrev=9", "--format=%h %cs %s", string(u.Pin.Commit), "--", f.Gone)
			if err != nil {
				return err
			}
			since[f.Gone] = strings.TrimSpace(string(out))
		}
		if since[f.Gone] != "" {
			said += " since " + since[f.Gone]
		}
		m.s.Term.Answerf("line %d: %s", f.Line, said)
		m.s.Term.Answerf("    %s", continued.ReplaceAllString(strings.TrimSpace(f.Text), " "))
		if next := nextOf(i.From, f.Next); next.Target != "" {
			m.s.Term.Answerf("    %s", m.s.Caller.Hint(fault.Hintf("by itself: %s", next)))
		}
	}
	return nil
}

// nextOf returns the command that takes in what a line of a script does; without a target where there is none.
func nextOf(script string, n importer.Next) fault.Command {
	switch {
	case n.Path != "":
		name := series.Slug(strings.TrimSuffix(path.Base(n.Path), path.Ext(n.Path)))
		return fault.Command{Target: "patch:overlay", Args: []string{cmp.Or(name, "ours"), n.File, n.Path}}
	case strings.Contains(n.Import, "://") || strings.HasPrefix(n.Import, "OWNER/"):
		return fault.Command{Target: "patch:import", Args: []string{n.Import}}
	case n.Import != "":
		return fault.Command{Target: "patch:import", Args: []string{filepath.Join(filepath.Dir(script), n.Import)}}
	}
	return fault.Command{}
}

// scriptsOnly is the error for a folder that has scripts and no patch; nil for another one.
func scriptsOnly(folder string, f fs.FS) error {
	entries, err := fs.ReadDir(f, ".")
	if err != nil {
		return err
	}
	var found []string
	for _, e := range entries {
		if name := e.Name(); e.Type().IsRegular() && (strings.HasSuffix(name, ".sh") || isDockerfile(name, nil)) {
			found = append(found, filepath.Join(folder, name))
		}
	}
	if len(found) == 0 {
		return nil
	}
	return fault.New(fault.Usage, "found no patch in %s, but scripts: %s", folder, listed(found)).
		WithHint("import each script by itself: %s", fault.Command{Target: "patch:import", Args: found[:1]})
}

// prove applies the imported changes alone to upstream's tree, and compares that with what they have to make. It
// returns the report with both, and with the files that differ.
func (m *Importer) prove(ctx context.Context, i *importer.Import, o *candidate.Candidate, out view.Import) (
	view.Import, error,
) {
	in := o.Inputs
	in.Without = nil
	imported := map[string]bool{}
	for _, c := range i.Changes {
		imported[c.Name] = true
	}
	// The series' own values of the changes, by which their bases are known.
	changes := slices.DeleteFunc(slices.Clone(o.Series.Changes), func(c *series.Change) bool { return !imported[c.Name] })
	alone, err := apply.Apply(ctx, &series.Series{Changes: changes}, in)
	if err != nil {
		return out, err
	}
	out.Tree = string(alone.Tree.Root())
	out.Expected, out.Equal = out.Tree, true
	if i.Expected != nil {
		deltas, err := tree.Compare(ctx, alone.Tree, i.Expected)
		if err != nil {
			return out, err
		}
		for _, d := range deltas {
			out.Differ = append(out.Differ, d.Path)
		}
		out.Expected, out.Equal = string(i.Expected.Root()), len(deltas) == 0
	}
	for _, c := range i.Changes {
		outcome, err := o.Outcome(c.Name)
		if err != nil {
			return out, err
		}
		one := view.ImportedChange{Name: c.Name, Kind: string(c.Kind), Files: outcome.Files, Verdict: string(outcome.Verdict)}
		if c.Kind == series.KindPull {
			one.Commits = []string{string(c.Commit)}
		}
		if one.Lines, err = changedLines(ctx, outcome); err != nil {
			return out, err
		}
		out.Changes = append(out.Changes, one)
	}
	return out, nil
}
