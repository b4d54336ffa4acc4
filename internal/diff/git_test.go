package diff_test

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// scratch is an empty repository of the real git; thousands of cases are written into it at once.
type scratch struct {
	t           testing.TB
	dir, gitDir string
}

func newScratch(t testing.TB) *scratch {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed: nothing to compare with")
	}
	dir := t.TempDir()
	if inMemory, err := os.MkdirTemp("/dev/shm", "diff-test-"); err == nil { // git writes a file for each case
		dir = inMemory
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
	}
	s := &scratch{t, dir, filepath.Join(dir, ".git")}
	s.git(nil, "init", "-q", "-b", "main")
	return s
}

// run runs git; the caller checks the exit code.
func (s *scratch) run(stdin []byte, args ...string) (stdout, stderr []byte, err error) {
	cmd := exec.CommandContext(s.t.Context(), "git",
		append([]string{"-c", "core.fsync=none", "-c", "core.looseCompression=0"}, args...)...)
	cmd.Dir, cmd.Stdin = s.dir, bytes.NewReader(stdin)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "HOME="+s.dir, "LC_ALL=C",
		"GIT_DIR="+s.gitDir)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.Bytes(), errs.Bytes(), err
}

func (s *scratch) git(stdin []byte, args ...string) []byte {
	s.t.Helper()
	out, errs, err := s.run(stdin, args...)
	if err != nil {
		s.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, errs)
	}
	return out
}

// blob is a file of a tree.
type blob struct {
	mode string // "" means "100644"
	data []byte
}

func id(data []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00%s", len(data), data)
	return hex.EncodeToString(h.Sum(nil))
}

// write writes contents as blobs.
func (s *scratch) write(contents ...[]byte) {
	s.t.Helper()
	var in bytes.Buffer
	for _, data := range contents {
		fmt.Fprintf(&in, "blob\ndata %d\n%s\n", len(data), data)
	}
	s.git(in.Bytes(), "fast-import", "--quiet")
}

// tree writes a tree of files, and returns its id.
func (s *scratch) tree(files map[string]blob) string {
	s.t.Helper()
	var contents [][]byte
	var index bytes.Buffer
	for name, f := range files {
		contents = append(contents, f.data)
		fmt.Fprintf(&index, "%s %s 0\t%s\x00", cmp.Or(f.mode, "100644"), id(f.data), name)
	}
	s.write(contents...)
	s.git(nil, "read-tree", "--empty")
	s.git(index.Bytes(), "update-index", "-z", "--index-info")
	return strings.TrimSpace(string(s.git(nil, "write-tree")))
}

// files lists a tree.
func (s *scratch) files(tree string) map[string]blob {
	s.t.Helper()
	out := map[string]blob{}
	var ask bytes.Buffer
	var names []string
	for entry := range strings.SplitSeq(strings.TrimSuffix(string(s.git(nil, "ls-tree", "-rz", tree)), "\x00"), "\x00") {
		head, name, _ := strings.Cut(entry, "\t")
		fields := strings.Fields(head)
		out[name], names = blob{mode: fields[0]}, append(names, name)
		fmt.Fprintln(&ask, fields[2])
	}
	rest := s.git(ask.Bytes(), "cat-file", "--batch")
	for _, name := range names {
		var size int
		head, tail, _ := bytes.Cut(rest, []byte("\n"))
		fmt.Sscanf(string(head), "%s %s %d", new(string), new(string), &size)
		f := out[name]
		f.data = tail[:size]
		out[name], rest = f, tail[size+1:]
	}
	return out
}

// source generates texts of different kinds, and variants of them.
type source struct{ *rand.Rand }

func newSource(seed uint64) source { return source{rand.New(rand.NewPCG(seed, 7))} }

// text generates a text of n lines: numbers from a small range, or something that looks like code.
func (r source) text(n int) [][]byte {
	var out [][]byte
	line := r.lineMaker()
	for range n {
		out = append(out, line())
	}
	return out
}

