package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// heavyScripts are scripts and Dockerfiles that ask for much time or memory.
func heavyScripts(one func(string, int, string, func() string) *badInput) {
	script := func(name string, text func() string) {
		one("a script of "+name, 3, "", func() string { return "#!/bin/sh\n" + text() }).exits = []int{2}
	}
	script("10 MB", func() string { return strings.Repeat("sed -i s/a/b/ Gemfile\n", 450_000) })
	script("45,000 lines", func() string { return strings.Repeat("sed -i s/a/b/ Gemfile\n", 45_000) })
	script("one line of 10 MB", func() string {
		return "sed -i 's/a/" + strings.Repeat("b", 10_000_000) + "/' Gemfile\n"
	})
	script("2,000 lines that match nothing", func() string {
		return times(2000, func(i int) string { return fmt.Sprintf("sed -i 's/nothing %d/b/' Gemfile\n", i) })
	})
	script("loops within loops", func() string {
		return strings.Repeat("for i in 1 2 3 4 5 6 7 8 9 0; do ", 12) + "sed -i s/a/b/ Gemfile; " +
			strings.Repeat("done; ", 12) + "\n"
	})
	script("a loop without an end", func() string { return "while true; do sed -i s/a/b/ Gemfile; done\n" })
	script("a function that calls itself", func() string { return "f() { f; f; }\nf\n" })
	script("a fork bomb", func() string { return "f() { f | f & }\nf\n" })
	script("braces", func() string {
		return "for i in {1..9}{1..9}{1..9}{1..9}{1..9}{1..9}{1..9}; do echo $i >> Gemfile; done\n"
	})
	script("a list of ten million words", func() string {
		return "for i in $(seq 1 10000000); do echo $i >> Gemfile; done\n"
	})
	script("a file that doubles", func() string { return strings.Repeat("cat Gemfile Gemfile > b; cp b Gemfile\n", 60) })
	script("a file that grows with each of 1,190 commands", func() string {
		return "cat > a <<E\n" + strings.Repeat("some words in a line\n", 500) + "E\n" +
			strings.Repeat("cat a >> new.txt\n", 1190)
	})
	script("a line that doubles", func() string { return strings.Repeat("sed -i 's/.*/&&/' Gemfile\n", 60) })
	script("a variable that doubles", func() string {
		return "A=aaaaaaaaaaaaaaaaaaaa\n" + strings.Repeat("A=$A$A\n", 60) + "echo $A > Gemfile\n"
	})
	script("a folder that doubles", func() string { return strings.Repeat("cp -r app b; mv b app/b\n", 60) })
	script("files without an end", func() string { return "cat /dev/zero > Gemfile\nyes > yarn.lock\ncp /dev/zero a\n" })
	script("an expression with many ways", func() string {
		return "sed -i -E 's/((.*)*)*x/y/' Gemfile\nsed -i -E 's/(a?){500}a{500}/y/' Gemfile\n"
	})
	script("sed that goes round", func() string { return "sed -i ':a;s/^/x/;ta' Gemfile\n" })
	script("perl that goes round", func() string { return "perl -i -pe '1 while s/^/x/' Gemfile\n" })
	script("awk that goes round", func() string { return "awk 'BEGIN { while (1) x = x \"aaaaaaaa\" }' Gemfile > a\n" })
	one("a script of a here document of 900 KB", 3, "overlay, 1 file", func() string {
		return "#!/bin/sh\ncat > new.txt <<'E'\n" + lines(90_000, 1_000_000, "") + "E\n"
	})
	script("commands within each other", func() string { return strings.Repeat("if true; then\n", 70_000) })
	script("braces within each other", func() string { return strings.Repeat("{ ", 500_000) })
	script("a long pipe", func() string { return "cat Gemfile " + strings.Repeat("| cat ", 150_000) + "> a\n" })
	script("a long list", func() string { return "true " + strings.Repeat("&& true ", 100_000) + "\n" })
	script("a value put in often", func() string {
		return "A=$(printf %065000d 1)\necho " + strings.Repeat("$A", 450_000) + " > Gemfile\n"
	})
	script("a hundred sed commands that go round", func() string {
		return times(100, func(i int) string { return fmt.Sprintf("sed -i ':a;s/^/x%d/;ta' Gemfile\n", i) })
	})
	one("252 runs of sed", 2, "a script may run sed 250 times on different texts, found more", func() string {
		return "#!/bin/sh\n" + times(126, func(i int) string {
			return fmt.Sprintf("sed -i -e s/nothing%d/b/ -e s/nothing/b/ Gemfile\n", i)
		})
	})
	script("a loop of 100,000 words", func() string {
		return "for i in " + times(100_000, func(i int) string { return fmt.Sprintf("%d ", i) }) + "; do echo $i > n; done\n"
	})
	script("brackets", func() string { return strings.Repeat("(", 100_000) })
	script("substitutions", func() string {
		return "echo " + strings.Repeat("$(echo ", 20_000) + strings.Repeat(")", 20_000) + "\n"
	})
	script("arithmetic", func() string {
		return "echo $((" + strings.Repeat("1+(", 100_000) + "1" + strings.Repeat(")", 100_000) + "))\n"
	})
}

