package term

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestFit lays a table out for terminals of several widths: no line is wider, and nothing is lost.
func TestFit(t *testing.T) {
	digest := "sha256:" + strings.Repeat("0123456789abcdef", 4)
	var p Page
	p.Add(Textf("before"))
	p.Table(2, []Line{
		{Dim.Of("image"), Dim.Of("platforms"), Dim.Of("digest")},
		{Textf("mastodon"), Textf("linux/amd64 linux/arm64"), Textf("%s", digest)},
		{Textf("mastodon-streaming"), Textf("linux/amd64"), Textf("")},
	})
	p.Add(Textf("between"))
	p.Table(0, []Line{{Textf("now"), Textf("%s", strings.Repeat("word ", 40))}})
	p.Add(Textf("after"))
	natural := p.String()
	if got := p.fit(0).String(); got != natural {
		t.Errorf("without a width the page is\n%s", got)
	}
	if got := p.fit(500).String(); got != natural {
		t.Errorf("on a wide terminal the page is\n%s", got)
	}
	squeezed := func(text string) string { return strings.Join(strings.Fields(text), "") }
	for _, width := range []int{40, 80, 100, 120} {
		got := p.fit(width).String()
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("at %d: %d columns: %s", width, n, line)
			}
		}
		if len(squeezed(got)) != len(squeezed(natural)) {
			t.Errorf("at %d: %d characters, %d without a width:\n%s", width, len(squeezed(got)), len(squeezed(natural)), got)
		}
		for i, word := range []string{"before", "between", "after"} {
			if strings.Count(got, word) != 1 {
				t.Errorf("at %d: line %d, %q, is there %d times", width, i, word, strings.Count(got, word))
			}
		}
	}
}

// TestFitMasks masks a secret before a column is too narrow for it.
func TestFitMasks(t *testing.T) {
	secret := "s3cr3t" + strings.Repeat("x", 60)
	var p Page
	p.Table(0, []Line{{Textf("token"), Textf("%s", secret)}})
	got := p.masked(SecretsOf([]string{"MY_TOKEN=" + secret})).fit(30).String()
	if strings.Contains(got, "s3cr3t") {
		t.Errorf("printed %s", got)
	}
}
