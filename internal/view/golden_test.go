package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/github"
	"github.com/howdah/howdah/internal/golden"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

func compare(t *testing.T, name string, got []byte) {
	t.Helper()
	golden.File(t, filepath.Join("testdata", name), got)
}

var (
	pin = Upstream{"https://github.com/mastodon/mastodon.git", "main", strings.Repeat("c6facd27e0", 4), "4.6.0-alpha.7",
		"2026_04_22_101010", true}
	mage  = target.Caller{Program: "go tool mage"}
	noon  = time.Date(2026, 4, 29, 12, 0, 0, 0, time.UTC)
	culpr = &Commit{strings.Repeat("a1b2c3d4e5", 4), 35123, "Refactor the status length validator",
		noon.Add(-26 * time.Hour)}
)

func badMorning() Check {
	return Check{
		Exit: fault.Series, Date: "2026-04-30", Upstream: pin, LastGood: strings.Repeat("1a2b3c4d5e", 4),
		Released: &Released{"20260429T164501Z-4.6.0-alpha.7-g1a2b3c4d5-0badcafe", strings.Repeat("1a2b3c4d5e", 4), noon},
		Changes: []Change{
			{Name: "post-length", Kind: "edit", Verdict: "count", Required: true,
				Message: `found 0 times, 1 was meant: "MAX_CHARS = 500"`,
				Source:  &Place{File: "patches/series.toml", Line: 12}, By: culpr,
				At: []Place{{File: "app/validators/status_length_validator.rb", Line: 4, Text: "  CHARS = 500"}}},
			{Name: "hiredis", Kind: "edit", Verdict: "clean", Required: true, Files: []string{"Gemfile", "Gemfile.lock"},
				Source: &Place{File: "patches/series.toml", Line: 20}},
			{Name: "unlisted-icon", Kind: "patch", Verdict: "offset", Required: true, Files: []string{"a.tsx"}, Offset: 42},
			{Name: "draggable", Kind: "patch", Verdict: "conflict", Required: true, Files: []string{"media_gallery.jsx"},
				Source: &Place{File: "patches/series.toml", Line: 33}, By: culpr,
				Conflicts: []Conflict{{File: "app/javascript/mastodon/components/media_gallery.jsx", Line: 120,
					Base: []string{"<img", "\tsrc={url}"}, Upstream: []string{"<img draggable", "\tsrc={url}"}, Yours: nil}}},
			{Name: "themes", Kind: "pull", Verdict: "blocked", Required: false, Blockers: []string{"draggable"},
				Source: &Place{File: "patches/series.toml", Line: 40}, Message: "would apply but for an earlier change"},
			{Name: "s3-retry", Kind: "landed", Verdict: "landed", Required: true,
				By: &Commit{Commit: strings.Repeat("9", 40), Pull: 30595, Date: noon}},
			{Name: "presets", Kind: "pull", Verdict: "landed", Required: true,
				Source: &Place{File: "patches/series.toml", Line: 51},
				By:     &Commit{strings.Repeat("8", 40), 26199, "Add link", noon}},
			{Name: "pride-logo", Kind: "overlay", Verdict: "idle", Would: "stale", Message: "from 06-01 until 06-30",
				Source: &Place{File: "patches/series.toml", Line: 60}},
			{Name: "footer", Kind: "edit", Verdict: "clean", Required: true, Files: []string{"x"},
				Remarks: []string{"unlocked"}},
		},
	}
}

func goodMorning() Check {
	c := badMorning()
	c.Changes = c.Changes[1:3]
	c.OK, c.Exit, c.Tree, c.Commit = true, 0, strings.Repeat("2", 40), strings.Repeat("3", 40)
	return c
}

func optionalOut() Check {
	c := goodMorning()
	c.Changes = append(c.Changes, badMorning().Changes[4])
	return c
}

func strictFails() Check {
	c := badMorning()
	c.Changes, c.OK, c.Exit = c.Changes[6:], true, fault.Series
	c.Changes[2].Required = true
	return c
}

func unreadable() Check {
	return Check{Exit: fault.Usage, Date: "2026-04-30", Upstream: pin,
		Error: "patches/series.toml:9: unknown key \"replce\"\npatches/series.toml:12: no file \"x.patch\"",
		Hint:  `did you mean "replace"?`}
}