// heavyDockerfiles are Dockerfiles, with what lies beside them.
func heavyDockerfiles(folder func(string, int, string, map[string]any) *badInput) {
	beside := map[string]any{}
	for i := range 990 {
		beside[fmt.Sprintf("f%d", i)] = fmt.Sprintf("x%d\n", i)
	}
	for _, c := range []struct {
		name string
		text func() string
		more map[string]any
	}{
		{"10 MB", func() string { return "FROM x\n" + strings.Repeat("RUN sed -i s/a/b/ Gemfile\n", 380_000) }, nil},
		{"30,000 lines", func() string { return "FROM x\n" + strings.Repeat("RUN sed -i s/a/b/ Gemfile\n", 30_000) }, nil},
		{"10,000 stages", func() string {
			return times(10_000, func(i int) string { return fmt.Sprintf("FROM s%d AS s%d\n", i-1, i) })
		}, nil},
		{"variables made of each other", func() string {
			return "FROM x\n" + times(9990, func(i int) string { return fmt.Sprintf("ENV A%d=$A%d\n", i+1, i) })
		}, nil},
		{"stages that copy each other", func() string {
			return "FROM x AS s0\nCOPY . /a\n" + times(500, func(i int) string {
				return fmt.Sprintf("FROM x AS s%d\nCOPY --from=s%d /a /a\nCOPY --from=s%d /a /b\n", i+1, i, i)
			})
		}, nil},
		{"an argument that doubles", func() string {
			return "FROM x\nARG A=aaaaaaaaaa\n" + strings.Repeat("ARG A=$A$A\n", 60) + "RUN echo $A > Gemfile\n"
		}, nil},
		{"copies of a pipe", func() string { return "FROM x\nCOPY fifo Gemfile\nCOPY zero yarn.lock\n" },
			map[string]any{"fifo": pipe{}, "zero": link("/dev/zero")}},
		{"a copy of all, with a pipe in it", func() string { return "FROM x\nCOPY . .\n" },
			map[string]any{"a/fifo": pipe{}, "a/zero": link("/dev/zero")}},
		{"a script that is a link to /dev/zero", func() string { return "FROM x\nCOPY a.sh .\nRUN sh a.sh\n" },
			map[string]any{"a.sh": link("/dev/zero")}},
		{"a here document of 900 KB", func() string {
			return "FROM x\nCOPY <<E new.txt\n" + lines(90_000, 1_000_000, "") + "E\n"
		}, nil},
		{"990 copies", func() string {
			return "FROM x\nARG A=" + strings.Repeat("v", 2000) + "\n" +
				times(990, func(i int) string { return fmt.Sprintf("COPY f%d /opt/mastodon/new%d.txt\n", i, i) })
		}, beside},
	} {
		files := map[string]any{"Dockerfile": made(c.text)}
		for name, what := range c.more {
			files[name] = what
		}
		b := folder("a Dockerfile of "+c.name, 3, "", files)
		b.args, b.exits = []string{"patch:import", "from/Dockerfile", "-dry", "-offline"}, []int{0, 2}
	}
}

// heavyClones are repositories that were made to be read for ever.
func heavyClones(one func(string, int, string, func() string) *badInput) {
	for _, c := range []struct {
		name string
		make string // a shell script, run in an empty clone of upstream, at its main
		at   string
		exit int
	}{
		{"2,000 commits", `n=$(git rev-parse HEAD); i=0; while [ $i -lt 2000 ]; do i=$((i+1)); ` +
			`printf 'commit refs/heads/main\ncommitter a <a@b> %d +0000\ndata 2\nx\n' $((1780000000+i)); ` +
			`if [ $i = 1 ]; then echo "from $n"; fi; printf 'M 100644 inline f/%d.txt\ndata 2\nx\n' $i; done | ` +
			`git fast-import --quiet --force`, "more than 160 MiB", 2},
		{"a file of 129 MiB", `truncate -s 135266304 big; git -c core.compression=1 add big; git commit -qm big`,
			"the object is too large", 2},
		{"a file ten thousand million times", bomb, "", 2},
		{"a file ten thousand million times, which a later commit took back", bomb + "; " + after, "", 2},
		{"a file ten thousand million times, on a branch that was merged", bomb + `; b=$(git rev-parse HEAD); ` +
			`git update-ref HEAD $(git commit-tree -m merge -p HEAD~1 -p $b HEAD~1^{tree}); ` + after, "", 2},
		{"a pipe for its objects", `mkdir -p .git/objects/info; mkfifo .git/objects/info/alternates`, "", 2},
		{"a pipe for its packed refs", `rm -f .git/packed-refs; mkfifo .git/packed-refs`, "", 2},
	} {
		b := one("a clone with "+c.name, c.exit, c.at, func() string { return "" })
		b.make = func(_ *bench, dir string) error {
			from := filepath.Join(dir, "from")
			if err := os.Remove(from); err != nil {
				return err
			}
			cmd := exec.Command("sh", "-ec", "git clone -q ../miniature/mastodon.git from; cd from; "+
				"git config user.name a; git config user.email a@example.org; "+c.make)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				return fmt.Errorf("%w: %s", err, out)
			}
			return nil
		}
	}
}

// after commits a small change on what a commit's parent has.
const after = `echo y > y; git read-tree HEAD~1; git add y; ` +
	`git update-ref HEAD $(git commit-tree -m after -p HEAD $(git write-tree))`

// packed writes an archive as tar makes one.
func packed(file string) error {
	out, err := exec.Command("tar", "-cf", file, "-C", filepath.Dir(file), "mine").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
