package view

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

// Find is the report of patch:find, dist/patch-find.json: where a text of the web page or of a mail comes from.
type Find struct {
	OK       bool     `json:"ok"` // something contains the text
	Text     string   `json:"text"`
	Upstream Upstream `json:"upstream"`
	Found    []Origin `json:"found"`
	Nearest  []Origin `json:"nearest"` // if nothing contains the text: what is similar
}

// Origin is one place that a text comes from.
type Origin struct {
	Match  string  `json:"match"` // same, rendered, source, part or near
	File   string  `json:"file"`
	Line   int     `json:"line"`
	Text   string  `json:"text"`             // of the line
	Locale string  `json:"locale,omitempty"` // of a translation
	Key    string  `json:"key,omitempty"`    // of a translation
	Value  string  `json:"value,omitempty"`  // of a translation
	Uses   []Place `json:"uses"`             // the lines of code that use the key
	Find   string  `json:"find,omitempty"`   // a text for patch:edit: the file contains it once
}

func (f Find) MarshalJSON() ([]byte, error) {
	type plain Find
	f.Found, f.Nearest = list(f.Found), list(f.Nearest)
	return marshal(plain(f))
}

func (o Origin) MarshalJSON() ([]byte, error) {
	type plain Origin
	o.Uses = list(o.Uses)
	return marshal(plain(o))
}

// maxOrigins is how many places a terminal shows; the file has all.
const maxOrigins = 10

// Render returns the report for a terminal.
func (f Find) Render(by target.Caller) term.Page {
	var p term.Page
	origins := f.Found
	at := fmt.Sprintf("%s %.9s", f.Upstream.Ref, f.Upstream.Commit)
	if f.OK {
		p.Printf("%s for %q · %s", plural.Of(len(f.Found), "place"), f.Text, at)
	} else {
		origins = f.Nearest
		p.Printf("no place for %q · %s", f.Text, at)
	}
	for _, o := range origins[:min(maxOrigins, len(origins))] {
		p.Gap()
		name := fmt.Sprintf("%s:%d", o.File, o.Line)
		if o.Key != "" {
			name += "  " + o.Key
		}
		p.Printf("%-8s  %s", o.Match, name)
		p.Printf("  %s", term.Subject(o.Text))
		for _, u := range o.Uses {
			p.Printf("  used in %s:%d: %s", u.File, u.Line, term.Subject(u.Text))
		}
	}
	if more := len(origins) - maxOrigins; more > 0 {
		p.Gap()
		p.Printf("and %s in dist/patch-find.json; a longer text finds fewer", plural.Of(more, "more place"))
	}
	if len(origins) > 0 && origins[0].Find != "" {
		p.Gap()
		first := origins[0]
		p.Printf("to change it: %s", by.Line(target.PatchEdit.Command("NAME", first.File, first.Find, first.replace(f.Text))))
	}
	return p
}

// yourWords stands in a command for what a person fills in.
const yourWords = "YOUR WORDS"

// replace returns what patch:edit puts in the place of Find: the same, with a person's words for the translation, or
// for the text that was looked for.
func (o Origin) replace(text string) string {
	for _, old := range []string{o.Value, text} {
		if old != "" && strings.Contains(o.Find, old) {
			return strings.Replace(o.Find, old, yourWords, 1)
		}
	}
	return yourWords
}
