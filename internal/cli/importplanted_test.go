package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/miniature"
)

// planter makes programs that leave a mark when anything runs them.
type planter struct {
	t   *testing.T
	dir string
}

// program is one of them.
func (p planter) program(name string) string {
	file := filepath.Join(p.dir, "programs", name)
	write(p.t, file, fmt.Sprintf("#!/bin/sh\n: > %q\nexit 1\n", filepath.Join(p.dir, "ran-"+name)))
	if err := os.Chmod(file, 0o755); err != nil {
		p.t.Fatal(err)
	}
	return file
}

// fill puts a program in the place of each <name>.
func (p planter) fill(text string) string {
	for {
		before, rest, found := strings.Cut(text, "<run ")
		if !found {
			return text
		}
		name, after, _ := strings.Cut(rest, ">")
		text = before + p.program(name) + after
	}
}

// plantedScript has a command in each place from which a shell, sed or a program that they call may run one.
const plantedScript = `#!/bin/bash
PATH=$PWD/bin:.:$PATH
hash -p ./bin/sed sed
sed() { <run function>; command sed "$@"; }
sed -i 's/500/501/' app/validators/status_length_validator.rb
alias sed='<run alias>'
shopt -s expand_aliases
BASH_ENV=./planted.sh ENV=./planted.sh bash -c true
x=$(<run substitution>) y=` + "`<run backticks>`" + `
cat <(<run process>) > >(<run output>)
eval "<run eval>"; source ./planted.sh; . planted.sh; ./planted.sh; bash planted.sh
\sed -i 's/a/b/e;1e <run sed-e>' config/themes.yml
\sed -i -e '1r /etc/passwd' -e 'w MARKS/ran-sed-w' -e 's/a/b/w MARKS/ran-sed-sw' config/themes.yml
\sed -n '1R <run sed-R>' config/themes.yml
\sed -i.'MARKS/ran-suffix' 's/a/b/' config/themes.yml
\sed --in-place='MARKS/ran-*' 's/a/b/' config/themes.yml
\sed -f planted.sed -i config/themes.yml
git -c core.fsmonitor='<run fsmonitor>' status
git -c alias.x='!<run git-alias>' x
GIT_SSH_COMMAND='<run ssh>' git fetch ssh://planted.example/x
GIT_EXTERNAL_DIFF='<run external>' git diff
git apply --whitespace=fix planted.patch
EDITOR='<run editor>' git commit -a
patch --get=1 -e config/themes.yml < planted.ed
npm install; yarn install; bundle install; corepack enable; pip install .; make; rake
awk 'BEGIN { system("<run awk>") }'; perl -e 'system "<run perl>"'; python3 planted.py
find . -exec <run find> \; ; echo x | xargs <run xargs>
tar xf x.tar --to-command='<run tar>' --use-compress-program='<run compress>'
trap '<run trap>' EXIT DEBUG ERR
PROMPT_COMMAND='<run prompt>' PS4='$(<run ps4>)'; set -x
[ -v 'a[$(<run test>)]' ]; a['$(<run index>)']=1; echo $((a[$(<run arithmetic>)]))
exec <run exec>
`

// plantedDockerfile does so in a Dockerfile.
const plantedDockerfile = `# syntax=registry.example/planted:latest
# check=error=true
ARG X=$(<run arg>)
FROM mastodon
ONBUILD RUN <run onbuild>
SHELL ["<run shell>", "-c"]
RUN <run run>
RUN ["<run list>"]
RUN --mount=type=bind,target=/x --mount=type=ssh <run mount>
RUN <<E
<run document>
E
RUN sed -i 's/500/501/e' app/validators/status_length_validator.rb
ENV A=$(<run env>) B=` + "`<run ticks>`" + `
COPY planted.sh $(<run copy>)
ADD git@planted.example:x.git /x
HEALTHCHECK CMD <run health>
ENTRYPOINT <run entry>
CMD <run cmd>
`

