package stamp

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

func example(t testing.TB) Stamp {
	return Stamp{Name: "vmst", Version: parse(t, "4.6.0-alpha.7"), Pin: pin, Created: noon,
		Patched: strings.Repeat("ab", 20), Tree: strings.Repeat("cd", 20),
		Series: "sha256:5e", Source: "https://github.com/vmst/howdah.git", Push: "git@github.com:vmst/mastodon.git",
		LeftOut: []string{"themes"},
		Images: map[string]Image{"mastodon": {Role: "web", BaseName: "docker.io/library/ruby:3.4-slim-bookworm",
			BaseDigest: "sha256:ba5e", Inputs: "sha256:11"}}}
}

func TestEnvironment(t *testing.T) {
	s := example(t)
	want := []string{"MASTODON_VERSION_METADATA=vmst.7cf9e77d5", "SOURCE_COMMIT=" + pin, "GITHUB_REPOSITORY=vmst/mastodon",
		"SOURCE_BASE_URL=https://github.com/vmst/mastodon", "SOURCE_TAG=" + s.Patched}
	if got := s.Environment(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := s.Shown(); got != "4.6.0-alpha.7+vmst.7cf9e77d5" {
		t.Error(got)
	}
	s.Patched = strings.Repeat("12", 20) // YAML would take it for a number
	if got := s.Environment(); got[4] != `SOURCE_TAG="`+s.Patched+`"` {
		t.Errorf("%q", got)
	}
	s.Push = ""
	if got := s.Environment(); !slices.Equal(got, want[:2]) {
		t.Errorf("without a place for the source: %q", got)
	}
}

func TestSourceURL(t *testing.T) {
	for push, want := range map[string][2]string{
		"https://github.com/o/mastodon.git":          {"https://github.com/o/mastodon", "o/mastodon"},
		"https://github.com/o/mastodon":              {"https://github.com/o/mastodon", "o/mastodon"},
		"https://user:secret@github.com/o/mastodon/": {"https://github.com/o/mastodon", "o/mastodon"},
		"git@github.com:o/mastodon.git":              {"https://github.com/o/mastodon", "o/mastodon"},
		"ssh://git@github.com:22/o/mastodon.git":     {"https://github.com/o/mastodon", "o/mastodon"},
		"https://codeberg.org/o/mastodon.git":        {"https://codeberg.org/o/mastodon", ""},
		"https://git.example:8443/a/b/c.git":         {"https://git.example:8443/a/b/c", ""},
		"/srv/git/mastodon.git":                      {},
		"../mastodon.git":                            {},
		"file:///srv/git/mastodon.git":               {},
		"http://git.example/o/m":                     {},
		"":                                           {},
		"https://":                                   {},
	} {
		base, repository := SourceURL(push)
		if got := [2]string{base, repository}; got != want {
			t.Errorf("%q: %q", push, got)
		}
	}
}

func TestLabels(t *testing.T) {
	l := example(t).labels("mastodon")
	for _, key := range []string{"title", "description", "url", "source", "documentation", "version", "revision",
		"created", "licenses", "vendor", "base.name", "base.digest"} {
		if l["org.opencontainers.image."+key] == "" {
			t.Errorf("no %s", key)
		}
	}
	for key, want := range map[string]string{oci + "created": "2026-04-30T16:45:01Z",
		oci + "source": "https://github.com/vmst/howdah", oci + "licenses": "AGPL-3.0-or-later", oci + "revision": pin,
		Namespace + "left-out": "themes", Namespace + "patched.source": "https://github.com/vmst/mastodon/tree/" +
			strings.Repeat("ab", 20)} {
		if l[key] != want {
			t.Errorf("%s is %q", key, l[key])
		}
	}
	for k, v := range l {
		if v == "" {
			t.Errorf("%s is empty", k)
		}
		if strings.HasPrefix(k, "org.opencontainers.") && !strings.HasPrefix(k, oci) {
			t.Errorf("%s is not ours to invent", k)
		}
	}
	for name, without := range map[string]func(*Stamp){"push": func(s *Stamp) {
		s.Push = ""
	}, "patched commit": func(s *Stamp) { s.Patched = "" }} {
		s := example(t)
		without(&s)
		if link, ok := s.labels("mastodon")[Namespace+"patched.source"]; ok {
			t.Errorf("without a %s it links to %q", name, link)
		}
	}
}

func TestCheck(t *testing.T) {
	if err := example(t).Check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Stamp){
		"capital":   func(s *Stamp) { s.Name = "Vmst" },
		"plus":      func(s *Stamp) { s.Name = "a+b" },
		"empty":     func(s *Stamp) { s.Name = "" },
		"short pin": func(s *Stamp) { s.Pin = "7cf9e77d5" },
		"no date":   func(s *Stamp) { s.Created = time.Time{} },
		"bad tree":  func(s *Stamp) { s.Tree = "main" },
	} {
		s := example(t)
		change(&s)
		if s.Check() == nil {
			t.Errorf("%s passes", name)
		}
	}
}

