package wording_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/wording"
)

// tree is a small upstream with every form in which a text comes to a page.
var tree = []wording.File{
	{"app/javascript/mastodon/locales/en.json", []byte(`{
  "box.placeholder": "What's new, {name}?",
  "box.send": "Send",
  "box.count": "{count, plural, one {# letter} other {# letters}} left",
  "box.terms": "I accept the <a>terms</a>"
}
`)},
	{"app/javascript/mastodon/locales/de.json", []byte("{\n  \"box.send\": \"Über uns\"\n}\n")},
	{"app/javascript/mastodon/features/box.tsx", []byte(`import { Send } from './send';
const messages = { send: { id: 'box.send', defaultMessage: 'Send' } };
<FormattedMessage id='box.count' />
<p>Powered by
  steam</p>
`)},
	{"app/javascript/mastodon/features/box.test.tsx", []byte("'box.send' 'Send'\n")},
	{"config/locales/en.yml", []byte(`---
en:
  letters:
    show:
      title: Letter of %{name}
    inbox:
      one: One letter waits
      other: "%{count} letters wait"
    kinds:
      thanks: Thank-you letter
  post_mailer:
    arrived:
      subject: A letter has arrived
`)},
	{"config/locales/simple_form.en.yml", []byte(`en:
  simple_form:
    hints:
      defaults:
        motto: Below your name
`)},
	{"app/views/letters/show.html.haml", []byte("%h1= t('.title', name: @name)\n" +
		"= t 'letters.inbox', count: 2\n%p For “friends” only\n")},
	{"app/views/letters/_form.html.haml", []byte("= f.input :motto, hint: true\n")},
	{"app/views/letters/index.html.erb", []byte("<%= t(\"letters.kinds.#{kind}\") %>\n")},
	{"app/mailers/post_mailer.rb", []byte("class PostMailer\n  def arrived(letter)\n  end\nend\n")},
	{"lib/broken.yml", []byte("a: [\n")},
	{"config/locales/broken.en.yml", []byte("en: [\n")},
	{"spec/letters_spec.rb", []byte("'Send'\n")},
}

func search(text string) string {
	var files []wording.File
	for _, f := range tree {
		if wording.Wants(f.Name) {
			files = append(files, f)
		}
	}
	var b strings.Builder
	for _, f := range wording.Search(text, files) {
		fmt.Fprintf(&b, "%s %s:%d", f.Match, f.File, f.Line)
		if f.Key != "" {
			fmt.Fprintf(&b, " %s %s", f.Locale, f.Key)
		}
		for _, u := range f.Uses {
			fmt.Fprintf(&b, " < %s:%d", u.File, u.Line)
		}
		b.WriteString("\n")
	}
	return b.String()
}

const (
	client = "app/javascript/mastodon/locales/en.json"
	box    = "app/javascript/mastodon/features/box.tsx"
	views  = "app/views/letters/"
)

func TestSearch(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Send", "same " + client + ":3 en box.send < " + box + ":2\nsource " + box + ":2\n"},
		{"SEND", "same " + client + ":3 en box.send < " + box + ":2\n"}, // a style sheet may write it so
		{"What’s new, Ada?", "rendered " + client + ":2 en box.placeholder\n"},
		{"7 letters left", "rendered " + client + ":4 en box.count < " + box + ":3\n"},
		{"I accept the terms", "same " + client + ":5 en box.terms\n"},
		{"accept the", "part " + client + ":5 en box.terms\n"},
		{"Letter of Ada", "rendered config/locales/en.yml:5 en letters.show.title < " + views + "show.html.haml:1\n"},
		{"One letter waits", "same config/locales/en.yml:7 en letters.inbox.one < " + views + "show.html.haml:2\n"},
		{"3 letters wait", "rendered config/locales/en.yml:8 en letters.inbox.other < " + views + "show.html.haml:2\n"},
		{"Thank-you letter", "same config/locales/en.yml:10 en letters.kinds.thanks < " + views + "index.html.erb:1\n"},
		{"A letter has arrived",
			"same config/locales/en.yml:13 en post_mailer.arrived.subject < app/mailers/post_mailer.rb:2\n"},
		{"Below your name", "same config/locales/simple_form.en.yml:5 en simple_form.hints.defaults.motto < " + views +
			"_form.html.haml:1\n"},
		{`For "friends" only`, "source " + views + "show.html.haml:3\n"},
		{"FOR FRIENDS", ""},
		{"POWERED BY STEAM", "source " + box + ":4\n"},
		{"Powered by steam", "source " + box + ":4\n"},
		{"Über uns", "same app/javascript/mastodon/locales/de.json:2 de box.send < " + box + ":2\n"},
		{"A leter has arived",
			"near config/locales/en.yml:13 en post_mailer.arrived.subject < app/mailers/post_mailer.rb:2\n"},
		{"zyx", ""},
		{"e", ""}, // no word is "e"
	} {
		if got := search(c.text); got != c.want {
			t.Errorf("%q:\n%swant:\n%s", c.text, got, c.want)
		}
	}
}

// What patch:edit is to look for stands in its file once, with more lines where one is not enough.
func TestFindIsUnique(t *testing.T) {
	files := []wording.File{{"config/locales/en.yml", []byte("en:\n  a:\n    title: About\n  b:\n    title: About\n")}}
	var got []string
	for _, f := range wording.Search("About", files) {
		got = append(got, f.Find)
		if strings.Count(string(files[0].Data), f.Find) != 1 {
			t.Errorf("%q is not there once", f.Find)
		}
	}
	if len(got) != 2 || got[1] != "b:\n    title: About" {
		t.Errorf("%q", got)
	}
}

// FuzzSearch looks for any text in any file: it ends, and what it says is in the file.
func FuzzSearch(f *testing.F) {
	f.Add("5 letters", "{\n\"a\": \"{count, plural, one {# letter} other {{count} letters}}\"}")
	f.Add("a", "en:\n  a: {b: '%{x'}\n")
	f.Add("'", "{\"{\": \"}{<,,{,,}\"}")
	f.Fuzz(func(t *testing.T, text, data string) {
		for _, name := range []string{"app/javascript/mastodon/locales/en.json", "config/locales/en.yml", "app/a.rb"} {
			for _, found := range wording.Search(text, []wording.File{{name, []byte(data)}}) {
				if n := strings.Count(data, "\n") + 1; found.Line < 1 || found.Line > n {
					t.Errorf("%s:%d, of %d lines", name, found.Line, n)
				}
				if found.Find != "" && strings.Count(data, found.Find) != 1 {
					t.Errorf("%q is not there once", found.Find)
				}
			}
		}
	})
}
