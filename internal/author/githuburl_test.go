package author

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
		if got, err := parseGitHubURL(from); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", from, got, err, want)
		}
	}
	for _, from := range []string{
		"https://github.com/o/r/commit/0123456", "https://github.com/o/r/compare/ours...theme",
		"https://github.com/o/r/blob/main/x.patch", "https://example.org/x.patch",
	} {
		if got, err := parseGitHubURL(from); err == nil {
			t.Errorf("%s is read as %q", from, got)
		}
	}
}
