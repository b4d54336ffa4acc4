package image

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/buildkit/client"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/tree"
)

// Execution is a program to run over a tree in a sandbox. The program sees the base image, the tree and the files
// beside it, and can reach neither a network nor anything of this machine.
type Execution struct {
	// its Context is the tree, and its only base the image; it also says how a build reaches the network
	Spec     Spec
	Base     string               // the name of that base in Bases
	Packages []string             // Debian packages, added to the base with a network before the program is there
	Beside   map[string]tree.File // the program and the files beside it
	Folder   string               // the absolute path of these in the sandbox
	Tree     string               // the absolute path of the tree there
	Command  []string             // runs in Folder
}

// Executed is the result of a program on a tree.
type Executed struct {
	Code    int
	Output  string                // the end of it
	Changed map[string]*tree.File // by path in the tree; nil: removed
}

// executing is how long a program may run, and shownBytes how much of its output is kept, in bytes.
const (
	executing  = "600"
	shownBytes = "16384"
)

// runner is a shell script that runs the program and keeps what it changed. Its arguments are the tree, the folder
// and the command.
const runner = `set -eu
tree=$1 folder=$2; shift 2
out=/howdah-out
mkdir -p "$out" "$folder" "$tree"
export LC_ALL=C
list() { (cd "$tree" && find . -type f -print0 | xargs -0 -r sha256sum -z | tr '\0' '\n'; find . -type f -printf 'mode %m  %p\n') | sort; }
links() { (cd "$tree" && find . -type l -printf '%p -> %l\n' | sort); }
(cd /howdah/beside && find . -type f -print0 | while IFS= read -r -d '' f; do
  if [ ! -e "$folder/$f" ]; then mkdir -p "$(dirname "$folder/$f")"; cp -p "$f" "$folder/$f"; fi
done)
list > "$out/before"
links > "$out/links-before"
cd "$folder"
set +e
env -i PATH="$PATH" HOME=/root LANG=C.UTF-8 LC_ALL=C.UTF-8 timeout ` + executing + ` "$@" > /tmp/howdah-output 2>&1 < /dev/null
echo $? > "$out/code"
set -e
tail -c ` + shownBytes + ` /tmp/howdah-output > "$out/output"
list > "$out/after"
links > "$out/links-after"
cd "$tree"
comm -13 "$out/before" "$out/after" | sed -n 's/^[0-9a-f]\{64\}  //p; s/^mode [0-7]*  //p' | sort -u | while IFS= read -r f; do
  mkdir -p "$out/files/$(dirname "$f")"; cp -p "$f" "$out/files/$f"
done
`

// Execute runs a program over a tree, and returns what it changed.
func Execute(ctx context.Context, b *builder.Builder, x Execution, show Progress) (Executed, error) {
	dir, err := os.MkdirTemp("", "howdah-run-")
	if err != nil {
		return Executed{}, fmt.Errorf("making a folder for the result: %w", err)
	}
	defer os.RemoveAll(dir)
	s := x.Spec
	s.Dockerfile = frontend.Dockerfile{Name: "the sandbox", Data: []byte(x.dockerfile()), Ignore: []byte{}}
	platform := s.platforms()[0]
	node, err := b.Node(ctx, platform)
	if err != nil {
		return Executed{}, err
	}
	opt, bases, err := s.solveOpt(ctx, platform)
	if err != nil {
		return Executed{}, err
	}
	given, exported := filepath.Join(dir, "given"), filepath.Join(dir, "exported")
	if err := x.write(given); err != nil {
		return Executed{}, err
	}
	if err := addFolder(&opt, "howdah-beside", "howdah-beside", given); err != nil {
		return Executed{}, err
	}
	opt.Exports = []client.ExportEntry{{Type: client.ExporterLocal, OutputDir: exported}}
	sessions := &baseSessions{}
	defer sessions.close()
	j := &solve{platform: platform, node: node, opt: opt, bases: bases, sessions: sessions}
	screen := newScreen(show)
	watch := newWatch(screen)
	err = j.run(ctx, watch)
	screen.end()
	if err != nil {
		return Executed{}, s.explain(ctx, err, watch)
	}
	return readExecuted(exported, x)
}

