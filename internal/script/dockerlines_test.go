package script_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
)

var marked = regexp.MustCompile(`s/[a-z]/[A-Z]/`)

// TestDockerfileLines: a command is reported at the line on which it stands in the file, in whatever form its RUN is
// written, and what is done to the file is what BuildKit would do.
func TestDockerfileLines(t *testing.T) {
	const head = "FROM ghcr.io/mastodon/mastodon:v4.5\n"
	tests := []struct{ name, text, want string }{
		{"continued", head + "RUN echo a && \\\n  sed -i s/a/A/ f && \\\n  sed -i s/b/B/ f\n", "ABcdef"},
		{"comments within",
			head + "RUN \\\n# one\n  sed -i s/a/A/ f && \\\n  # two\n\n  sed -i s/b/B/ f\nUSER x\n", "ABcdef"},
		{"blanks at the end", head + "RUN true && \\  \n  sed -i s/a/A/ f\n", "Abcdef"},
		{"the last line goes on", head + "RUN true && \\\n  sed -i s/a/A/ f \\\n", "Abcdef"},
		{"flags",
			head + "RUN --mount=type=cache,target=/x \\\n  --network=none \\\n  true && \\\n  sed -i s/a/A/ f\n", "Abcdef"},
		{"CRLF", strings.ReplaceAll(head+"RUN true && \\\n  # c\n  sed -i s/a/A/ f\nRUN sed -i s/b/B/ f\n", "\n", "\r\n"),
			"ABcdef"},
		{"byte order mark", "\ufeff" + head + "RUN true && \\\n  sed -i s/a/A/ f\n", "Abcdef"},
		{"syntax", "# syntax = docker/dockerfile:1\n" + head + "RUN true && \\\n  sed -i s/a/A/ f\n", "Abcdef"},
		{"escape", "# escape=`\n\n" + head + "RUN true && `\n  sed -i s/a/A/ f && `\n# c\n sed -i s/b/B/ f\n", "ABcdef"},
		{"no end of a line", head + "RUN echo \\\\\nRUN true && \\\n sed -i s/a/A/ f\n", "Abcdef"},
		{"quotes over lines", head + "RUN sed -i 's/a/A/; \\\n  s/b/B/' f && \\\n  sed -i s/c/C/ f\n", "ABCdef"},
		{"here-document", head + "RUN <<EOF\nset -e\n# c\nsed -i s/a/A/ f\n\nsed -i s/b/B/ f\nEOF\nRUN sed -i s/c/C/ f\n",
			"ABCdef"},
		{"here-document behind flags",
			head + "RUN --network=none \\\n  <<-EOF\n\tset -e\n\tsed -i s/a/A/ f\n\tEOF\n", "Abcdef"},
		{"here-document for a shell", head + "RUN true && \\\n bash <<EOF\nset -e\n# c\nsed -i s/a/A/ f\nEOF\n", "Abcdef"},
		{"here-document for a file", head + "RUN true && \\\n  cat <<EOF > new && \\\n  sed -i s/a/A/ f\nhello\nEOF\n" +
			"RUN sed -i s/b/B/ f\n", "ABcdef"},
		{"two here-documents", head + "RUN cat <<A > x && cat <<B > y && \\\n sed -i s/a/A/ f\n1\nA\n2\nB\n" +
			"RUN true; \\\n sed -i s/b/B/ f\n", "ABcdef"},
		{"COPY of a here-document", head + "COPY <<EOF new\n1\n2\nEOF\nRUN true && \\\n  sed -i s/a/A/ f\n", "Abcdef"},
		{"a shell's argument", head + "RUN true && \\\n bash -c 'true && \\\n  sed -i s/a/A/ f; \\\n  sed -i s/b/B/ f'\n",
			"ABcdef"},
		{"function", head + "RUN change() { \\\n  sed -i s/a/A/ f; \\\n }; \\\n true; \\\n change\n", "Abcdef"},
		{"loop", head + "RUN for i in f; do \\\n # c\n sed -i s/a/A/ $i; \\\n done; \\\n sed -i s/b/B/ f\n", "ABcdef"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := script.Source{Name: "d", File: "Dockerfile", Data: []byte(test.text), Dockerfile: true}
			r, got := follow(t, src, treeOf(t, map[string]string{"f": "abcdef\n"}))
			if f, err := got.ReadFile(t.Context(), "f"); err != nil || string(f.Data) != test.want+"\n" {
				t.Errorf("made %q of the file (%v), want %q", f.Data, err, test.want)
			}
			lines := strings.Split(test.text, "\n")
			found := map[string]bool{}
			for _, one := range r.Imported.Lines {
				mark := marked.FindString(one.Text)
				if mark == "" {
					continue
				}
				found[mark] = true
				if !strings.Contains(lines[one.Line-1], mark) {
					t.Errorf("%q is on line %d for the import, where there is %q", one.Text, one.Line, lines[one.Line-1])
				}
				if !one.Done {
					t.Errorf("%q: %s", one.Text, one.Said)
				}
			}
			if want := len(marked.FindAllString(test.text, -1)); test.name != "quotes over lines" && len(found) != want {
				t.Errorf("%d commands are reported, want %d: %s", len(found), want, fmt.Sprint(r.Imported.Lines))
			}
		})
	}
}