// plantedBeside lies beside both.
var plantedBeside = map[string]string{
	"planted.sh":     "#!/bin/bash\n<run beside>\n",
	"planted.sed":    "1e <run sed-file>\n",
	"planted.py":     "import os; os.system('<run python>')\n",
	"planted.patch":  "--- a/x\n+++ b/../../MARKS/ran-patch\n@@ -0,0 +1 @@\n+x\n",
	"planted.ed":     "!<run ed>\nw\nq\n",
	"bin/sed":        "#!/bin/sh\n<run path>\n",
	"package.json":   `{"scripts": {"preinstall": "<run npm>", "install": "<run npm-install>"}}`,
	".npmrc":         "script-shell=<run npmrc>\nnode-options=--require <run node>\n",
	".yarnrc.yml":    "yarnPath: <run yarn>\nplugins: [<run plugin>]\n",
	".bundle/config": "BUNDLE_PATH: \"<run bundle>\"\n",
	"Gemfile":        "system '<run gemfile>'\n",
	"Rakefile":       "system '<run rakefile>'\n",
	"Makefile":       "all:\n\t<run make>\n",
	".envrc":         "<run direnv>\n",
	".bashrc":        "<run bashrc>\n",
	".gitattributes": "* filter=planted diff=planted\n",
	".dockerignore":  "$(<run dockerignore>)\n",
}

// plantedSeries is a quilt series with programs where quilt, or somebody who is careless, would run one.
var plantedSeries = map[string]string{
	"series":      "one.patch -p1\n$(<run quilt-substitution>).patch\n|<run quilt-pipe>\n# <run quilt-comment>\n",
	"setup":       "#!/bin/sh\n<run setup>\n",
	".quiltrc":    "<run quiltrc>\n",
	".pc/applied": "$(<run pc>)\n",
	"one.patch": "--- a/public/robots.txt\n+++ b/public/robots.txt\n@@ -1,2 +1,3 @@\n User-agent: *\n" +
		" Disallow: /media_proxy/\n+Disallow: /$(<run in-patch>)\n",
}

// plantedConfig is the configuration of a clone that has a program wherever git's has one.
const plantedConfig = `
[core]
	fsmonitor = <run clone-fsmonitor>
	hooksPath = HOOKS
	sshCommand = <run clone-ssh>
	gitProxy = <run clone-proxy>
	alternateRefsCommand = <run clone-alternates>
	pager = <run clone-pager>
	editor = <run clone-editor>
	askPass = <run clone-askpass>
[uploadpack]
	packObjectsHook = <run clone-pack>
[filter "planted"]
	clean = <run clone-clean>
	smudge = <run clone-smudge>
	process = <run clone-process>
	required = true
[diff]
	external = <run clone-external>
[diff "planted"]
	command = <run clone-diff>
	textconv = <run clone-textconv>
[merge "planted"]
	driver = <run clone-merge>
[alias]
	rev-parse = !<run clone-alias>
	log = !<run clone-log>
[remote "origin"]
	url = ext::<run clone-ext>
	uploadpack = <run clone-upload>
	promisor = true
[protocol "ext"]
	allow = always
[credential]
	helper = !<run clone-credential>
[gpg]
	program = <run clone-gpg>
[log]
	showSignature = true
[include]
	path = INCLUDED
`

