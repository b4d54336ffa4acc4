package sed

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

const text = "one two one\n\tthree (3.1)\nfour\n  gem 'redis-client', '~> 0.6'\nfive $USER\nsix+seven*eight\n[nine]\n\nten\nÉléphant {a|b}\nlast"

// scripts are what people write, and corners of basic and extended expressions.
var scripts = []string{
	`s/one/1/`, `s/one/1/g`, `s/o/0/2`, `s|two|/|`, `s/T/t/I`, `s/\(t\)\(h\)/\2\1/`, `s/(3\.1)/X/`, `s/six+/x/`, `s/six\+/x/`, `s/n*/N/`,
	`s/^/> /`, `s/$/;/`, `s/^$/empty/`, `s/five $USER/x/`, `s/a*|b/x/`, `s/{a|b}/y/`, `s/[[:space:]]/_/g`, `s/[^a-z]/-/g`, `s/[]]/c/`, `s/[\/]/s/`,
	`s/.*/[&]/`, `s/e/\&/`, `s/two/a\nb/`, `s/two/$1/`, `s/\bone\b/w/g`, `s/\<t/T/g`, `s/n\{2\}/m/`, `s/*/star/`, `s/\*/star/`,
	`/three/d`, `/^$/d`, `2d`, `$d`, `2,4d`, `/four/,/six/d`, `/four/,2d`, `2,/four/d`, `/nothing/,$d`, `4,2d`, `/four/!d`, `1!d`,
	"/four/a\\\nhalf", `/four/a half`, "1i\\\nhead", `$a tail`, `/four/c instead`, `2,3c both`, `2,3s/o/0/g`, `/gem/s/redis/valkey/`,
	`s/one/1/;s/two/2/`, "s/one/1/\ns/two/2/", `s/\./dot/g`, `s/'~> 0.6'/x/`, `s/x/y/ # comment`, `s,two,a/b,`, `s/o\|e/_/g`, `\#gem#d`, `s/./&&/3`,
	`s/[0-9]\+/N/g`, `s/[.]/d/g`, `s/\t/TAB/`, `/\(four\|five\)/d`, `s/a\{0,1\}x/y/`, `s/É/E/`, `10d`, `11d`, `$!d`, `s/last/end/`,
}

var extendedScripts = []string{
	`s/(one|two)/<\1>/g`, `s/o{1}/x/`, `s/(3\.1)/X/`, `s/\(3\.1\)/X/`, `s/six\+seven/x/`, `s/n+/N/g`, `s/colou?r|four/x/`, `s/^(.*)two/\1x/`, `/^(four|five)/d`, `s/a|b$/z/`, `s/()/x/`, `s/\$USER/u/`,
}

// TestAgainstSed does what each script says by the real sed and here.
func TestAgainstSed(t *testing.T) {
	real, err := exec.LookPath("sed")
	if err != nil {
		t.Skip("sed is not installed")
	}
	if out, err := exec.Command(real, "--version").Output(); err != nil || !bytes.Contains(out, []byte("GNU")) {
		t.Skip("this sed is not GNU's")
	}
	understood := 0
	try := func(script string, extended bool) {
		ops, err := parseOps(script, extended)
		if err != nil {
			t.Logf("%s: not read: %v", script, err)
			return
		}
		understood++
		got := []byte(text)
		for _, o := range ops { // one after the other is the same as line by line for what is understood
			got, _ = o.Apply(got)
		}
		args := []string{"-e", script}
		if extended {
			args = []string{"-E", "-e", script}
		}
		cmd := exec.Command(real, args...)
		cmd.Env = []string{"LC_ALL=C.UTF-8"}
		cmd.Stdin = strings.NewReader(text)
		want, err := cmd.Output()
		if err != nil {
			t.Errorf("%s: sed itself: %v", script, err)
			return
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nsed  %q", script, got, want)
		}
	}
	for _, s := range scripts {
		try(s, false)
	}
	for _, s := range extendedScripts {
		try(s, true)
	}
	if all := len(scripts) + len(extendedScripts); understood < all*9/10 {
		t.Errorf("only %d of %d scripts were understood", understood, all)
	}
}

// FuzzParse shows that nothing panics, and that no line is lost.
func FuzzParse(f *testing.F) {
	for _, s := range scripts {
		f.Add("sed -i '" + s + "' file")
	}
	f.Add("cat <<EOF > x\nsed\nEOF\nsed -i \"s/a/$B/\" c && echo `x` \\\n d # e")
	f.Add("for f in a b; do sed -i s/a/b/ $f; done")
	f.Fuzz(func(t *testing.T, script string) {
		for _, l := range Parse([]byte(script)) {
			if l.Number < 1 || l.Number > 1+strings.Count(script, "\n") {
				t.Errorf("line %d of %q", l.Number, script)
			}
			for _, c := range l.Commands {
				data := []byte(text)
				for _, o := range c.Ops {
					data, _ = o.Apply(data)
					o.Replacement()
				}
			}
		}
	})
}