// write writes the program's files into a folder, which the build mounts.
func (x Execution) write(dir string) error {
	all := map[string]tree.File{"run.sh": {Data: []byte(runner)}}
	for name, f := range x.Beside {
		all[path.Join("beside", name)] = f
	}
	for name, f := range all {
		mode := fs.FileMode(0o644)
		if f.Mode == tree.Executable {
			mode = 0o755
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, f.Data, mode)); err != nil {
			return fmt.Errorf("writing what the sandbox gets: %w", err)
		}
	}
	return nil
}

// dockerfile returns the Dockerfile that runs the program.
func (x Execution) dockerfile() string {
	var b strings.Builder
	fmt.Fprintf(&b, "FROM %s AS run\nUSER 0\n", x.Base)
	if len(x.Packages) > 0 {
		fmt.Fprintf(&b, "RUN apt-get update && apt-get install -y --no-install-recommends %s\n",
			strings.Join(x.Packages, " "))
	}
	fmt.Fprintf(&b, "COPY . %s/\n", x.Tree)
	args := []string{"bash", "/howdah/run.sh", x.Tree, x.Folder}
	var quoted []string
	for _, a := range append(args, x.Command...) {
		quoted = append(quoted, strconv.Quote(a))
	}
	fmt.Fprintf(&b, "RUN --network=none --mount=type=bind,from=howdah-beside,target=/howdah [%s]\n",
		strings.Join(quoted, ", "))
	b.WriteString("FROM scratch\nCOPY --from=run /howdah-out /\n")
	return b.String()
}

// readExecuted reads what the build exported.
func readExecuted(dir string, x Execution) (Executed, error) {
	out := Executed{Changed: map[string]*tree.File{}}
	folder, err := files.OpenFolder(dir)
	if err != nil {
		return out, err
	}
	read := func(name string) string {
		data, readErr := folder.ReadFile(name)
		err = errors.Join(err, readErr)
		return string(data)
	}
	before, after := listed(read("before")), listed(read("after"))
	out.Output = read("output")
	code := strings.TrimSpace(read("code"))
	if read("links-before") != read("links-after") {
		err = errors.Join(err, fault.New(fault.Series, "the script changes symbolic links, which an import does not take"))
	}
	if err != nil {
		return out, fmt.Errorf("reading what the sandbox made: %w", err)
	}
	if out.Code, err = strconv.Atoi(code); err != nil {
		return out, fmt.Errorf("reading the exit code of the sandbox: %w", err)
	}
	for name := range before {
		if !after[name] {
			out.Changed[name] = nil
		}
	}
	err = fs.WalkDir(folder, ".", func(name string, e fs.DirEntry, err error) error {
		rest, inside := strings.CutPrefix(filepath.ToSlash(name), "files/")
		if err != nil || e.IsDir() || !inside {
			return err
		}
		data, err := folder.ReadFile(name)
		if err != nil {
			return err
		}
		info, err := e.Info()
		mode := tree.Regular
		if err == nil && info.Mode()&0o100 != 0 {
			mode = tree.Executable
		}
		if _, own := x.Beside[below(x, rest)]; own && !before[rest] {
			return err // it was beside the script
		}
		out.Changed[rest] = &tree.File{Mode: mode, Data: data}
		return err
	})
	return out, err
}

// below returns a path of the tree as a path beside the script, if the tree is in the script's own folder.
func below(x Execution, name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path.Join(x.Tree, name), x.Folder), "/")
}

// listed returns the names in a list of checksums.
func listed(list string) map[string]bool {
	names := map[string]bool{}
	for line := range strings.Lines(list) {
		if _, name, found := strings.Cut(strings.TrimSuffix(line, "\n"), "  ./"); found && !strings.HasPrefix(line, "mode ") {
			names[name] = true
		}
	}
	return names
}

// Packages returns the Debian packages with the programs that a script may call.
func Packages(text string) (out []string) {
	for program, name := range map[string]string{"python3": "python3", "python": "python3", "jq": "jq", "git ": "git",
		"patch ": "patch", "gawk": "gawk",
		"xmlstarlet": "xmlstarlet", "rsync": "rsync"} {
		if strings.Contains(text, program) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
