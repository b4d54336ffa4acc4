package script_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// writer generates a random script.
type writer struct {
	*rand.Rand
	deep  int
	names int
}

func (w *writer) of(list ...string) string { return list[w.IntN(len(list))] }

func (w *writer) file() string {
	return w.of("Gemfile", "app/models/status.rb", "app/models/poll.rb", "config/themes.yml", "config/locales/en.yml",
		"config/no-newline", "app/styles/app.scss", "new.txt", `"$F"`, "$F", "app/models/*.rb", "config/locales/{en,de}.yml",
		"config/*.yml", "gone.rb", "app/link", `"${L[0]}"`, "bin/start", "made/by/us.txt")
}

func (w *writer) one() string {
	return w.of("Gemfile", "app/models/status.rb", "app/models/poll.rb", "config/themes.yml", "app/styles/app.scss",
		`"$F"`, "new.txt", "app/link", "bin/start")
}

func (w *writer) target() string {
	return w.of("new.txt", "Gemfile", "config/extra.yml", "config/themes.yml", "made/x.txt", "app/new/y.txt", `"$F"`,
		"app/link",
		"app/styles/app.scss")
}

func (w *writer) sed() string {
	return w.of("s/4/$N/", "s/MAX_CHARS = [0-9]*/MAX_CHARS = $N/", `/end/i\  # ours`, `/def/a\    # ${N}`,
		`\$ a last`, "2d",
		"/about/,/title/d", "s/a/b/g", "1i first", `/class/c\class Ours`, `s|\(default\): |\1:  |`, "/MAX/{s/=/:=/;s/M/m/}",
		`s/\$/;/`, "y/abc/xyz/", "0,/e/s//E/", `\$!N;s/\n/ /`, "1r mine/deep/x.txt", `\$r lines.txt`, "/^\\$/d",
		"s/[^a-z]//3",
		"/e/{p;d}", "1~2s/^/# /", "s/x*/-/2", "/a/I!s/^/  /", "\\#models#d", "s/./\\U&/", "1!G;h;\\$!d")
}

func (w *writer) text() string {
	return w.of("x", "$N", `"x $N"`, `"$F"`, "'a b'", `"${L[@]}"`, `"${M[k]}"`, `"${F##*/}"`, `"${F%.*}.js"`,
		`"${N:-none}"`,
		`$(basename "$F" .rb)`, `"$(cat value.txt)"`, `"${#L[@]} $((N * 2))"`, `"$(wc -l < Gemfile)"`, `"${F//\//_}"`,
		`"$(grep -c e Gemfile)"`, `$'a\tb'`, `"${F/#app/lib}"`, `"${L[*]:1}"`, `"${!M[@]}"`, `"$(printf '%s-' "${L[@]}")"`,
		`"${F^^}"`, `"$(head -n1 Gemfile | cut -d' ' -f1)"`)
}

func (w *writer) condition() string {
	return w.of("grep -q MAX "+w.one(), "[ -f new.txt ]", `[ "$N" -gt 50 ]`, "! grep -q rake Gemfile", "[[ $F == *.rb ]]",
		"[ -d made ]", "[[ $N =~ ^[1-4] ]]", "test -s "+w.one(), "[[ -L app/link || -e made/x.txt ]]", "git diff --quiet",
		"cmp -s Gemfile "+w.one(), "((N % 2))", `[ "${#L[@]}" -ge 2 ]`, `[ -z "$(grep zzz Gemfile)" ]`, "f1", "true", "false",
		"mkdir made", "rm gone.rb", "[ -x bin/start ]", "sed -n '/class/p' "+w.one()+" | grep -q .")
}

// filter returns a later part of a pipe.
func (w *writer) filter() string {
	return w.of("sed 's/a/A/'", "head -2", "tail -n 1", "tr a-z A-Z", "sort", "uniq", "cut -c1-3", "grep -v '^$'", "cat",
		"cut -d: -f1", "tac", "sed -n 2p", "tail -n +2", "grep -n e", "wc -l", "rev", "tr -d '\\n'")
}

