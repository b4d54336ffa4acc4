package view

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/github"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

// pieces are what somebody would put into a commit's subject, a ref, a file's name or a registry's answer.
var pieces = []string{
	"::error::x", "::set-output name=a::b", "##[error]x", "##vso[task.setvariable]x", "###[group]", "::stop-commands::t",
	" ::add-mask::a", "\u00a0::warning::", "\ufeff::debug::",
	"\x1b[31m", "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07", "\x1b[2J\x1b[H", "\x9b31m", "\u009b31m", "\x1bP",
	"\x07", "\x08\x08\x08ok", "\r", "\r\n", "\n", "\n::error::", "\n##[", "\v", "\f", "\x00", "\x7f",
	"\u202e", "\u2066", "\u2069", "\u200e", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u3164", "\u115f", "\u2028",
	"\u2029", "\u0085", "\U000e0041", "\ue000", "\ufffe", "\ufffd",
	"\xff", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "`", "```", "````\n```", "|", "\\|", "<script>alert(1)</script>",
	"<!--", "-->", "</details>", "@everyone", "#1", "[x](javascript:1)", "![x](https://evil.example)", "&lt;",
	"%0A", "%25", "::", ":", ",", "'", "\"", "$(id)", "${IFS}", "\\", "\t", "   ", "howdah_", "EOF", "é", "漢字", "🐘", "a",
	"main", "x.rb",
}

func hostile(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(6) {
		switch r.IntN(4) {
		case 0:
			b.WriteByte(byte(r.IntN(256)))
		case 1:
			b.WriteRune(rune(r.IntN(0x30000)))
		default:
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
	}
	return b.String()
}

var commands = regexp.MustCompile(`(?m)^[\s\x{feff}]*::|##\[|##vso\[`)

// bad says what in a text a terminal, a log or a reader could be fooled by.
func bad(text string) string {
	if !utf8.ValidString(text) {
		return "broken UTF-8"
	}
	for _, r := range text {
		if r != '\n' && (!unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) ||
			unicode.Is(unicode.Bidi_Control, r)) {
			return fmt.Sprintf("the character %U", r)
		}
	}
	if m := commands.FindString(text); m != "" {
		return fmt.Sprintf("the command %q", m)
	}
	return ""
}

// fill is the reports with a hostile string in every place that takes one.
func fill(h func() string) (Check, History, Release, Status) {
	var c Check
	var hi History
	var r Release
	var s Status
	c = badMorning()
	c.Upstream, c.LastGood, c.Date, c.Error = Upstream{h(), h(), h(), h(), h(), true}, h(), h(), ""
	for i := range c.Changes {
		ch := &c.Changes[i]
		ch.Name, ch.Kind, ch.Message, ch.Why, ch.Remarks, ch.Files, ch.Blockers = h(), h(), h(), h(), []string{h()},
			[]string{h(), h()}, []string{h()}
		ch.Source = &Place{h(), i, h()}
		ch.By = &Commit{h(), i, h(), noon}
		ch.At = []Place{{h(), i, h()}}
		ch.Conflicts = []Conflict{{h(), i, []string{h(), h()}, []string{h()}, []string{h()}, i%2 == 0, i%3 == 0, h(), h()}}
		ch.Hunks = []Hunk{{h(), 1, true, i, false}, {h(), 2, false, i, i%2 == 0}}
		ch.MoreHunks = []MoreHunks{{ch.Hunks[0].File, 1, 2, i}}
		ch.Went = []Went{{h(), h(), ch.By}, {h(), "", ch.By}}
		if i%3 == 0 {
			ch.Next = &nextStep{h(), []string{h(), h()}}
		}
		if i%4 == 0 {
			ch.Verdict, ch.Would = h(), h()
		}
	}
	hi = sampleHistory()
	hi.From, hi.To, hi.Picture[0].File = h(), h(), h()
	for i := range hi.Changes {
		hi.Changes[i].Name = h()
		for j := range hi.Changes[i].Spans {
			hi.Changes[i].Spans[j] = Span{h(), h(), 1, h(), &Commit{h(), 1, h(), noon}}
		}
	}
	r = sampleRelease([]string{Done, partial, failed, planned}[len(h())%4])
	r.Version, r.Tag, r.Upstream, r.Error, r.Hint, r.Resume = h(), h(), c.Upstream, h(), h(), h()
	r.LeftOut, r.Accepted = []record.LeftOut{{Name: h(), Verdict: h(), Reason: h()}}, []Accepted{{h(), h()}}
	r.Images = []Image{{h(), h(), []string{h()}, []string{h(), h()}, 1, h()}}
	r.Registries = []Registry{{h(), h(), h()}, {h(), "lagging", h()}}
	r.Stages, r.Plan = []term.StageSeconds{{Name: h(), Seconds: 1, Result: h()}}, []Step{{h(), h(), h(), h(), 1}}
	s = Status{Upstream: c.Upstream, Date: h(), Released: &Released{h(), h(), noon}, Opens: h(), Changes: []string{h()},
		Schema: []string{h()}, Versions: []string{h()},
		Watched: []Watched{{h(), []Commit{{h(), 0, h(), noon}}, h() + "\n" + h()}}, Next: &nextStep{h(), []string{h()}}}
	return c, hi, r, s
}

