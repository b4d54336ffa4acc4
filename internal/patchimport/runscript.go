package patchimport

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/script"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/tree"
)

// failedSteps matches the instructions of a Dockerfile that failed in its sandbox.
var failedSteps = regexp.MustCompile(`(?m)^line [0-9]+ ended with exit code [0-9]+$`)

// Limits of the files beside a script that are copied into its sandbox.
const (
	maxBeside      = 64 << 20 // bytes
	maxBesideFiles = 2_000
)

// runScript runs a script over upstream's tree in its sandbox, and adds what it did beyond what was followed.
func (m *Importer) runScript(
	ctx context.Context, u candidate.Upstream, src script.Source, followed *script.Result, n Options,
) error {
	beside, leftOut, err := besideFiles(src.Beside)
	if err != nil {
		return err
	}
	if len(leftOut) > 0 {
		followed.Imported.Notes = append(followed.Imported.Notes, "not in the sandbox: "+plural.Few(leftOut))
	}
	stage := m.s.Story.Around("running the script in a sandbox without network")
	ran, err := n.Sandbox.Run(ctx, followed.Prepare(src, u.Facts.Tree, beside))
	if err != nil {
		stage.Fail()
		return err
	}
	if ran.Code != 0 {
		stage.Fail()
		return fault.New(fault.Series, "the script ended in its sandbox with exit code %d, so nothing is imported:\n%s",
			ran.Code, strings.TrimSpace(ran.Output)).
			WithHint("in its sandbox a script has no arguments, no network, and the programs of Debian's ruby image")
	}
	if src.Dockerfile {
		followed.Imported.Notes = append(followed.Imported.Notes, failedSteps.FindAllString(ran.Output, -1)...)
	}
	after, err := u.Facts.Tree.With(ctx, ran.Changed)
	if err != nil {
		stage.Fail()
		return err
	}
	stage.End("%s changed", plural.Of(len(ran.Changed), "file"))
	return followed.TakeRest(ctx, after)
}

// besideFiles reads the files beside a script. Left out are those that cannot be read, each with why.
func besideFiles(folder fs.FS) (out map[string]tree.File, leftOut []string, err error) {
	out = map[string]tree.File{}
	unread := map[string]bool{}
	world := scriptfiles.World{Beside: folder}
	for _, u := range world.Unread(scriptfiles.At(scriptfiles.Beside, "")) {
		unread[u.Place.Name] = true
		leftOut = append(leftOut, fmt.Sprintf("%s (%s)", u.Place.Name, u.Why))
	}
	total := int64(0)
	err = fs.WalkDir(folder, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == ".git":
			return fs.SkipDir
		case e.IsDir() || unread[name]:
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if total += info.Size(); total > maxBeside || len(out) == maxBesideFiles {
			return fault.New(fault.Usage, "the folder of the script holds more than %d files or %d MB, too much for a sandbox",
				maxBesideFiles, maxBeside>>20).WithHint("copy the script and what it needs into a folder of their own")
		}
		data, err := fs.ReadFile(folder, name)
		mode := tree.Regular
		if info.Mode()&0o100 != 0 {
			mode = tree.Executable
		}
		out[name] = tree.File{Mode: mode, Data: data}
		return err
	})
	return out, leftOut, err
}