// away is a check that could not have all it needed: a required change, and one that is not; a third has drifted.
func away() Check {
	c := goodMorning()
	gone := Change{Name: "away", Kind: "pull", Verdict: "idle", Remarks: []string{"unreachable"}, Required: true,
		Source:  &Place{File: "patches/series.toml", Line: 9},
		Message: "fetching a/b#1 from https://github.com/a/b.git: could not resolve host: github.com"}
	optional := gone
	optional.Name, optional.Required = "optional", false
	head := strings.Repeat("5", 40)
	moved := Change{Name: "hide-pill", Kind: "pull", Verdict: "merged", Required: true, Files: []string{"a.tsx"},
		Remarks: []string{"drifted"}, Source: &Place{File: "patches/series.toml", Line: 20},
		Drift: &Drift{State: "moved", Pull: "vmstan/mastodon#63", Pinned: strings.Repeat("4", 40), Head: head,
			Message: "vmstan/mastodon#63 is at 555555555 now, pinned at 444444444",
			RangeDiff: "1:  444444444 ! 1:  555555555 Hide the pill\n    @@ a.tsx\n     -\told\n    ++\tnew\n" +
				strings.Repeat("      more\n", rangeLines)}}
	c.Changes = append(c.Changes, gone, optional, moved)
	c.OK, c.Exit, c.Tree, c.Commit = false, fault.Retry, "", ""
	return c
}

// strictWithout is a check with -strict and -without.
func strictWithout() Check {
	c := goodMorning()
	c.Changes = []Change{{Name: "pill", Kind: "edit", Verdict: "idle", Would: "clean", Remarks: []string{"without"},
		Required: true, Message: "left out on request", Source: &Place{File: "patches/series.toml", Line: 9}}}
	c.Exit = fault.Series
	return c
}

func outOfReach() Check {
	return Check{Failed: "upstream", Exit: fault.Retry,
		Error: "fetching main from https://github.com/mastodon/mastodon.git: could not resolve host: github.com",
		Hint:  "it cannot be reached: try again later, or use what was fetched before: -offline"}
}

func TestCheck(t *testing.T) {
	for name, c := range map[string]Check{"away": away(), "upstream": outOfReach(), "bad": badMorning(),
		"good": goodMorning(), "optional": optionalOut(), "strict": strictFails(),
		"strict-without": strictWithout(), "unreadable": unreadable(),
		"empty": {OK: true, Date: "2026-04-30", Upstream: pin}} {
		compare(t, "check/"+name+".txt", c.Text(mage).Bytes(false))
		compare(t, "check/"+name+".md", c.Markdown(mage, github.SummaryLimit))
		compare(t, "check/"+name+".annotations", github.Annotations(c.Annotations(mage)))
		data, err := encodeJSON(c)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, "check/"+name+".json", data)
	}
	compare(t, "check/color.txt", []byte(strings.ReplaceAll(string(badMorning().Text(mage).Bytes(true)), "\x1b", "^")))
}

func sampleHistory() History {
	return History{From: strings.Repeat("1", 40), To: pin.Commit, Commits: 2587, States: 99,
		Picture: []PictureFile{{"html", "dist/patch-history.html"}},
		Changes: []ChangeSpans{
			{"post-length", []Span{{strings.Repeat("1", 40), pin.Commit, 2587, "clean", nil}}, &Forecast{100, 0.004}},
			{"themes", []Span{{strings.Repeat("1", 40), strings.Repeat("5", 40), 1200, "clean", nil},
				{strings.Repeat("6", 40), strings.Repeat("7", 40), 87, "conflict", culpr},
				{strings.Repeat("8", 40), strings.Repeat("9", 40), 300, "merged", nil},
				{strings.Repeat("a", 40), pin.Commit, 1000, "conflict", culpr}}, &Forecast{100, 0.31}},
			{"presets",
				[]Span{{strings.Repeat("1", 40), pin.Commit, 2587, "landed",
					&Commit{Commit: strings.Repeat("8", 40), Pull: 26199, Date: noon}}}, nil},
		}}
}

func TestHistory(t *testing.T) {
	h := sampleHistory()
	compare(t, "history.txt", h.Text().Bytes(false))
	data, err := encodeJSON(h)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "history.json", data)
}

