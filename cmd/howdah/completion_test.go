package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// bashCompletion is Debian's file of the package bash-completion, whose functions cobra's script calls.
const bashCompletion = "/usr/share/bash-completion/bash_completion"

// completers has, for each shell, a script that loads the completion and prints how the words in $1 can be completed.
// Outside a line that is being typed bash and zsh lack compopt, compdef and _describe.
var completers = map[string]struct{ args, script string }{
	"bash": {"--norc -c", `. ` + bashCompletion + `
compopt() { :; }
. <(howdah completion bash)
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=63
COMP_WORDS=($1); [[ $1 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
__start_howdah howdah "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"`},
	"zsh": {"-f -c", `compdef() { : }
_describe() { print -l -- $completions }
source <(howdah completion zsh)
words=("${(@s: :)1}") CURRENT=${#${(@s: :)1}}
_howdah`},
	"fish": {"--no-config -c", `howdah completion fish | source
complete -C $argv[1]`},
}

// TestCompletionInShells loads the completion in each shell that is installed, and completes commands, a command whose
// word patch is left out, and options.
func TestCompletionInShells(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(self, filepath.Join(dir, "howdah")); err != nil {
		t.Fatal(err)
	}
	for shell, c := range completers {
		t.Run(shell, func(t *testing.T) {
			if _, err := exec.LookPath(shell); err != nil {
				t.Skipf("skipped: %v", err)
			}
			if _, err := os.Stat(bashCompletion); shell == "bash" && err != nil {
				t.Skipf("skipped: without the package bash-completion bash cannot use it: %v", err)
			}
			for typed, want := range map[string][]string{
				"howdah patch ch":        {"check", "checkout"},
				"howdah chec":            {"check", "checkout"},
				"howdah publish ro":      {"rollback"},
				"howdah patch check --r": {"--ref"},
				"howdah xyz":             nil,
			} {
				args := append(strings.Fields(c.args), c.script)
				if shell != "fish" {
					args = append(args, shell) // $0
				}
				cmd := exec.CommandContext(t.Context(), shell, append(args, typed)...)
				cmd.Dir = dir
				cmd.Env = []string{asProgram + "=1", "PATH=" + dir + ":" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C.UTF-8"}
				out, err := cmd.CombinedOutput()
				var got []string
				for line := range strings.Lines(string(out)) {
					word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
					word, _, _ = strings.Cut(word, ":")
					if word, _, _ = strings.Cut(word, " "); word != "" {
						got = append(got, strings.TrimRight(word, "="))
					}
				}
				slices.Sort(got)
				if err != nil || !slices.Equal(got, want) {
					t.Errorf("%s: completed as %q, expected %q (%v)\n%s", typed, got, want, err, out)
				}
			}
		})
	}
}