// built is what a builder gives: two platforms and an attestation, with labels and variables of their own.
func built(t *testing.T) v1.ImageIndex {
	t.Helper()
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, arch := range []string{"amd64", "arm64"} {
		img, err := random.Image(1<<10, 2)
		if err != nil {
			t.Fatal(err)
		}
		img, err = mutate.Config(mutate.ConfigMediaType(mutate.MediaType(img, types.OCIManifestSchema1), types.OCIConfigJSON),
			v1.Config{
				Env: []string{"PATH=/usr/bin", "MASTODON_VERSION_METADATA=", "SOURCE_TAG=1234", "TZ=UTC"}, User: "991",
				Cmd: []string{"puma"},
				Labels: map[string]string{"org.opencontainers.image.title": "theirs",
					"org.opencontainers.image.authors": "somebody", "keep": "me"}})
		if err != nil {
			t.Fatal(err)
		}
		file, err := img.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		file.OS, file.Architecture = "linux", arch
		if img, err = mutate.ConfigFile(img, file); err != nil {
			t.Fatal(err)
		}
		annotated,
			ok := mutate.Annotations(img, map[string]string{"org.opencontainers.image.url": "theirs", "other": "x"}).(v1.Image)
		if !ok {
			t.Fatal("annotations made no image")
		}
		index = mutate.AppendManifests(index,
			mutate.IndexAddendum{Add: annotated,
				Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}}})
	}
	attestation, err := random.Image(100, 1)
	if err != nil {
		t.Fatal(err)
	}
	return mutate.AppendManifests(index, mutate.IndexAddendum{Add: attestation, Descriptor: v1.Descriptor{
		Platform:    &v1.Platform{OS: "unknown", Architecture: "unknown"},
		Annotations: map[string]string{"vnd.docker.reference.type": "attestation-manifest"}}})
}

func TestApply(t *testing.T) {
	plain, s := built(t), example(t)
	index, err := Apply(plain, s, "mastodon")
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(index); err != nil {
		t.Error(err)
	}
	m, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Manifests) != 2 || m.Manifests[1].Platform.Architecture != "arm64" || m.MediaType != types.OCIImageIndex {
		t.Errorf("%+v", m)
	}
	labels := s.labels("mastodon")
	if !maps.Equal(m.Annotations, labels) {
		t.Errorf("index annotations %v", m.Annotations)
	}
	before, err := plain.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range m.Manifests {
		img, err := index.Image(d.Digest)
		if err != nil {
			t.Fatal(err)
		}
		was, err := plain.Image(before.Manifests[i].Digest)
		if err != nil {
			t.Fatal(err)
		}
		mine, _ := img.Manifest()
		theirs, _ := was.Manifest()
		if a, b := layers(mine), layers(theirs); !slices.Equal(a, b) {
			t.Errorf("layers %v became %v", b, a)
		}
		config, err := img.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		old, _ := was.ConfigFile()
		if !config.Created.Equal(noon) || config.Config.User != "991" || !slices.Equal(config.Config.Cmd, []string{"puma"}) {
			t.Errorf("config %+v", config)
		}
		if want := append([]string{"PATH=/usr/bin", "TZ=UTC"}, s.Environment()...); !slices.Equal(config.Config.Env, want) {
			t.Errorf("environment %q", config.Config.Env)
		}
		if config.Config.Labels["keep"] != "me" || config.Config.Labels[oci+"title"] != "mastodon" ||
			config.Config.Labels[oci+"authors"] != "" {
			t.Errorf("labels %v", config.Config.Labels)
		}
		if mine.Annotations["other"] != "x" || mine.Annotations[oci+"url"] != labels[oci+"url"] {
			t.Errorf("annotations %v", mine.Annotations)
		}
		a, _ := json.Marshal(config.RootFS)
		b, _ := json.Marshal(old.RootFS)
		if !bytes.Equal(a, b) || len(config.History) != len(old.History) {
			t.Error("the file system or its history changed")
		}
	}
}

