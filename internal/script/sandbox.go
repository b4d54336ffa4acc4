package script

import (
	"context"
	"path"
	"strings"

	"github.com/howdah/howdah/internal/dockerfile"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
)

// Sandbox runs a script over a tree where it reaches neither a network nor anything of this machine.
type Sandbox interface {
	Run(ctx context.Context, r Run) (Ran, error)
}

// Run is a script that is to be run.
type Run struct {
	Upstream *tree.Tree
	Text     string               // the script, by which the programs that it calls are found
	Beside   map[string]tree.File // the script and what lies beside it
	Folder   string               // where those lie in the sandbox
	Tree     string               // where the tree lies there
	Command  []string
}

// Ran is what a script did to the tree.
type Ran struct {
	Code    int
	Output  string                // its last part
	Changed map[string]*tree.File // by path; nil is removed
}

// sandboxFolder is where a script lies in its sandbox.
const sandboxFolder = "/howdah-script"

// Prepare says how a script that was followed is run: with the tree where the script looks for it.
func (r *Result) Prepare(src shell.Source, upstream *tree.Tree, beside map[string]tree.File) Run {
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
	beside[name] = tree.File{Mode: tree.Executable, Data: data}
	run.Command = []string{shellOf(data), path.Join(sandboxFolder, name)}
	return run
}

// shellOf is the program that runs a script: the shell that its first line names.
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
