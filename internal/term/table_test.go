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
	if got := p.Fit(0).String(); got != natural {
		t.Errorf("without a width the page is\n%s", got)
	}
	if got := p.Fit(500).String(); got != natural {
		t.Errorf("on a wide terminal the page is\n%s", got)
	}
	squeezed := func(text string) string { return strings.Join(strings.Fields(text), "") }
	for _, width := range []int{40, 80, 100, 120} {
		got := p.Fit(width).String()
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
// TestNamesStayWhole lays out tables like publish:doctor's in terminals of three widths.
func TestNamesStayWhole(t *testing.T) {
	rows := func(cells ...[]string) (all []Line) {
		for _, row := range cells {
			var l Line
			for _, c := range row {
				l = append(l, Textf("%s", c))
			}
			all = append(all, l)
		}
		return all
	}
	hint := "create the package once by hand, or give the token the right write:packages, then run it again"
	tables := map[string][]Line{
		"doctor": rows([]string{"ghcr.io/somebody/mastodon-streaming", "push", "failed", hint},
			[]string{"ghcr.io/somebody", "mastodon-streaming", "ok", "may push"}),
		"images": rows([]string{"mastodon-streaming", "58.2 MB", "linux/amd64 linux/arm64",
			"sha256:" + strings.Repeat("a", 64)}),
		"address": rows([]string{"ok", "127.0.0.1:5050/mastodon-streaming", "pull", "nothing is published there yet (0.0 s)"},
			[]string{"ok", "registry.example.org/a-longer-account/mastodon-streaming", "pull", hint}),
		"two long": rows([]string{"mastodon-streaming", hint, hint}, []string{"mastodon", hint, hint}),
		"stages": rows([]string{"comparing with the newest release", "0.0 s", hint},
			[]string{"mastodon-streaming: building", "1 s", ""}),
		"checks": rows([]string{"registry.example.org:5000", "mastodon-streaming", "anonymous-pull", hint}),
	}
	for name, table := range tables {
		for _, width := range []int{80, 100, 120} {
			var p Page
			p.Table(2, table)
			text := string(p.Fit(width).Bytes(false))
			for _, want := range []string{"mastodon-streaming", "anonymous-pull"} {
				if name != "checks" && want == "anonymous-pull" {
					continue
				}
				if !strings.Contains(text, want) {
					t.Errorf("%s at %d columns breaks %s:\n%s", name, width, want, text)
				}
			}
			for l := range strings.Lines(text) {
				if n := columns(strings.TrimRight(l, "\n")); n > width {
					t.Errorf("%s at %d: a line of %d columns: %s", name, width, n, l)
				}
			}
		}
	}
}

func TestFitMasks(t *testing.T) {
	secret := "s3cr3t" + strings.Repeat("x", 60)
	var p Page
	p.Table(0, []Line{{Textf("token"), Textf("%s", secret)}})
	got := p.masked(SecretsOf([]string{"MY_TOKEN=" + secret})).Fit(30).String()
	if strings.Contains(got, "s3cr3t") {
		t.Errorf("printed %s", got)
	}
}

// TestWrapped breaks lines between their words, keeps their depth and styles, and leaves commands whole.
func TestWrapped(t *testing.T) {
	var p Page
	p.Add(Textf("mini in this folder · without %s", strings.Repeat("some-change, ", 12)), Bold.Of("and more"))
	p.Add(Textf("    %s", strings.Repeat("four deep ", 20)))
	p.Add(Textf("  next: %s", strings.Repeat("-option=value ", 10)))
	p.Add(Textf("%s", strings.Repeat("x", 150)))
	natural := strings.Join(strings.Fields(p.String()), " ")
	for _, width := range []int{40, 80, 100, 120} {
		got := p.Fit(width).String()
		if strings.Join(strings.Fields(got), " ") != natural {
			t.Errorf("at %d words are lost:\n%s", width, got)
		}
		deep := 0
		for line := range strings.Lines(got) {
			line = strings.TrimSuffix(line, "\n")
			if n := utf8.RuneCountInString(line); n > width && !strings.Contains(line, "next: ") && strings.Contains(line, " ") {
				t.Errorf("at %d: %d columns: %q", width, n, line)
			}
			if strings.Contains(line, "four") || strings.Contains(line, "deep") {
				deep++
				if !strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "     ") {
					t.Errorf("at %d: %q is not four deep", width, line)
				}
			}
		}
		if want := (200 + width - 5) / (width - 4); deep < want-1 {
			t.Errorf("at %d: %d lines four deep", width, deep)
		}
	}
	if got := string(p.Fit(60).Bytes(true)); !strings.Contains(got, "\x1b[1mmore\x1b[0m") {
		t.Errorf("the style is lost: %q", got)
	}
}

