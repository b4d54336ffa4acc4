package quilt_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/quilt"
)

// TestRead reads lines as strangers have them.
func TestRead(t *testing.T) {
	for line, want := range map[string]string{
		"a.patch":                    "a.patch -p1",
		"  a.patch  -p1 ":            "a.patch -p1 stated",
		"a.patch -p0 # below":        "a.patch -p0 stated",
		"a.patch -p 2":               "a.patch -p2 stated",
		"a.patch -pab":               "a.patch -p1",
		"a.patch -R":                 "a.patch -p1 reverse",
		"a.patch -R -p3":             "a.patch -p3 stated reverse",
		"sub/a.patch\r":              "sub/a.patch -p1",
		"\ufeffa.patch":              "a.patch -p1",
		"# a.patch":                  "a.patch off",
		"#a.patch -p0":               "a.patch off",
		"#":                          "",
		"a.patch -x":                 `a.patch wrong: unknown option "-x"`,
		"a.patch -p10":               `a.patch wrong: unknown option "-p10"`,
		"a.patch -p":                 `a.patch wrong: unknown option "-p"`,
		"a.patch b.patch":            `a.patch wrong: unknown option "b.patch"`,
		"+old -new a.patch":          "a.patch wrong: guards: +old -new",
		"a.patch #+old #-new":        "a.patch wrong: guards: #+old #-new",
		"a.patch # raised, +1 of us": "a.patch -p1",
		"a.patch #+1 for the limit":  "a.patch -p1",
		"-a.patch":                   "-a.patch -p1",
	} {
		var got []string
		for _, l := range quilt.Read([]byte(line)) {
			text := fmt.Sprintf("%s -p%d", l.Name, l.Strip)
			switch {
			case l.Off:
				text = l.Name + " off"
			case l.Wrong != "" && l.Hint == "":
				t.Errorf("%q is wrong without a hint", line)
			case l.Wrong != "":
				what := strings.Replace(l.Wrong, "whether it is applied depends on the guards that are selected", "guards", 1)
				text = l.Name + " wrong: " + what
			}
			if l.Stated && l.Wrong == "" {
				text += " stated"
			}
			if l.Reverse {
				text += " reverse"
			}
			got = append(got, text)
		}
		if s := strings.Join(got, "; "); s != want {
			t.Errorf("%q: got %q, want %q", line, s, want)
		}
	}
}

// FuzzRead reads any text: each line has its number and a name.
func FuzzRead(f *testing.F) {
	f.Add([]byte("a.patch -p0 # x\n#b.patch\n+g c.patch\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		last := 0
		for _, l := range quilt.Read(data) {
			if l.Name == "" || l.Line <= last {
				t.Fatalf("%+v after line %d", l, last)
			}
			last = l.Line
		}
	})
}