// plantedClone is a clone of upstream with a branch of one commit, whose configuration, hooks and attributes plant
// programs.
func plantedClone(p planter, upstream string) string {
	t, dir := p.t, filepath.Join(p.dir, "clone")
	git := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=A",
			"GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.org")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	git("clone", "--quiet", upstream, dir)
	git("-C", dir, "checkout", "--quiet", "-b", "ours")
	write(t, filepath.Join(dir, "public", "robots.txt"), "User-agent: *\n")
	write(t, filepath.Join(dir, ".gitattributes"), "* filter=planted diff=planted merge=planted\n")
	git("-C", dir, "add", "--all")
	git("-C", dir, "commit", "--quiet", "--message=Ours")
	write(t, filepath.Join(dir, "public", "robots.txt"), "not committed\n")
	hooks := filepath.Join(p.dir, "hooks")
	for _, hook := range strings.Fields("pre-push reference-transaction post-checkout post-index-change pre-receive " +
		"update pre-auto-gc fsmonitor-watchman") {
		for _, folder := range []string{hooks, filepath.Join(dir, ".git", "hooks")} {
			if err := errors.Join(os.MkdirAll(folder, 0o755), os.RemoveAll(filepath.Join(folder, hook)),
				os.Symlink(p.program("hook-"+hook), filepath.Join(folder, hook))); err != nil {
				t.Fatal(err)
			}
		}
	}
	included := filepath.Join(p.dir, "included")
	write(t, included, p.fill("[core]\n\tfsmonitor = <run included-fsmonitor>\n"))
	other := filepath.Join(p.dir, "other.git")
	git("clone", "--quiet", "--bare", upstream, other)
	config := p.fill(strings.NewReplacer("HOOKS", hooks, "INCLUDED", included).Replace(plantedConfig))
	write(t, filepath.Join(dir, ".git", "config"), "[core]\n\tbare = false\n"+config)
	write(t, filepath.Join(other, "config"), "[core]\n\tbare = true\n"+config)
	write(t, filepath.Join(dir, ".git", "objects", "info", "alternates"), filepath.Join(other, "objects")+"\n")
	write(t, filepath.Join(dir, ".git", "info", "attributes"), "* filter=planted diff=planted\n")
	return dir
}

// TestNothingOfAStrangerRuns imports a script, a Dockerfile, a quilt series and a clone with programs planted wherever
// one may run. None leaves a mark.
func TestNothingOfAStrangerRuns(t *testing.T) {
	p := planter{t, t.TempDir()}
	mine, own, quilt := filepath.Join(p.dir, "mine"), filepath.Join(p.dir, "own"), filepath.Join(p.dir, "quilt")
	up, err := cli.WriteUpstream(filepath.Join(p.dir, "mastodon.git"))
	if err == nil {
		err = errors.Join(os.Mkdir(mine, 0o755), miniature.WriteDistribution(mine, up.Dir, up))
	}
	if err != nil {
		t.Fatal(err)
	}
	fill := func(s string) string { return p.fill(strings.ReplaceAll(s, "MARKS", p.dir)) }
	for name, text := range plantedBeside {
		write(t, filepath.Join(own, name), fill(text))
	}
	for name, text := range plantedSeries {
		write(t, filepath.Join(quilt, name), fill(text))
	}
	write(t, filepath.Join(own, "patch.sh"), fill(plantedScript))
	write(t, filepath.Join(own, "Dockerfile"), fill(plantedDockerfile))
	for _, name := range []string{filepath.Join(own, "planted.sh"), filepath.Join(own, "bin", "sed"),
		filepath.Join(quilt, "setup")} {
		if err := os.Chmod(name, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	clone := plantedClone(p, up.Dir)
	ran := func() []string {
		found, err := filepath.Glob(filepath.Join(p.dir, "ran-*"))
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for _, made := range ran() { // by making the clone
		if err := os.Remove(made); err != nil {
			t.Fatal(err)
		}
	}
	for _, from := range []string{filepath.Join(own, "patch.sh"), filepath.Join(own, "Dockerfile"), quilt,
		clone + "@ours", clone} {
		cmd := exec.CommandContext(t.Context(), program(t), "patch:import", from, "-dry")
		cmd.Dir = own
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		cmd.Env = append(os.Environ(), "HOWDAH_CONFIG="+filepath.Join(mine, "howdah.toml"), "HOME="+own,
			"HOWDAH_CACHE="+filepath.Join(p.dir, "cache"), "CI=true", "GITHUB_OUTPUT=", "GITHUB_STEP_SUMMARY=")
		_ = cmd.Run()
		if code := cmd.ProcessState.ExitCode(); !slices.Contains([]int{0, 2, 3, 7}, code) {
			t.Errorf("%s: exit code %d", from, code)
		}
		t.Logf("%s", &said)
		if from == clone && !strings.Contains(said.String(), "not committed in ") {
			t.Errorf("the clone's changed file is not named:\n%s", &said)
		}
		if marks := ran(); len(marks) > 0 {
			t.Errorf("%s left %q:\n%s", from, marks, &said)
		}
	}
}
