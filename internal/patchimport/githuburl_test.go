package patchimport

import "testing"

func TestPasted(t *testing.T) {
	const sha = "0123456789012345678901234567890123456789"
	for from, want := range map[string]string{
		"https://github.com/o/r/pull/7":                                "o/r#7",
		"https://github.com/o/r/pull/7/":                               "o/r#7",
		"http://www.github.com/o/r/pull/7/files?w=1#diff-0":            "o/r#7",
		"github.com/o/r/pull/7.patch":                                  "o/r#7",
		"https://github.com/o/r/pull/7.diff":                           "o/r#7",
		"https://github.com/o/r/pull/7/commits":                        "o/r#7",
		"https://patch-diff.githubusercontent.com/raw/o/r/pull/7.diff": "o/r#7",
		"https://github.com/o/r/commit/" + sha + ".patch":              "https://github.com/o/r/commit/" + sha,
		"https://github.com/o/r/pull/7/commits/" + sha:                 "https://github.com/o/r/commit/" + sha,
		"https://github.com/o/r/compare/main...theme":                  "o/r@theme",
		"https://github.com/o/r/compare/main...u:a/theme":              "u/r@a/theme",
		"https://github.com/o/r/compare/mastodon:main...u:s:theme":     "u/s@theme",
		"https://github.com/o/r/compare/v4.5.0..theme.diff":            "o/r@theme",
		"https://github.com/o/r/compare/theme":                         "o/r@theme",
		"https://github.com/o/r/tree/a/theme?tab=readme":               "https://github.com/o/r/tree/a/theme",
		"o/r#7": "o/r#7", "patches": "patches", "o/r@main": "o/r@main",
	} {
		if got, err := parseGitHubURL(from); err != nil || got.from != want || got.since != nil {
			t.Errorf("%s: %q, %v; want %q", from, got.from, err, want)
		}
	}
	for _, from := range []string{
		"https://github.com/o/r/commit/0123456", "https://github.com/o/r/compare/0123456789ab...theme",
		"https://github.com/o/r/compare/main...0123456",
		"https://github.com/o/r/blob/main/x.patch", "https://example.org/x.patch",
	} {
		if got, err := parseGitHubURL(from); err == nil {
			t.Errorf("%s is read as %q", from, got.from)
		}
	}
}

// TestCompared has comparisons with what is not upstream's.
func TestCompared(t *testing.T) {
	const sha = "0123456789012345678901234567890123456789"
	for page, want := range map[string]string{
		"ours...theme":                     "o/r@theme beyond o/r@ours",
		"ours..theme.diff":                 "o/r@theme beyond o/r@ours",
		sha + "..." + sha + ".patch":       "o/r@" + sha + " beyond o/r@" + sha,
		"theme~1...theme":                  "o/r@theme beyond o/r@theme~1",
		"a/ours...b/theme":                 "o/r@b/theme beyond o/r@a/ours",
		"u:ours...theme":                   "o/r@theme beyond u/r@ours",
		"u:s:ours...v:theme":               "v/r@theme beyond u/s@ours",
		"v4.5.0-rc.1...theme?expand=1#top": "o/r@theme",
	} {
		got, err := parseGitHubURL("https://github.com/o/r/compare/" + page)
		said := got.from
		if got.since != nil {
			said += " beyond " + got.since.name()
		}
		if err != nil || said != want {
			t.Errorf("%s: %q, %v; want %q", page, said, err, want)
		}
	}
}
