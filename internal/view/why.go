package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/term"
)

// Why is the report of image:why, dist/image-why.json: which inputs of an image differ from the newest release's,
// what changed them, and which stages are built again.
type Why struct {
	Image    string      `json:"image"`
	State    string      `json:"state"` // WhySame, …
	Released *Released   `json:"released,omitempty"`
	Upstream Upstream    `json:"upstream"`
	Inputs   []WhyInput  `json:"inputs"`  // that differ
	Changes  []WhyChange `json:"changes"` // that differ
	Commits  []WhyCommit `json:"commits"` // of upstream, since the release, newest first
	Files    []string    `json:"files"`   // that differ in the tree, by upstream's commits or by changes, sorted
	Stages   []WhyStage  `json:"stages"`
	From     string      `json:"from"` // where the results of cached steps come from

	Unread string `json:"unread,omitempty"` // why the commits are not known
}

// WhyInput is one input that differs. Before is "" if the release did not have it; After is "" if it no longer
// exists.
type WhyInput struct {
	Part   string `json:"part"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// WhyChange is a change that differs from the release's: a new one, one with another content, or one that only the
// release has.
type WhyChange struct {
	Name  string   `json:"name"`
	What  string   `json:"what"` // "new", "changed", "gone"
	Files []string `json:"files"`
}

// WhyCommit is a commit of upstream's.
type WhyCommit struct {
	Commit  string    `json:"commit"`
	Date    time.Time `json:"date"`
	Subject string    `json:"subject"`
	Files   []string  `json:"files"`
}

// WhyStage is a stage of the Dockerfile.
type WhyStage struct {
	Name    string `json:"name"`
	Rebuilt bool   `json:"rebuilt"`
	Line    int    `json:"line,omitempty"`
	Step    string `json:"step,omitempty"`
	Because string `json:"because,omitempty"`
}

const (
	WhySame    = "same"
	WhyDiffers = "differs"
	WhyNew     = "new"     // nothing is released
	WhyUnknown = "unknown" // the inputs differ, and the record does not list them
)

// headline returns the result in one line.
func (w Why) headline() string {
	switch w.State {
	case WhySame:
		return w.Image + ": the same inputs as in " + w.Released.Tag + " · nothing is built"
	case WhyNew:
		return w.Image + ": nothing is released yet · everything is built"
	case WhyUnknown:
		return w.Image + ": other inputs than in " + w.Released.Tag + ", whose record does not list them"
	}
	built := 0
	for _, s := range w.Stages {
		if s.Rebuilt {
			built++
		}
	}
	return fmt.Sprintf("%s: %s of %s differ · %d of %s built again", w.Image, plural.Of(len(w.Inputs), "input"),
		w.Released.Tag, built, plural.Of(len(w.Stages), "stage"))
}

// whyMost is how many commits and how many files the text shows; the JSON has all.
const whyMost = 10

// Text returns the report for a terminal.
func (w Why) Text() term.Page {
	var p term.Page
	p.Add(term.Bold.Of("%s", w.headline()))
	if len(w.Inputs) > 0 {
		p.Gap()
		rows := []term.Line{{term.Dim.Of("input"), term.Dim.Of("released"), term.Dim.Of("now")}}
		for _, i := range w.Inputs {
			rows = append(rows, term.Line{term.Bold.Of("%s", i.Part), term.Textf("%s", value(i.Before)).Cut(),
				term.Textf("%s", value(i.After)).Cut()})
		}
		p.Table(0, rows)
	}
	if len(w.Changes)+len(w.Commits) > 0 || w.Unread != "" {
		p.Gap()
		p.Add(term.Textf("files of the tree that differ: %d", len(w.Files)))
	}
	var rows []term.Line
	for _, c := range w.Changes {
		rows = append(rows, term.Line{term.Textf("change"), term.Bold.Of("%s", c.Name), term.Textf("%s", c.What),
			term.Textf("%s", firstFiles(c.Files)).Cut()})
	}
	for n, c := range w.Commits {
		if n == whyMost {
			rows = append(rows, term.Line{term.Textf("and %d more", len(w.Commits)-n)})
			break
		}
		rows = append(rows, term.Line{term.Textf("commit"), term.Bold.Of("%s", term.Short(c.Commit)),
			term.Textf("%s", oneLine(c.Subject, 60)).Cut(), term.Textf("%s", firstFiles(c.Files)).Cut()})
	}
	if len(rows) > 0 {
		p.Table(0, rows)
	}
	if w.Unread != "" {
		p.Add(term.Yellow.Of("upstream's commits are not listed: "), term.Textf("%s", w.Unread))
	}
	if len(w.Stages) > 0 {
		p.Gap()
		rows := []term.Line{{term.Dim.Of("stage"), term.Dim.Of("cost"), term.Dim.Of("because"), term.Dim.Of("from")}}
		for _, s := range w.Stages {
			if !s.Rebuilt {
				rows = append(rows, term.Line{term.Textf("%s", s.Name), term.Green.Of("cached"), term.Textf(""),
					term.Textf("%s", w.From)})
				continue
			}
			rows = append(rows, term.Line{term.Textf("%s", s.Name), term.Yellow.Of("built again"), term.Textf("%s", s.Because),
				term.Textf("line %d: %s", s.Line, oneLine(s.Step, 60)).Cut()})
		}
		p.Table(0, rows)
	} else if w.From != "" {
		p.Add(term.Textf("taken from %s", w.From))
	}
	return p
}

// value returns an input's value for a cell.
func value(text string) string {
	if text == "" {
		return "none"
	}
	return oneLine(strings.TrimPrefix(text, "sha256:"), 24)
}

// firstFiles returns the first files of a list.
func firstFiles(files []string) string {
	const most = 3
	if len(files) <= most {
		return strings.Join(files, " ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(files[:most], " "), len(files)-most)
}

func (w Why) MarshalJSON() ([]byte, error) {
	type plain Why
	w.Inputs, w.Changes, w.Commits = list(w.Inputs), list(w.Changes), list(w.Commits)
	w.Files, w.Stages = list(w.Files), list(w.Stages)
	return marshal(plain(w))
}
