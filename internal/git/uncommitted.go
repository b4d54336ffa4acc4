package git

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// maxCompared is how many files of somebody's work tree are compared with what is committed at most.
const maxCompared = 1000

// Uncommitted lists what in the work tree at dir is not committed, sorted; nothing for a bare repository. It asks git
// for times and sizes, and compares the contents itself. Where a file is as old as the index, git would compare the
// contents, through the repository's filters: they are switched off.
func Uncommitted(ctx context.Context, dir string) ([]string, error) {
	env := localEnv(ctx)
	run := func(args ...string) ([]string, error) {
		var out bytes.Buffer
		err := command{env: env, stdout: &out, args: append([]string{"-C", dir}, args...)}.run(ctx)
		return strings.FieldsFunc(out.String(), func(r rune) bool { return r == 0 }), err
	}
	inside, err := run("rev-parse", "--is-inside-work-tree")
	if err != nil || len(inside) == 0 || strings.TrimSpace(inside[0]) != "true" {
		return nil, err
	}
	filters, err := run("config", "--null", "--name-only", "--get-regexp", `^filter\.`)
	if err != nil && !NotFound(err) {
		return nil, err
	}
	env = append(env, withoutFilters(filters)...)
	touched, err := run("diff-files", "--raw", "--no-renames", "--no-abbrev", "-z")
	if err != nil {
		return nil, err
	}
	var names []string
	for i := 0; i+1 < len(touched) && i < 2*maxCompared; i += 2 {
		fields := strings.Fields(touched[i])
		if len(fields) == 5 && !sameContent(filepath.Join(dir, touched[i+1]), tree.ID(fields[2])) {
			names = append(names, touched[i+1])
		}
	}
	for _, args := range [][]string{{"ls-files", "--others", "--exclude-standard", "-z"},
		{"diff-index", "--cached", "--name-only", "--no-renames", "-z", "HEAD"}} {
		more, err := run(args...)
		if err != nil {
			return nil, err
		}
		names = append(names, more...)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// withoutFilters is the environment in which filters, of which these are some settings' names, have no program: such a
// filter changes nothing. A setting's name is filter.NAME.process, and the like; NAME may hold any character.
func withoutFilters(settings []string) []string {
	var names []string
	for _, key := range settings {
		if end := strings.LastIndexByte(key, '.'); end > len("filter") {
			names = append(names, key[:end])
		}
	}
	slices.Sort(names)
	var env []string
	count := 0
	set := func(key, value string) {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", count, key),
			fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", count, value))
		count++
	}
	for _, name := range slices.Compact(names) {
		for _, program := range []string{".clean", ".smudge", ".process"} {
			set(name+program, "")
		}
		set(name+".required", "false")
	}
	return append(env, fmt.Sprintf("GIT_CONFIG_COUNT=%d", count))
}

// sameContent reports whether a file is a blob, byte for byte. A link is the blob of its target.
func sameContent(file string, id tree.ID) bool {
	if target, err := os.Readlink(file); err == nil {
		return tree.BlobID([]byte(target)) == id
	}
	info, err := os.Lstat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxObject { // no blob is longer, and a pipe would wait
		return false
	}
	data, err := os.ReadFile(file)
	return err == nil && tree.BlobID(data) == id
}