// Ten thousand hostile strings in every place of every report: none comes out raw.
func TestHostile(t *testing.T) {
	r := rand.New(rand.NewPCG(20260430, 8))
	used := 0
	h := func() string { used++; return hostile(r) }
	output := filepath.Join(t.TempDir(), "output")
	step := github.ActionsOf([]string{"GITHUB_OUTPUT=" + output}, term.Secrets{})
	for used < 10_000 {
		c, hi, re, s := fill(h)
		by := target.Caller{Program: "./" + h(), Config: h()}
		texts := map[string][]byte{
			"check": c.Text(by).Bytes(false), "history": hi.Text().Bytes(false), "release": re.Text().Bytes(false),
			"status": s.Text(by).Bytes(false),
			"failure": term.Failure(errors.Join(fault.New(fault.Other, "%s", h()).At(h(), 1).WithHint("%s", h()),
				fmt.Errorf("%s: %w", h(), errors.New(h()))), by).Bytes(false),
			"unreadable": Check{Error: h(), Hint: h()}.Text(by).Bytes(false), "diff": term.Diff(h()).Bytes(false),
			"check.md":   c.Markdown(by, github.SummaryLimit),
			"release.md": re.Markdown(github.SummaryLimit), "status.md": s.Markdown(by, github.SummaryLimit),
		}
		for name, text := range texts {
			if what := bad(string(text)); what != "" {
				t.Fatalf("%s lets %s through:\n%q", name, what, text)
			}
		}
		// In Markdown no outside word stands outside code, so what is left has no tag, mention or image.
		for _, name := range []string{"check.md", "history.md", "release.md", "status.md"} {
			left := outsideCode(string(texts[name]))
			for _, word := range []string{"<script", "<!--", "@everyone", "javascript:", "![", "</details>\n<"} {
				if strings.Contains(left, word) {
					t.Fatalf("%s: %q stands outside code:\n%s\n---\n%s", name, word, left, texts[name])
				}
			}
		}
		// One command a line, and nothing else.
		for _, all := range [][]github.Annotation{c.Annotations(by), re.Annotations(), s.Annotations(by)} {
			for l := range strings.Lines(string(github.Annotations(all))) {
				if !regexp.MustCompile(`^::(error|warning|notice)( [a-z]+=[^:,\r\n]*(,[a-z]+=[^:,\r\n]*)*)?::[^\r\n]*\n$`).
					MatchString(l) {
					t.Fatalf("annotation %q", l)
				}
				if what := bad(strings.TrimPrefix(l, ":")); what != "" {
					t.Fatalf("annotation lets %s through: %q", what, l)
				}
			}
		}
		for _, v := range []any{c, hi, re, s} {
			data, err := encodeJSON(v)
			if err != nil || !json.Valid(data) {
				t.Fatalf("%v: %s", err, data)
			}
		}
		for _, o := range re.Outputs() {
			if err := step.Outputs(o); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(output)
			if err != nil || os.Remove(output) != nil {
				t.Fatal(err)
			}
			l := strings.Split(string(data), "\n")
			m := regexp.MustCompile(`^[A-Za-z0-9_-]+<<(howdah_\w{26})$`).FindStringSubmatch(l[0])
			if m == nil || l[len(l)-2] != m[1] || strings.Count(string(data), m[1]) != 2 {
				t.Fatalf("%q", l)
			}
		}
	}
	for range 10_000 {
		s := h()
		if what := bad(term.Clean(s)); what != "" || strings.Contains(term.Clean(s), "\n") {
			t.Fatalf("Clean lets %s through: %q from %q", what, term.Clean(s), s)
		}
		if what := bad(term.CleanLines(s)); what != "" {
			t.Fatalf("CleanLines lets %s through: %q from %q", what, term.CleanLines(s), s)
		}
		if term.Clean(term.Clean(s)) != term.Clean(s) {
			t.Fatalf("cleaning %q twice gives %q", s, term.Clean(term.Clean(s)))
		}
	}
}