func layers(m *v1.Manifest) []string {
	var out []string
	for _, l := range m.Layers {
		out = append(out, l.Digest.String())
	}
	return out
}

func digest(t *testing.T, i v1.ImageIndex, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	d, err := i.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return d.String()
}

func TestApplyAgain(t *testing.T) {
	plain, s := built(t), example(t)
	once, err := Apply(plain, s, "mastodon")
	want := digest(t, once, err)
	again, err := Apply(plain, s, "mastodon")
	if got := digest(t, again, err); got != want {
		t.Error("the same stamp gives another digest")
	}
	other := s
	other.Push, other.LeftOut, other.Created = "", nil, noon.Add(time.Hour)
	stamped, err := Apply(plain, other, "mastodon")
	if digest(t, stamped, err) == want {
		t.Error("another stamp gives the same digest")
	}
	back, err := Apply(stamped, s, "mastodon")
	if got := digest(t, back, err); got != want {
		t.Error("stamping what was stamped differs from stamping the plain image")
	}
}

func TestAnnotate(t *testing.T) {
	plain := built(t)
	kept, err := Annotate(plain, map[string]string{"since": "yesterday"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := kept.IndexManifest()
	if err != nil || len(m.Manifests) != 2 || m.Annotations["since"] != "yesterday" {
		t.Errorf("annotated: %+v, %v", m, err)
	}
	back, err := Annotate(kept, nil)
	again, err2 := Annotate(plain, nil)
	if digest(t, back, err) != digest(t, again, err2) || digest(t, back, err) == digest(t, kept, nil) {
		t.Error("taking the annotations away does not give the index without them")
	}
}

func TestInputs(t *testing.T) {
	images := map[string]string{"mastodon": "sha256:1", "mastodon-streaming": "sha256:2"}
	s := example(t)
	want := Inputs(images, s.Patched, s)
	if want != Inputs(maps.Clone(images), s.Patched, s) {
		t.Error("not a function of the inputs")
	}
	seen := map[string]string{want: "nothing"}
	for name, change := range map[string]func(map[string]string, *Stamp, *string){
		"an image":   func(m map[string]string, _ *Stamp, _ *string) { m["mastodon"] = "sha256:3" },
		"a name":     func(m map[string]string, _ *Stamp, _ *string) { m["web"] = m["mastodon"]; delete(m, "mastodon") },
		"the commit": func(_ map[string]string, _ *Stamp, c *string) { *c = strings.Repeat("ef", 20) },
		"the source": func(_ map[string]string, s *Stamp, _ *string) { s.Push = "" },
		"left out":   func(_ map[string]string, s *Stamp, _ *string) { s.LeftOut = nil },
		"the vendor": func(_ map[string]string, s *Stamp, _ *string) { s.Vendor = "x" },
		"the pin":    func(_ map[string]string, s *Stamp, _ *string) { s.Pin = strings.Repeat("1", 40) },
	} {
		m, s, c := maps.Clone(images), example(t), strings.Repeat("ab", 20)
		change(m, &s, &c)
		got := Inputs(m, c, s)
		if seen[got] != "" {
			t.Errorf("changing %s gives the same as changing %s", name, seen[got])
		}
		seen[got] = name
	}
}