func (r source) lineMaker() func() []byte {
	switch alphabet := 2 + r.IntN(40); r.IntN(4) {
	case 0:
		return func() []byte { return fmt.Appendf(nil, "%d\n", r.IntN(alphabet)) }
	case 1:
		end := []string{"\n", "\n", "\r\n"}[r.IntN(3)]
		return func() []byte {
			switch r.IntN(7) {
			case 0:
				return []byte(end)
			case 1:
				return []byte(strings.Repeat("  ", r.IntN(3)) + "}" + end)
			case 2:
				return []byte(strings.Repeat("\t", r.IntN(3)) + "end " + end)
			}
			return fmt.Appendf(nil, "%s%s(%d)%s", strings.Repeat("  ", r.IntN(4)),
				[]string{"call", "_x", "$y", "class Äpfel", "é"}[r.IntN(5)], r.IntN(alphabet), end)
		}
	}
	n := 0
	if r.IntN(2) == 0 { // similar functions in folders of classes
		shape := []string{"class A%d", "", "  def f%d", "    x = %d", "", "    if y", "      z(%d)", "    end", "  end", "",
			"end", ""}
		return func() []byte {
			n++
			line := shape[n%len(shape)]
			if r.IntN(6) == 0 {
				line = shape[r.IntN(len(shape))]
			}
			return []byte(strings.Replace(line, "%d", strconv.Itoa(r.IntN(3)), 1) + "\n")
		}
	}
	return func() []byte { n++; return fmt.Appendf(nil, "line %d of a long text\n", n) }
}

// vary returns a text with some edits: lines are added, removed, changed, moved or repeated.
func (r source) vary(text [][]byte, edits int) [][]byte {
	out := slices.Clone(text)
	line := r.lineMaker()
	for range edits {
		at := r.IntN(len(out) + 1)
		run := min(1+r.IntN([]int{4, 12}[r.IntN(2)]), len(out)-at)
		switch r.IntN(5) {
		case 0:
			out = slices.Insert(out, at, line())
		case 1:
			out = slices.Delete(out, at, at+run)
		case 2:
			if at < len(out) {
				out[at] = line()
			}
		case 3:
			part := slices.Clone(out[at : at+run])
			out = slices.Delete(out, at, at+run)
			out = slices.Insert(out, r.IntN(len(out)+1), part...)
		case 4:
			out = slices.Insert(out, at, slices.Clone(out[at:at+run])...)
		}
	}
	return out
}

// shuffle generates a long text of at most n lines, and another one with its parts moved, repeated or removed, among
// other lines.
func (r source) shuffle(n int) (text, other [][]byte) {
	alphabet := 10 + r.IntN(n)
	common := [][]byte{[]byte("}\n"), []byte("\n"), []byte("end\n")}
	for range n/2 + r.IntN(n/2) {
		text = append(text, fmt.Appendf(nil, "%d\n", r.IntN(alphabet)))
		if r.IntN(6) == 0 {
			text[len(text)-1] = common[r.IntN(3)]
		}
	}
	for at := 0; at < len(text); {
		run := min(1+r.IntN([]int{4, 40, 120}[r.IntN(3)]), len(text)-at)
		part := text[at : at+run]
		at += run
		switch r.IntN(8) {
		case 0: // removed
		case 1: // moved
			other = slices.Insert(other, r.IntN(len(other)+1), part...)
		case 2: // behind other lines, some of which both have
			for range r.IntN(150) {
				if r.IntN(5) == 0 {
					other = append(other, common[r.IntN(3)])
				} else {
					other = append(other, fmt.Appendf(nil, "new %d\n", r.IntN(1<<30)))
				}
			}
			other = append(other, part...)
		default:
			other = append(other, part...)
		}
	}
	return text, other
}

// bytes joins lines; sometimes the last one loses its line feed.
func (r source) bytes(text [][]byte) []byte {
	out := bytes.Join(text, nil)
	if r.IntN(12) == 0 {
		return bytes.TrimSuffix(out, []byte("\n"))
	}
	return out
}

// name returns the file of case n. They are in folders, since git is slow with a large flat one.
func name(n int) string { return path.Join(fmt.Sprintf("d%03d", n/50), fmt.Sprintf("f%05d", n)) }

func sortedNames(files map[string]blob) []string { return slices.Sorted(maps.Keys(files)) }

// many returns how many of n random cases to compare with git: a third of them, a thirtieth with -short, all with
// HOWDAH_TEST_CASES=all, or that many times a third with a number. Each run has the same cases, starting with the
// first.
func many(n int) int {
	times, err := strconv.Atoi(os.Getenv("HOWDAH_TEST_CASES"))
	switch {
	case err == nil && times > 0:
		return max(1, n*times/3)
	case testing.Short():
		return max(1, n/30)
	case os.Getenv("HOWDAH_TEST_CASES") == "all":
		return n
	}
	return max(1, n/3)
}