// outsideCode is Markdown without its code, by CommonMark's rules: a fence ends at one at least as long, a span at a
// run of backticks just as long.
func outsideCode(md string) string {
	var kept []string
	fence := ""
	for l := range strings.SplitSeq(md, "\n") {
		n := len(l) - len(strings.TrimLeft(l, "`"))
		switch {
		case fence == "" && n >= 3 && !strings.Contains(l[n:], "`"):
			fence = l[:n]
		case fence != "":
			if n >= len(fence) && strings.TrimSpace(l[n:]) == "" {
				fence = ""
			}
		default:
			kept = append(kept, withoutSpans(l))
		}
	}
	return strings.Join(kept, "\n")
}

func withoutSpans(l string) string {
	var b strings.Builder
	for l != "" {
		i := strings.IndexByte(l, '`')
		if i < 0 {
			b.WriteString(l)
			break
		}
		b.WriteString(l[:i])
		l = l[i:]
		n := len(l) - len(strings.TrimLeft(l, "`"))
		end := -1
		for j := n; j < len(l); {
			if l[j] != '`' {
				j++
				continue
			}
			m := len(l[j:]) - len(strings.TrimLeft(l[j:], "`"))
			if m == n {
				end = j + m
				break
			}
			j += m
		}
		if end < 0 {
			b.WriteString(l[:n])
			l = l[n:]
			continue
		}
		l = l[end:]
	}
	return b.String()
}

// Words that look like Ruby, a URL or a colon are left alone.
func TestCleanKeeps(t *testing.T) {
	for _, s := range []string{"Foo::Bar", "a :: b", "ö, 漢字, 🐘", "https://example.org/x?y=1#z", `back\slash`, "issue ##3",
		"0.5 % · done"} {
		if term.Clean(s) != s {
			t.Errorf("%q became %q", s, term.Clean(s))
		}
	}
	for s, want := range map[string]string{"::error::x": `\x3a:error::x`, "  ::x": `  \x3a:x`, "a##[x": `a#\x23[x`,
		"a\tb": "a b", "\x1b[1m": `\x1b[1m`, "a\u202eb": `a\u202eb`, "\xff": `\xff`, "\U000e0041": `\U000e0041`} {
		if term.Clean(s) != want {
			t.Errorf("%q became %q, want %q", s, term.Clean(s), want)
		}
	}
}