// TestLongLastCell puts prose below its row where the last column is too narrow for it, and leaves the others beside
// theirs.
func TestLongLastCell(t *testing.T) {
	const image, prose = "registry.example/somebody/mastodon-streaming", "listing the tags of registry.example/somebody/" +
		"mastodon-streaming: dial tcp: lookup registry.example on 192.0.2.53:53: no such host (0.1 s)"
	const below = "    listing the tags of registry.example/somebody/mastodon-streaming: dial tcp:\n" +
		"    lookup registry.example on 192.0.2.53:53: no such host (0.1 s)\n"
	row := func(state, what, says string) Line {
		return Line{Textf("%s", state), Textf("%s", image), Textf("%s", what), Textf("%s", says)}
	}
	for name, c := range map[string]struct {
		width int
		rows  []Line
		want  string
	}{
		"one is long": {80, []Line{row("ok", "push", "may be (0.1 s)"), row("not ok", "pull", prose)},
			"ok      " + image + "  push  may be (0.1 s)\n" + "not ok  " + image + "  pull\n" + below},
		"all are long":    {80, []Line{row("not ok", "pull", prose)}, "not ok  " + image + "  pull\n" + below},
		"a wide terminal": {250, []Line{row("not ok", "pull", prose)}, "not ok  " + image + "  pull  " + prose + "\n"},
		"two lines stay": {100, []Line{row("ok", "pull", "of two lines, the last of which is short, and this ends it")},
			"ok  " + image + "  pull  of two lines, the last of which is short,\n" +
				strings.Repeat(" ", 56) + "and this ends it\n"},
		"one word stays": {60, []Line{{Textf("x"), Textf("%s", strings.Repeat("y", 200))}},
			"x  " + strings.Repeat("y", 57) + strings.Repeat("\n   "+strings.Repeat("y", 57), 2) + "\n   " +
				strings.Repeat("y", 29) + "\n"},
	} {
		var p Page
		p.Table(0, c.rows)
		trimmed := ""
		for line := range strings.Lines(p.Fit(c.width).String()) {
			trimmed += strings.TrimRight(line, " \n") + "\n"
		}
		if trimmed != c.want {
			t.Errorf("%s:\n%swant\n%s", name, trimmed, c.want)
		}
	}
}

// TestWrappedCommand puts a command that a line proposes after a sentence on a line of its own where both do not fit.
func TestWrappedCommand(t *testing.T) {
	const command = "howdah patch new -change=a-name-of-some-length -dir=../tree"
	for text, want := range map[string]string{
		"hint: open the tree at this change: " + command: "hint: open the tree at this\n  change:\n  " + command + "\n",
		"  hint: open it: " + command:                    "  hint: open it:\n    " + command + "\n",
		"next: " + command:                               "next: " + command + "\n",
		"  " + command:                                   "  " + command + "\n",
		"nothing is fetched; run: git fetch":             "nothing is fetched; run:\n  git fetch\n",
	} {
		var p Page
		p.Add(Textf("%s", text))
		got := ""
		for line := range strings.Lines(p.Fit(28).String()) {
			got += strings.TrimRight(line, " \n") + "\n"
		}
		if got != want {
			t.Errorf("%q became\n%swant\n%s", text, got, want)
		}
	}
}

// TestStoryWrites gives another program's progress to the stage that began last.
func TestStoryWrites(t *testing.T) {
	s := NewStory(Plain(&strings.Builder{}, &strings.Builder{}, false, Secrets{}))
	write := func(text string) {
		if n, err := s.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("wrote %d, %v", n, err)
		}
	}
	write("to no stage")
	outer := s.Stage("outer")
	write("10%")
	inner := s.Stage("inner")
	write("20%\r30%")
	if outer.now != "10%" || inner.now != "30%" {
		t.Errorf("outer %q, inner %q", outer.now, inner.now)
	}
	inner.End("")
	write("40%")
	outer.End("")
	if outer.now != "40%" {
		t.Errorf("outer %q", outer.now)
	}
}
