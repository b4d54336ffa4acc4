package cli_test

import (
	"fmt"
	"os/exec"
)

// heavySaves are work trees of patch:new in which somebody committed, or left, what is too much.
func heavySaves() (out []badInput) {
	for _, c := range []struct {
		name  string
		make  string // a shell script, run in the work tree
		exit  int
		at    string
		exits []int
	}{
		{"a file of 10 MB", `seq 1 1200000 > new.txt; git add -A; git commit -qm big`, 2, "lines, at most", nil},
		{"a line of 10 MB", `head -c 10000000 /dev/zero | tr '\0' x > new.txt; git add -A; git commit -qm big`,
			0, "new ", nil},
		{"a file of 17 MB", `head -c 17000000 /dev/zero | tr '\0' x > new.txt; git add -A; git commit -qm big`,
			2, "big.patch", nil},
		{"a file of 129 MiB", `truncate -s 135266304 big; git -c core.compression=1 add big; git commit -qm big`, 2,
			"too large", nil},
		{"a subject of 10 MB", `echo x > new.txt; git add -A; head -c 10000000 /dev/zero | tr '\0' x | ` +
			`git commit -qF -`, 0,
			"new ", nil},
		{"a message of ten million lines", `echo x > new.txt; git add -A; (echo it; ` +
			`yes a | head -10000000) | git commit -qF -`,
			0, "new ", nil},
		{"a link to /dev/zero", `ln -s /dev/zero new.txt; git add -A; git commit -qm link`, 7, "new.txt", nil},
		{"a pipe that is not committed", `mkfifo new.txt; echo x > other.txt; git add other.txt; git commit -qm it`, 0,
			"new ", []int{2}},
		{"a pipe in place of HEAD", `rm .git/HEAD; mkfifo .git/HEAD`, 2, "", nil},
		{"a pipe in place of the repository", `rm -rf .git; mkfifo .git`, 2, "", nil},
		{"300 commits", `i=0; n=$(git rev-parse HEAD); b=$(git symbolic-ref HEAD); ` +
			`while [ $i -lt 300 ]; do i=$((i+1)); ` +
			`printf 'commit %s\ncommitter a <a@b> %d +0000\ndata 8\nit %05d' $b $((1780000000+i)) $i; ` +
			`if [ $i = 1 ]; then printf '\nfrom %s' $n; fi; ` +
			`printf '\nM 100644 inline f/%d.txt\ndata 2\nx\n' $i; ` +
			`done | git fast-import --quiet --force; git reset -q --hard`, 0, "new ", nil},
		{"a file ten thousand million times", bomb, 2, "", nil},
	} {
		out = append(out, badInput{name: "save: " + c.name, exit: c.exit, exits: c.exits, at: c.at,
			args: []string{"patch:save", "-dir=tree", "-dry"},
			make: func(b *bench, dir string) error {
				open := exec.Command(b.bin, "patch:new", "-dir=tree", "-offline")
				open.Dir, open.Env = dir, b.env("mine")
				if out, err := open.CombinedOutput(); err != nil {
					return fmt.Errorf("%w: %s", err, out)
				}
				change := exec.Command("sh", "-ec",
					"cd tree; git config user.name a; git config user.email a@example.org; "+c.make)
				change.Dir = dir
				if out, err := change.CombinedOutput(); err != nil {
					return fmt.Errorf("%w: %s", err, out)
				}
				return nil
			}})
	}
	return out
}

// bomb commits a tree that has ten folders, which have ten, and so on: each is stored once.
const bomb = `t=$(printf 'x\n' | git hash-object -w --stdin); t=$(printf '100644 blob %s\tf\n' $t | git mktree); ` +
	`for i in 1 2 3 4 5 6 7 8 9 10; do t=$(for n in 0 1 2 3 4 5 6 7 8 9; ` +
	`do printf '040000 tree %s\td%s\n' $t $n; ` +
	`done | git mktree); done; t=$( (git ls-tree HEAD; printf '040000 tree %s\tzz\n' $t) | git mktree); ` +
	`git update-ref HEAD $(git commit-tree -m bomb -p HEAD $t)`