// Forty places in which a secret can stand; it leaves in none of the outputs.
func TestSecretsStay(t *testing.T) {
	const token, password = "ghp_CANARY0123456789abcdef", "p\"a$s w&rd|/CANARY+é"
	environ := []string{"GITHUB_TOKEN=" + token, "DOCKERHUB_USERNAME=me", "DOCKERHUB_TOKEN=" + password,
		"HOWDAH_SOURCE_TOKEN=", "SSH_PRIVATE_KEY=-----BEGIN KEY-----\nCANARYline0\n-----END KEY-----\n",
		"DATABASE_URL=postgres://u:CANARYurlpw@h/d", "CI=true", "X_TOKEN=1"}
	secrets := term.SecretsOf(environ)
	carriers := []string{
		token, password, "https://x-access-token:" + token + "@github.com/me/x", "https://" + token + "@github.com/me/x",
		"https://other:CANARYother@example.org/",
		"Authorization: Basic bWU6" + "x", "CANARYline0", "CANARYurlpw",
	}
	for _, v := range []string{token, password} {
		q, _ := json.Marshal(v)
		carriers = append(carriers, string(q), base64Of("me:"+v), base64Of(v), base64Of("x-access-token:"+v), queryOf(v))
	}
	canary := regexp.MustCompile(`CANARY|` + regexp.QuoteMeta(base64Of("me:"+password)) + `|` +
		regexp.QuoteMeta(base64Of("x-access-token:"+token)) + `|Q0FOQVJZ`)
	for i, carrier := range carriers {
		h := func() string { return "see " + carrier }
		c, hi, re, s := fill(h)
		dir := t.TempDir()
		var out, err strings.Builder
		screen := term.Plain(&out, &err, true, secrets)
		story := term.NewStory(screen)
		stage := story.Stage(h())
		stage.Say("%s", h())
		w := story.Writer()
		fmt.Fprintf(w, "%s\n%s", h(), h())
		w.Close()
		stage.End("%s", h())
		screen.Answer(c.Text(mage))
		screen.Answer(hi.Text())
		screen.Answer(re.Text())
		screen.Answer(s.Text(mage))
		screen.AnswerBytes([]byte(h()))
		screen.Fail(errors.New(h()), mage)
		g := github.ActionsOf(append(environ, "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+filepath.Join(dir, "summary"),
			"GITHUB_OUTPUT="+filepath.Join(dir, "output")), secrets)
		for _, f := range []func() error{
			func() error { return g.Summary(func(n int) []byte { return c.Markdown(mage, n) }) },
			func() error { return g.Summary(re.Markdown) },
			func() error { return g.Outputs(re.Outputs()...) },
			func() error { return WriteJSON(filepath.Join(dir, "c.json"), c, secrets) },
			func() error { return WriteJSON(filepath.Join(dir, "r.json"), re, secrets) },
		} {
			if err := f(); err != nil {
				t.Fatal(err)
			}
		}
		g.Annotate(screen, c.Annotations(mage))
		texts := map[string]string{"stdout": out.String(), "stderr": err.String()}
		files, _ := filepath.Glob(filepath.Join(dir, "*"))
		if len(files) != 4 {
			t.Fatalf("%q", files)
		}
		for _, f := range files {
			data, _ := os.ReadFile(f)
			texts[filepath.Base(f)] = string(data)
			if strings.HasSuffix(f, ".json") && !json.Valid(data) {
				t.Errorf("%s is no JSON with %q", f, carrier)
			}
		}
		for name, text := range texts {
			if text == "" {
				t.Errorf("%s is empty", name)
			}
			if found := canary.FindStringIndex(text); found != nil {
				t.Errorf("carrier %d %q in %s: …%q…", i, carrier, name, text[max(0, found[0]-40):min(len(text), found[1]+40)])
			}
		}
	}
	if got := secrets.Mask("ssh://git@github.com/x and a 1 in 10"); got != "ssh://git@github.com/x and a 1 in 10" {
		t.Error(got)
	}
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func queryOf(s string) string { return url.QueryEscape(s) }
