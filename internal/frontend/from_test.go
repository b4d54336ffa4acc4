package frontend_test

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/frontend"
)

// TestFromImages: every form in which a Dockerfile can name an image, as BuildKit expands it.
func TestFromImages(t *testing.T) {
	pinned := "a:1@sha256:" + strings.Repeat("ab", 32)
	for _, c := range []struct{ name, file, images, base string }{
		{"default of an expansion", "ARG TAG\nFROM ruby:${TAG:-3.4}\n", "ruby:3.4", "ruby:3.4"},
		{"default of nothing declared", "FROM ruby:${TAG:-3.4}\n", "ruby:3.4", "ruby:3.4"},
		{"alternative", "ARG TAG=x\nFROM ruby:${TAG:+3.4}\n", "ruby:3.4", "ruby:3.4"},
		{"cut off", "ARG TAG=v3.4\nFROM ruby:${TAG#v}\n", "ruby:3.4", "ruby:3.4"},
		{"argument of an argument", "ARG A=3\nARG B=${A}.4\nFROM ruby:$B\n", "ruby:3.4", "ruby:3.4"},
		{"two in one line", "ARG A=3 B=4\nFROM ruby:$A.$B\n", "ruby:3.4", "ruby:3.4"},
		{"given", "ARG GIVEN=1\nFROM ruby:$GIVEN\n", "ruby:3.5", "ruby:3.5"},
		{"given an empty one", "ARG EMPTY=-slim\nFROM ruby:3.4$EMPTY\n", "ruby:3.4", "ruby:3.4"},
		{"whole name", "FROM docker.io/library/ruby:latest\n", "ruby", "ruby"},
		{"architecture", "FROM ruby:3.4-$TARGETARCH\n", "ruby:3.4-arm64", "ruby:3.4-arm64"},
		{"mount", "FROM scratch\nRUN --mount=type=bind,from=ghcr.io/a/b:1,target=/x [\"/x/y\"]\n", "ghcr.io/a/b:1", ""},
		{"cache mount", "FROM a\nRUN --mount=from=b,type=cache,target=/x true\n", "a b", "a"},
		{"two mounts", "FROM a\nRUN --mount=from=b,target=/x --mount=from=c:1,target=/y true\n", "a b c:1", "a"},
		{"mount that is written to", "FROM a\nRUN --mount=from=b,target=/x,rw true\n", "a b", "a"},
		{"mount of the context that is written to", "FROM a\nRUN --mount=target=/x,readwrite true\n", "a", "a"},
		{"mount of a stage that is written to", "FROM a AS b\nFROM a\nRUN --mount=from=b,target=/x,ro=false true\n",
			"a", "a"},
		{"every other mount", "FROM a\nRUN --mount=type=tmpfs,target=/t,size=1m " +
			"--mount=type=ssh --mount=type=secret,id=s,env=S true\n", "a", "a"},
		{"flags of every kind", "FROM a\nRUN --network=none --security=sandbox --device=x,required=false true\n" +
			"COPY --parents --exclude=x . /y\n", "a", "a"},
		{"what is added", "FROM a\nADD --keep-git-dir=true https://example.org/b.git#main:x /y\n" +
			"ADD --checksum=sha256:" + strings.Repeat("ab", 32) + " https://example.org/c /z\n", "a", "a"},
		{"heredocs", "FROM a\nRUN --mount=target=/x,rw <<A\ntrue\nA\nCOPY <<B /b\nFROM c\nB\n",
			"a", "a"},
		{"health, signal, trigger", "FROM a\nHEALTHCHECK --interval=1s CMD true\nSTOPSIGNAL 9\n" +
			"ONBUILD RUN --mount=target=/x,rw true\n", "a", "a"},
		{"mount of a stage", "FROM a AS b\nFROM a\nRUN --mount=from=b,target=/x true\n", "a", "a"},
		{"copy", "FROM scratch\nCOPY --link --from=a:1 /x /y\n", "a:1", ""},
		{"by way of a stage", "FROM a AS one\nFROM one AS two\nFROM two\n", "a", "a"},
		{"continued line", "FROM a\nRUN \\\n --mount=from=b,target=/x \\\n true\n", "a b", "a"},
		{"in a text", "FROM a\nRUN echo --mount=from=b\n", "a", "a"},
		{"pinned", "FROM " + pinned + "\n", pinned, pinned},
	} {
		f := frontend.Dockerfile{Name: "d", Data: []byte(c.file)}
		images, base, err := f.From(t.Context(), map[string]string{"GIVEN": "3.5", "EMPTY": ""}, "linux/arm64")
		if err != nil || strings.Join(images, " ") != c.images || base != c.base {
			t.Errorf("%s: images %q, base %q, %v; want %q and %q", c.name, images, base, err, c.images, c.base)
		}
	}
}

// TestFromMistakes: each has the line of the Dockerfile, and where an ARG is missing the hint names it.
func TestFromMistakes(t *testing.T) {
	for _, c := range []struct{ name, file, want, hint string }{
		{"unset", "ARG TAG\nFROM ruby:$TAG\n", "d:2: ", ""},
		{"unset, whole name", "ARG BASE\n\nFROM $BASE\n", "d:3: ", ""},
		{"not declared", "FROM ruby:$TAG\n", "d:1: ", "FROM argument 'TAG' is not declared"},
		{"behind the first FROM", "FROM a\nARG TAG=3.4\nFROM ruby:$TAG\n", "d:3: ", "FROM argument 'TAG' is not declared"},
		{"required", "ARG TAG\nFROM ruby:${TAG:?which}\n", "d:2: ", ""},
		{"unclosed", "FROM ruby:${TAG\n", "d:1: ", ""},
		{"capital letters", "FROM Ruby:3.4\n", "d:1: ", ""},
		{"mount by argument", "FROM a\nARG X=b\nRUN --mount=from=$X,target=/x true\n", "d:3: ", ""},
		{"copy of no image", "FROM a\n\nCOPY --from=B:C:D /x /y\n", "d:3: ", ""},
		{"mount of no image", "FROM a\nRUN --mount=target=/x,from=Bad: true\n", "d:2: ", ""},
		{"unknown instruction", "FROM a\nRNU true\n", "d:2: ", ""},
		{"no stage", "ARG A=1\n", "d: ", ""},
	} {
		f := frontend.Dockerfile{Name: "d", Data: []byte(c.file)}
		_, _, err := f.From(t.Context(), nil, "linux/amd64")
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || fault.CodeOf(err) != fault.Usage {
			t.Errorf("%s: %v (code %d), want %s", c.name, err, fault.CodeOf(err), c.want)
			continue
		}
		if hint := fault.HintOf(err).String(); !strings.Contains(hint, c.hint) {
			t.Errorf("%s: hint %q, want %q in it", c.name, hint, c.hint)
		}
		t.Logf("%s: %v\n%s", c.name, err, fault.HintOf(err))
	}
}
