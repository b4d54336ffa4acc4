package script

import (
	"bytes"
	"context"
	"path"
	"strings"

	"github.com/howdah/howdah/internal/dockerfile"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
)

// Sandbox runs a script over a tree, where the script can reach neither a network nor anything of this machine.
type Sandbox interface {
	Run(ctx context.Context, r Run) (Ran, error)
}

// Run is a script to run.
type Run struct {
	Upstream *tree.Tree
	Text     string               // the script, to find the programs that it calls
	Beside   map[string]tree.File // the script and the files beside it
	Folder   string               // where those are in the sandbox
	Tree     string               // where the tree is in the sandbox
	Command  []string
}

// Ran is the result of a script in a sandbox.
type Ran struct {
	Code    int
	Output  string                // the end of it
	Changed map[string]*tree.File // by path; nil: removed
}

// sandboxFolder is the folder of a script in its sandbox.
const sandboxFolder = "/howdah-script"

// Prepare returns how to run a script that was followed, with the tree where the script expects it.
func (r *Result) Prepare(src shell.Source, upstream *tree.Tree, beside map[string]tree.File) Run {
	src = inSandbox(src)
	run := Run{Upstream: upstream, Text: string(src.Data), Beside: beside, Folder: sandboxFolder, Tree: sandboxFolder}
	switch {
	case r.root == "" || r.root == "/":
	case path.IsAbs(r.root):
		run.Tree = r.root
	default:
		run.Tree = path.Join(sandboxFolder, r.root)
	}
	name, data := path.Base(src.File), src.Data
	if src.Dockerfile {
		name, data = ".howdah-dockerfile.sh", dockerfile.SandboxScript(r.steps, sandboxFolder, run.Tree, beside)
	}
	if own, there := beside[name]; there && !bytes.Equal(own.Data, data) {
		name, run.Text = ".howdah-script.sh", run.Text+string(own.Data) // src is how to run that file
	}
	beside[name] = tree.File{Mode: tree.Executable, Data: data}
	run.Command = []string{shellOf(data), path.Join(sandboxFolder, name)}
	return run
}

// shellOf returns the shell that a script's first line names.
func shellOf(data []byte) string {
	first, _, _ := strings.Cut(string(data), "\n")
	rest, named := strings.CutPrefix(first, "#!")
	for _, field := range strings.Fields(rest) {
		if shell := path.Base(field); named && (shell == "sh" || shell == "dash" || shell == "bash") {
			return shell
		}
	}
	return "bash"
}