func sampleRelease(state string) Release {
	digest := "sha256:" + strings.Repeat("0123456789abcdef", 4)
	tag := "20260430T164501Z-4.6.0-alpha.7-gc6facd27e-1a2b3c4d"
	r := Release{State: state, Name: "vmst", Version: "4.6.0-alpha.7+vmst.c6facd27e", Tag: tag, Released: noon,
		Created: noon.Add(-time.Hour), Upstream: pin,
		LeftOut: []record.LeftOut{{Name: "pride-logo", Verdict: "stale", Reason: "upstream changed logo.svg"}},
		Images: []Image{{"mastodon", digest, []string{"linux/amd64", "linux/arm64"}, []string{tag, "edge"}, 612_345_678,
			"x"}, {"mastodon-streaming", digest, []string{"linux/amd64"}, []string{tag, "edge"}, 58_000_000, "y"}},
		Registries: []Registry{{"ghcr.io/me", Done, ""}, {"docker.io/me", Done, ""}},
		Stages: []term.StageSeconds{{Name: "fetching upstream", Seconds: 0.41, Result: "main c6facd27e"},
			{Name: "building mastodon", Seconds: 312, Result: "612 MB"}, {Name: "publishing", Seconds: 4021, Result: ""}},
	}
	switch state {
	case partial:
		r.Exit, r.Registries[1] = fault.Partial, Registry{"docker.io/me", partial, "503 Service Unavailable"}
		r.Error, r.Resume = "docker.io/me: 503 Service Unavailable", "go tool mage publish:resume"
	case failed:
		r.Exit, r.Images, r.Registries = fault.Registry, nil, []Registry{{"docker.io/me", failed, "no route to host"}}
		r.Error, r.Hint = "reaching docker.io: no route to host", "nothing was moved: the same command starts over"
	case planned:
		r.Images, r.Stages, r.LeftOut = nil, nil, nil
		r.Registries = []Registry{{"ghcr.io/me", planned, ""}}
		r.Plan = []Step{{"build", "mastodon", "linux/amd64", "", 612_000_000}, {"build", "mastodon-streaming", "linux/amd64",
			"built already", 0}, {"tag", "ghcr.io/me/mastodon", tag, "", 0}, {"move", "ghcr.io/me/mastodon", "edge", "", 0}}
	}
	return r
}

func sampleWhy() Why {
	return Why{Image: "mastodon", State: WhyDiffers, Upstream: pin,
		Released: &Released{Tag: "20260430T164501Z-4.6.0-alpha.7-gc6facd27e-1a2b3c4d", Commit: strings.Repeat("1", 40),
			At: noon},
		Inputs: []WhyInput{{"tree", strings.Repeat("1", 40), strings.Repeat("2", 40)},
			{"base ruby", "", "docker.io/library/ruby@sha256:" + strings.Repeat("0123456789abcdef", 4)}},
		Changes: []WhyChange{{"post-length", "changed", []string{"app/validators/status_length_validator.rb"}}},
		Commits: []WhyCommit{{strings.Repeat("3", 40), noon,
			"Add a setting for how long a post of a member's may be (#12345)",
			[]string{"app/models/setting.rb", "app/javascript/mastodon/features/compose/index.tsx"}}},
		Files: []string{"app/models/setting.rb"}, From: "ghcr.io/me/mastodon-cache",
		Stages: []WhyStage{{Name: "gems"}, {Name: "assets", Rebuilt: true, Line: 42,
			Step: "RUN bundle exec rails assets:precompile", Because: "its COPY of the tree differs"}}}
}

// TestWidths shows each table as terminals of three widths do: none is wider than the terminal.
func TestWidths(t *testing.T) {
	for _, width := range []int{80, 100, 120} {
		for name, p := range map[string]term.Page{
			"release": sampleRelease(Done).Text(),
			"plan":    sampleRelease(planned).Text(),
			"partial": sampleRelease(partial).Text(),
			"history": sampleHistory().Text(),
			"check":   badMorning().Text(mage),
			"why":     sampleWhy().Text(),
		} {
			got := p.Fit(width).Bytes(false)
			compare(t, fmt.Sprintf("terminal/%s.%d.txt", name, width), got)
			for line := range strings.Lines(string(got)) {
				line = strings.TrimSuffix(line, "\n")
				if n := utf8.RuneCountInString(line); n > width && !strings.Contains(line, "go tool mage ") {
					t.Errorf("%s at %d: %d columns: %q", name, width, n, line)
				}
			}
		}
	}
}

