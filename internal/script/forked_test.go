package script_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
)

// TestForked: a script that takes its source from a fork is told apart from one that takes Mastodon's own. The line
// counts as undecided, and names the import of that branch; what the script does to the source is followed.
func TestForked(t *testing.T) {
	const live, edit = "cd /home/mastodon/live\n", "sed -i s/one/1/ a.txt\n"
	base := treeOf(t, map[string]string{"a.txt": "one\n"})
	for _, test := range []struct{ name, data, next string }{
		{"clone", "git clone --branch ours https://github.com/me/mastodon.git live\ncd live\n",
			"https://github.com/me/mastodon@ours"},
		{"clone by ssh", "git clone git@github.com:me/mastodon.git live\ncd live\n", "https://github.com/me/mastodon"},
		{"clone elsewhere", "git clone -b ours https://git.example.org/me/mastodon live\ncd live\n",
			"https://git.example.org/me/mastodon@ours"},
		{"archive", "curl -L https://github.com/me/mastodon/archive/refs/heads/ours.tar.gz | tar xz --strip 1\n",
			"https://github.com/me/mastodon@ours"},
		{"archive kept",
			"wget https://github.com/me/mastodon/archive/v4.2.1.tar.gz\ntar xf v4.2.1.tar.gz\ncd mastodon-4.2.1\n",
			"https://github.com/me/mastodon@v4.2.1"},
		{"pull", live + "git pull https://github.com/me/mastodon.git ours\n",
			"https://github.com/me/mastodon@ours"},
		{"fetched", live + "git fetch https://github.com/me/mastodon ours\ngit checkout FETCH_HEAD\n",
			"https://github.com/me/mastodon@ours"},
		{"fetched by ssh", live + "git fetch git@github.com:me/mastodon.git ours\ngit reset --hard FETCH_HEAD\n",
			"https://github.com/me/mastodon@ours"},
		{"reset", live + "git remote add me https://github.com/me/mastodon\ngit fetch me\ngit reset --hard me/ours\n",
			"https://github.com/me/mastodon@ours"},
		{"switch", live + "git remote add me git@github.com:me/mastodon\ngit fetch me\ngit checkout -b x me/ours\n",
			"https://github.com/me/mastodon@ours"},
		{"merge", live + "git remote add me https://github.com/me/mastodon\ngit fetch me ours\ngit merge me/ours\n",
			"https://github.com/me/mastodon@ours"},
		{"upstream", "git clone -b v4.5.0 https://github.com/mastodon/mastodon.git live\ncd live\n", ""},
		{"upstream as it was named", "git clone https://github.com/tootsuite/mastodon live\ncd live\n", ""},
		{"what the distribution follows", "git clone https://github.com/soc/mastodon live\ncd live\n", ""},
		{"upstream again", live + "git fetch origin\ngit checkout origin/main\ngit pull origin main\n", ""},
		{"upstream's archive",
			"curl -L https://github.com/mastodon/mastodon/archive/v4.2.1.tar.gz | tar xz --strip 1\n", ""},
	} {
		src := script.Source{Name: "s", File: "s.sh", Data: []byte("set -e\n" + test.data + edit),
			Upstream: "https://github.com/soc/mastodon.git"}
		r, err := script.Follow(t.Context(), src, base, sedOf(t))
		if err != nil {
			t.Fatal(err)
		}
		var next, said []string
		for _, l := range r.Imported.Lines {
			if said = append(said, l.Said); l.Next.Import != "" {
				next = append(next, l.Next.Import)
			}
		}
		want := slices.DeleteFunc([]string{test.next}, func(s string) bool { return s == "" })
		if !slices.Equal(next, want) || r.Imported.Undecided() != (test.next != "") {
			t.Errorf("%s: leads to %q, want %q\n%s", test.name, next, want, strings.Join(said, "\n"))
		}
		if len(r.Imported.Changes) != 1 {
			t.Errorf("%s: %d changes\n%s", test.name, len(r.Imported.Changes), strings.Join(said, "\n"))
		}
	}
}