// line returns lines of a script; nested inside another it returns one command.
func (w *writer) line() string {
	w.deep++
	defer func() { w.deep-- }()
	kinds := 34
	if w.deep > 2 {
		kinds = 18
	}
	switch w.IntN(kinds) {
	case 0:
		return fmt.Sprintf("N=%d", w.IntN(100))
	case 1:
		return "F=" + w.of("Gemfile", "app/models/status.rb", "config/themes.yml", "new.txt")
	case 2, 3, 4:
		return fmt.Sprintf("sed -i %s \"%s\" %s", w.of("", "-e", "-s", "-n", "--"), w.sed(), w.file())
	case 5:
		return fmt.Sprintf("%s %s %s %s", w.of("echo", "printf '%s\\n'", "printf '%s '"), w.text(), w.of(">", ">>"),
			w.target())
	case 6:
		return w.of("cp mine/logo.svg app/logo.svg", "cp -r mine/deep app/", "mv Gemfile Gemfile.old",
			"rm -f config/themes.yml",
			"chmod +x Gemfile", "mkdir -p made/by", "cp app/models/poll.rb app/models/copy.rb", "rm -rf app/styles/dark",
			"mv app/models/poll.rb app/", "ln -sf models/status.rb app/link", "rm -f app/link", "mkdir made", "rmdir made",
			"touch made/x.txt", "cp "+w.one()+" made/", "mv "+w.one()+" made/x.txt", "rm -r app/models", "mv app/styles made",
			"cp -r app/models made/m", "install -Dm644 mine/logo.svg made/deep/l.svg", "truncate -s 7 "+w.one(),
			"cp -a app/link made/link", "rm -rf made", "mv made done", "cp mine/*.svg mine/deep/*.txt "+w.of("made",
				"app/new", "app"),
			"ln -s ../Gemfile app/link", "chmod a-x bin/*")
	case 7:
		return w.of("set -f; set +f", "N=$((N + 1))", "N=${N:-5}", "X=$(cat value.txt); N=$X", "unset F; F=Gemfile",
			"git apply limit.patch || true", "git apply -R limit.patch || true", "patch -p1 -s < limit.patch || true", "L+=(z)",
			"L[5]=q", "unset 'L[0]'", "M[k]=$N", "M[$N]=v", "L=(app/models/*.rb)", "((N++))", "N=$(echo $N | tr 1 2)",
			"F=$(find app -name status.rb)", "read -r F < lines.txt", "IFS=/ read -ra L <<< \"$F\"", "mapfile -t L < lines.txt",
			"N=${#F}", "shopt -s nullglob", "shopt -u nullglob", "export N", "F=${L[0]:-Gemfile}")
	case 8:
		return w.of("git checkout -- ", "git restore ") + w.of("Gemfile", "app", ".", "app/models/status.rb config")
	case 9:
		return fmt.Sprintf("cat %s | %s | %s %s %s", w.one(), w.filter(), w.filter(), w.of(">", ">>"), w.target())
	case 10:
		return fmt.Sprintf("%s %s %s", w.filter()+" < "+w.one(), w.of(">", ">>"), w.target())
	case 11:
		return fmt.Sprintf("cat %s <<%s\n%s\n$N of ${F}\nE\n", w.of(">", ">>")+" "+w.target(), w.of("E", "'E'", "\"E\""),
			w.of("text", "\ttab", "$(echo sub)", "\\$N `echo q`"))
	case 12:
		return fmt.Sprintf("%s | xargs %s", w.of("find app -name '*.rb'", "grep -rl MAX app", "git ls-files 'app/*.rb'",
			"git grep -l class", "cat lines.txt"), w.of("sed -i 's/class/module/'", "-n1 sed -i 's/e/E/'",
			"-I{} sed -i '1i # {}' {}", "chmod +x"))
	case 13:
		return fmt.Sprintf("find %s -name '%s' -exec %s", w.of("app", ".", "config app/models"), w.of("*.rb", "s*", "*.yml"),
			w.of("sed -i 's/a/A/' {} +", "sed -i '1d' {} \\;", "sh -c 'echo \"# $1\" >> \"$1\"' _ {} \\;", "chmod +x {} +"))
	case 14:
		return fmt.Sprintf("tee %s %s < %s > /dev/null", w.of("", "-a"), w.target(), w.of("lines.txt", "mine/logo.svg"))
	case 15:
		return fmt.Sprintf("sed '%s' %s > t.tmp && mv t.tmp %s", w.of("s/e/E/", "2d", "1i top"), w.one(), w.one())
	case 16:
		return "export T=" + w.of("one", "'two three'") + "; echo 'v: ${T} $T' | envsubst " + w.of(">", ">>") + " " +
			w.target()
	case 17:
		return w.of("f1", "f2 "+w.one()+" a b", "bash -c 'sed -i \"s/4/$0/\" app/models/status.rb' 8", "./sub.sh 3",
			". ./vars.sh",
			"(cd app && echo in >> in.txt)", "pushd config >/dev/null; echo p >> p.txt; popd >/dev/null")
	case 18, 19:
		return fmt.Sprintf("if %s; then\n%s\nelse\n%s\nfi", w.condition(), w.line(), w.line())
	case 20:
		return fmt.Sprintf("for f in %s; do\n%s\nsed -i 's/e/E/' \"$f\"\ndone", w.of("app/models/*.rb",
			"Gemfile config/themes.yml",
			"$F", `"${L[@]}"`, "$(git ls-files 'config/*.yml')", "$(ls app/models)", "none/*"), w.line())
	case 21, 22:
		return fmt.Sprintf("%s %s %s", w.condition(), w.of("&&", "||"), w.line())
	case 23:
		w.names++
		return fmt.Sprintf("g%d() { local N=$1; shift; %s\n}\ng%d %d %s", w.names, w.line(), w.names, w.IntN(9), w.text())
	case 24:
		return fmt.Sprintf("case \"$%s\" in 1*|G*) %s\n;; *.rb) %s\n;; *) %s\n;; esac", w.of("N", "F"), w.line(),
			w.line(), w.line())
	case 25:
		return fmt.Sprintf("while read -r a b; do\n%s\necho \"$b-$a\" >> %s\ndone < %s", w.line(), w.target(),
			w.of("lines.txt",
				"<(head -2 Gemfile)"))
	case 26:
		return fmt.Sprintf("{ %s\n%s\n} %s %s", w.line(), "echo end", w.of(">", ">>"), w.target())
	case 27:
		return fmt.Sprintf("(\n%s\n%s\n)", w.line(), w.line())
	case 28:
		return fmt.Sprintf("for ((i = 0; i < %d; i++)); do\n%s\ndone", w.IntN(3), w.line())
	case 29:
		return fmt.Sprintf("X=$( %s); echo \"$X\" >> %s", strings.ReplaceAll(w.line(), "\n\n", "\n"), w.target())
	case 30:
		return "while IFS='=' read -r k v; do\nsed -i \"s/$k = [0-9]*/$k = $v/\" app/models/*.rb" +
			"; done <<E\nLIMIT=$N\nMAX_CHARS=77\nE\n"
	case 31:
		return fmt.Sprintf("sed -n '%s' %s | while read -r x; do echo \"<$x>\"; done >> %s", w.of("2,3p", "/a/p"),
			w.one(), w.target())
	case 32:
		return w.of("set -e", "set +e", "set -u", "set -o pipefail", "trap 'echo bye >> bye.txt' EXIT", "cd app; cd ..",
			"exit "+w.of("0", "1"), "shopt -s globstar", "LC_ALL=C sed -i 's/[^a-z]//' config/locales/de.yml")
	}
	return fmt.Sprintf("i=0; until [ $i -ge %d ]; do i=$((i + 1)); %s\n[ $i = 2 ] && break\ndone", w.IntN(4), w.line())
}

// script returns a script of about ten lines, with functions and lists.
func (w *writer) script() string {
	lines := []string{"N=7", "F=Gemfile", "L=(app/models/status.rb 'two words')", "declare -A M=([k]=v)",
		"f1() { [ -d made ]; }", "f2() { local x=$1; shift; echo \"$# $*\" >> \"$x\"; }"}
	if w.IntN(4) > 0 {
		lines = append(lines, "mkdir -p made/by app/new; echo there > new.txt")
	}
	for range 2 + w.IntN(6) {
		lines = append(lines, w.line())
	}
	return strings.Join(lines, "\n") + "\n"
}