func TestRelease(t *testing.T) {
	lagging := sampleRelease(Done)
	lagging.Registries[1] = Registry{"docker.io/me", "lagging", "503 Service Unavailable"}
	for name, r := range map[string]Release{"done": sampleRelease(Done), "unchanged": sampleRelease(Unchanged),
		"partial": sampleRelease(partial), "held": sampleRelease(held),
		"failed": sampleRelease(failed), "planned": sampleRelease(planned), "lagging": lagging} {
		compare(t, "release/"+name+".txt", r.Text().Bytes(false))
		compare(t, "release/"+name+".md", r.Markdown(github.SummaryLimit))
		compare(t, "release/"+name+".annotations", github.Annotations(r.Annotations()))
		data, err := encodeJSON(r)
		if err != nil {
			t.Fatal(err)
		}
		compare(t, "release/"+name+".json", data)
	}
}

func TestStatus(t *testing.T) {
	s := Status{Upstream: pin, Date: "2026-04-30", Released: badMorning().Released, Ahead: 12, Opens: "2026-06-01",
		Changes: []string{"pride-logo"},
		Schema:  []string{"db/migrate/20260430_add.rb"},
		Watched: []Watched{{"Dockerfile", []Commit{*culpr},
			"--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1 +1 @@\n-FROM ruby:3\n+FROM ruby:4\n"}}}
	compare(t, "status.txt", s.Text(mage).Bytes(false))
	compare(t, "status.md", s.Markdown(mage, github.SummaryLimit))
	compare(t, "status.annotations", github.Annotations(s.Annotations(mage)))
	data, err := encodeJSON(s)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "status.json", data)
}

// The documented keys are there in every state, and lists are never null.
func TestKeys(t *testing.T) {
	for name, tc := range map[string]struct {
		v    any
		keys string
	}{
		"check":   {Check{}, "ok date upstream tree commit changes"},
		"change":  {Change{}, "name kind verdict would remarks required files offset message"},
		"history": {History{}, "from to commits states changes"},
		"release": {Release{}, "state name version tag upstream tree commit inputs left_out images registries resume"},
		"done":    {sampleRelease(Done), "released created"},
		"image":   {Image{}, "name digest platforms tags bytes inputs"},
	} {
		data, err := encodeJSON(tc.v)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		for key := range strings.FieldsSeq(tc.keys) {
			if v, ok := m[key]; !ok || v == nil {
				t.Errorf("%s: %q is %v", name, key, v)
			}
		}
	}
}

func TestFailure(t *testing.T) {
	err := errors.Join(
		fault.New(fault.Usage, "unknown key %q", "nmae").At("howdah.toml", 1).WithHint("did you mean %q?", "name"),
		fmt.Errorf("fetching %q: %w", "main", fault.New(fault.Retry, "connection refused\nfatal: could not read").
			WithHint("try again later")),
		errors.New("plain"))
	compare(t, "failure.txt", term.Failure(err, mage).Bytes(false))
	compare(t, "failure.annotations", github.Annotations(FailureAnnotations(err, mage)))
}

// Of more than ten of a level, nine are shown and a tenth says how many more there are.
func TestAnnotationLimit(t *testing.T) {
	var all []github.Annotation
	for i := range 25 {
		all = append(all, github.Annotation{Level: github.LevelWarning, Message: fmt.Sprint(i)},
			github.Annotation{Level: github.LevelError, Message: fmt.Sprint(i)})
	}
	got := string(github.Annotations(all))
	if strings.Count(got, "::error") != 10 || strings.Count(got, "::warning") != 10 ||
		!strings.HasPrefix(got, "::error::0\n") || !strings.Contains(got, "::error title=16 more::see the summary") {
		t.Error(got)
	}
	if got := string(github.Annotations(all[:20])); strings.Contains(got, "more") || strings.Count(got, "::error") != 10 {
		t.Error(got)
	}
}