// TestForkedImage: a Dockerfile that begins with the image of a fork is told apart from one that begins with Mastodon's
// own. Its edits are followed.
func TestForkedImage(t *testing.T) {
	base := treeOf(t, map[string]string{"a.txt": "one\n"})
	const glitch = "https://github.com/glitch-soc/mastodon"
	for _, test := range []struct{ from, said, next string }{
		{"FROM ghcr.io/glitch-soc/mastodon:edge", "image ghcr.io/glitch-soc/mastodon:edge of glitch-soc/mastodon", glitch},
		{"FROM ghcr.io/glitch-soc/mastodon@sha256:" + strings.Repeat("0a", 32), "of glitch-soc/mastodon", glitch},
		{"ARG TAG=v4.5\nFROM --platform=linux/amd64 ghcr.io/glitch-soc/mastodon:${TAG} AS web", "mastodon:v4.5 of glitch-soc",
			glitch},
		{"ARG BASE=ghcr.io/glitch-soc/mastodon\nFROM $BASE", "ghcr.io/glitch-soc/mastodon of glitch-soc", glitch},
		{"FROM ghcr.io/hometown-fork/hometown:v4.2", "hometown:v4.2 of hometown-fork/hometown",
			"https://github.com/hometown-fork/hometown"},
		{"FROM ghcr.io/me/mastodon-glitch:1", "image ghcr.io/me/mastodon-glitch:1 of me; what", ""},
		{"FROM lscr.io/linuxserver/mastodon:4.2.1", "image lscr.io/linuxserver/mastodon:4.2.1 of linuxserver; what", ""},
		{"FROM me/mastodon", "image me/mastodon of me; what", ""},
		{"FROM git.example.org:5050/me/mastodon:1", "image git.example.org:5050/me/mastodon:1 of me; what", ""},
		{"FROM tootsuite/mastodon:v3.5.3", "", ""},
		{"FROM docker.io/tootsuite/mastodon:v3.5.3", "", ""},
		{"FROM ghcr.io/mastodon/mastodon:v4.5.0", "", ""},
		{"FROM ghcr.io/mastodon/mastodon-streaming:v4.5.0", "", ""},
		{"FROM proxy.example.org/ghcr.io/mastodon/mastodon:v4.5.0", "", ""},
		{"FROM ghcr.io/soc/mastodon:v4.5.0", "", ""},
		{"FROM mastodon:ours", "", ""},
		{"FROM registry.example.org/mastodon", "", ""},
		{"ARG OWNER\nFROM ghcr.io/${OWNER}/mastodon", "", ""},
		{"FROM tootsuite/mastodon AS mastodon-ours\nFROM mastodon-ours", "", ""},
		{"FROM docker.io/library/node:22", "", ""},
		{"FROM mastodon/mastodon\nCOPY --from=ghcr.io/glitch-soc/mastodon:edge /opt/mastodon/app /opt/mastodon/app",
			"it copies from the image ghcr.io/glitch-soc/mastodon:edge of glitch-soc/mastodon", glitch},
		{"FROM mastodon/mastodon\nCOPY --from=me/mastodon /opt/mastodon/app /opt/mastodon/app",
			"it copies from the image me/mastodon of me; what", ""},
		{"FROM ghcr.io/glitch-soc/mastodon AS glitch\nFROM mastodon/mastodon\nCOPY --from=glitch /opt/mastodon/x /x",
			"it begins with the image ghcr.io/glitch-soc/mastodon of glitch", glitch},
		{"FROM mastodon/mastodon\nCOPY --from=mastodon/mastodon:v4.2.0 /opt/mastodon/a.txt /b",
			"overlay?: it copies a.txt as the image mastodon/mastodon:v4.2.0 has it", ""},
		{"FROM mastodon/mastodon\nCOPY --from=mastodon/mastodon:v4.2.0 /opt/mastodon/a.txt /opt/mastodon/b.txt",
			"which may differ from upstream's now; in a clone of Mastodon, git show v4.2.0:a.txt > a.txt saves it", ""},
		{"FROM mastodon/mastodon\nCOPY --from=tootsuite/mastodon:v4.0 /opt/mastodon/a.txt /opt/mastodon/b.txt",
			"save that version's file beside the Dockerfile as a.txt", ""},
		{"FROM mastodon/mastodon:v4.3.1 AS old\nRUN touch /opt/mastodon/c\nFROM mastodon/mastodon:v4.5.0\n" +
			"COPY --from=old /opt/mastodon/a.txt /opt/mastodon/b.txt",
			"it copies a.txt as the image mastodon/mastodon:v4.3.1 has it", ""},
		{"FROM mastodon/mastodon:v4.5.0 AS same\nFROM mastodon/mastodon:v4.5.0\n" +
			"COPY --from=same /opt/mastodon/a.txt /opt/mastodon/a.txt", "", ""},
		{"FROM mastodon/mastodon:v4.3.1 AS old\nFROM mastodon/mastodon:v4.5.0\n" +
			"COPY --from=old /opt/mastodon /opt/mastodon", "", ""},
	} {
		folder := "/opt/mastodon"
		if strings.Contains(test.from, "linuxserver") {
			folder = "/app/www"
		}
		src := script.Source{Name: "s", File: "Dockerfile", Dockerfile: true, Upstream: "https://github.com/soc/mastodon.git",
			Data: []byte(test.from + "\nWORKDIR " + folder + "\nRUN sed -i s/one/1/ a.txt\n")}
		r, err := script.Follow(t.Context(), src, base, sedOf(t))
		if err != nil {
			t.Fatal(err)
		}
		said, next := "", ""
		for _, l := range r.Imported.Lines {
			if !l.Done {
				said += l.Said + "\n"
			}
			next += l.Next.Import
		}
		if said != "" && test.said == "" || !strings.Contains(said, test.said) || next != test.next {
			t.Errorf("%s: it says %q, and leads to %q; want %q, %q", test.from, said, next, test.said, test.next)
		}
		if len(r.Imported.Changes) != 1 {
			t.Errorf("%s: %d changes\n%s", test.from, len(r.Imported.Changes), said)
		}
	}
}
