package script_test

import (
	"testing"

	"github.com/howdah/howdah/internal/script"
)

// TestDockerfileArguments: an argument before the first FROM has the value that BuildKit gives it in a stage: without
// its quotes, and with the arguments before it in place of their names. One that the machine decides is not known.
func TestDockerfileArguments(t *testing.T) {
	const from = "FROM ghcr.io/mastodon/mastodon:v4.5\nARG A\n"
	const put = from + "RUN sed -i \"s/abc/${A}/\" f\n"
	for name, test := range map[string]struct{ text, want string }{
		"plain":              {"ARG A=5\n" + put, "5"},
		"quotes":             {"ARG A=\"5 000\"\n" + put, "5 000"},
		"single quotes":      {"ARG A='my server'\n" + put, "my server"},
		"one of another":     {"ARG B=4\nARG A=\"v${B}-x\"\n" + put, "v4-x"},
		"two on a line":      {"ARG B=4 A=\"$B\"\n" + put, "4"},
		"default of another": {"ARG A=${B:-7}\n" + put, "7"},
		"not set":            {"ARG A=x$B\n" + put, "x"},
		"empty":              {"ARG A=\"\"\n" + put, ""},
		"escaped":            {"ARG A=a\\ b\n" + put, "a b"},
		"of a stage":         {"ARG A=\"1\"\n" + from + "ARG A='2 3'\nRUN sed -i \"s/abc/$A/\" f\n", "2 3"},
		"COPY":               {"ARG A=\"5\"\n" + from + "COPY <<EOF f\n${A}def\nEOF\n", "5"},
		"COPY, its quotes":   {"ARG A=\"5\"\n" + from + "COPY <<EOF f\n\"$A\"'\\$A'def\nEOF\n", `"5"'$A'`},
		"COPY, quoted":       {"ARG A=5\n" + from + "COPY <<'EOF' f\n${A}def\nEOF\n", "${A}"},
		"COPY, two": {"ARG A=5\n" + from + "COPY <<a <<b ./\n$A\na\n$A\nb\n" +
			"RUN sed -i s/abc/$(cat a b | tr -d '\\n')/ f\n", "55"},
		"ENV":                 {from + "ENV A=\"x y\"\nRUN sed -i \"s/abc/$A/\" f\n", "x y"},
		"the machine's":       {"ARG A=$TARGETARCH\n" + put, "abc"},
		"the machine's, else": {"ARG A=${BUILDPLATFORM:-x}\n" + put, "abc"},
	} {
		t.Run(name, func(t *testing.T) {
			src := script.Source{Name: "d", File: "Dockerfile", Data: []byte(test.text), Dockerfile: true}
			r, got := follow(t, src, treeOf(t, map[string]string{"f": "abcdef\n"}))
			if f, err := got.ReadFile(t.Context(), "f"); err != nil || string(f.Data) != test.want+"def\n" {
				t.Errorf("made %q of the file (%v), want %q: %v", f.Data, err, test.want+"def\n", r.Imported.Lines)
			}
			if undecided := r.Imported.Undecided(); undecided != (test.want == "abc") {
				t.Errorf("undecided: %v: %v", undecided, r.Imported.Lines)
			}
		})
	}
}

// TestDockerfileEcho: echo reads escapes in sh, which is dash in Debian's images, and not in bash.
func TestDockerfileEcho(t *testing.T) {
	const echo = `RUN echo 'a\nb' > f` + "\n"
	const bash, sh = "SHELL [\"/bin/bash\", \"-c\"]\n", "SHELL [\"/bin/sh\", \"-c\"]\n"
	const mastodon, debian = "FROM ghcr.io/mastodon/mastodon:v4.5\n", "FROM debian\nWORKDIR /opt/mastodon\n"
	for name, test := range map[string]struct{ text, want string }{
		"Mastodon's image":   {mastodon + echo, "a\\nb\n"},
		"with -e":            {mastodon + `RUN echo -e 'a\nb' > f` + "\n", "a\nb\n"},
		"its SHELL is sh":    {mastodon + sh + echo, "a\nb\n"},
		"another image":      {debian + echo, "a\nb\n"},
		"its SHELL is bash":  {debian + bash + echo, "a\\nb\n"},
		"bash in sh":         {debian + `RUN bash -c "echo 'a\nb'" > f` + "\n", "a\\nb\n"},
		"sh in bash":         {mastodon + `RUN sh -c "echo 'a\nb'" > f` + "\n", "a\nb\n"},
		"of a stage in bash": {mastodon + "FROM debian\nWORKDIR /opt/mastodon\n" + echo, "a\nb\n"},
	} {
		t.Run(name, func(t *testing.T) {
			src := script.Source{Name: "d", File: "Dockerfile", Data: []byte(test.text), Dockerfile: true}
			r, got := follow(t, src, treeOf(t, map[string]string{"f": "abc\n"}))
			if f, err := got.ReadFile(t.Context(), "f"); err != nil || string(f.Data) != test.want {
				t.Errorf("made %q of the file (%v), want %q: %v", f.Data, err, test.want, r.Imported.Lines)
			}
		})
	}
}
