// Package view formats reports: checks, histories, releases, status. From plain values it makes text for a terminal,
// Markdown for a summary, annotations, and the JSON documents of dist/.
package view

import (
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/term"
)

// The types of dist/patch-check.json, dist/patch-history.json and dist/release.json. Keys may be added, never
// renamed. Commits are 40 hex digits, digests "sha256:…", times RFC 3339 in UTC. docs/json.md describes each.

// Check is the report of patch:check, dist/patch-check.json.
type Check struct {
	Distribution string     `json:"distribution,omitempty"` // its name and folder
	OK           bool       `json:"ok"`
	Exit         fault.Code `json:"exit"` // with -strict it may be other than 0 although ok is true
	Date         string     `json:"date"` // the day by which the changes' windows were judged, YYYY-MM-DD
	Upstream     Upstream   `json:"upstream"`
	Tree         string     `json:"tree"`   // empty unless ok
	Commit       string     `json:"commit"` // empty unless ok
	Changes      []Change   `json:"changes"`
	LastGood     string     `json:"last_good,omitempty"` // the newest upstream commit at which the series was ok
	Released     *Released  `json:"released,omitempty"`  // what the servers keep running if this is not ok
	Failed       string     `json:"failed,omitempty"`    // what could not be read: series, upstream, or check
	Error        string     `json:"error,omitempty"`     // why there are no changes
	Hint         string     `json:"hint,omitempty"`
	Seconds      float64    `json:"-"`
	Undecided    int        `json:"undecided,omitempty"` // comments of imports that a person has to decide on
	UndecidedAt  string     `json:"-"`                   // the first of them
	One          bool       `json:"-"`                   // the report is of one change of the series, not of all
	Unused       []string   `json:"unused,omitempty"`    // files in a folder of patches that are not applied, and why
}

// Upstream is the pin: what was asked for, and the commit found.
type Upstream struct {
	URL     string `json:"url"`
	Ref     string `json:"ref"`
	Commit  string `json:"commit"`
	Version string `json:"version"`
	Schema  string `json:"schema"`

	Chosen bool `json:"-"` // the configured ref is at another commit: a next command has to name this one
}

// Released names the newest release.
type Released struct {
	Tag    string    `json:"tag"`
	Commit string    `json:"commit"` // of upstream
	At     time.Time `json:"at"`
}

// Change is the result for one change at one upstream commit.
type Change struct {
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Verdict  string   `json:"verdict"`
	Would    string   `json:"would"` // of an idle change: the verdict if it were active
	Remarks  []string `json:"remarks"`
	Required bool     `json:"required"`
	Files    []string `json:"files"`
	Offset   int      `json:"offset"` // the largest, in lines
	Message  string   `json:"message"`
	By       *Commit  `json:"by,omitempty"` // with landed, conflict, gone
	At       []Place  `json:"at,omitempty"` // conflict, count, stale

	Why       string     `json:"why,omitempty"`
	Notes     []string   `json:"notes,omitempty"`  // what was corrected in a patch that is not in git's form
	Source    *Place     `json:"source,omitempty"` // the change's line in series.toml
	Conflicts []Conflict `json:"conflicts,omitempty"`
	Hunks     []Hunk     `json:"hunks,omitempty"` // conflict: of the files of a patch that do not fit as they are

	MoreHunks []MoreHunks `json:"more_hunks,omitempty"` // per file, those that are not in hunks

	Went     []Went    `json:"went,omitempty"` // gone: where each file went
	Blockers []string  `json:"blockers,omitempty"`
	Hint     string    `json:"hint,omitempty"`
	Next     *nextStep `json:"next,omitempty"`
	Drift    *Drift    `json:"drift,omitempty"` // with the remark drifted
}

// Hunk is one hunk of a patch, tried on upstream's file.
type Hunk struct {
	File string `json:"file"`
	Hunk int    `json:"hunk"` // its number in the file, from 1
	Fits bool   `json:"fits"`
	Line int    `json:"line"` // of upstream's file: where it fits, or where the lines are most similar

	Nominal bool `json:"nominal,omitempty"` // line is only the one in the patch
}

// MoreHunks counts the hunks of a file that are too many for a report.
type MoreHunks struct {
	File    string `json:"file"`
	Fit     int    `json:"fit"`
	Not     int    `json:"not"`
	Untried int    `json:"untried"` // trying them takes too long
}

// Went is what an upstream commit did with a file that a change alters.
type Went struct {
	File string  `json:"file"`
	To   string  `json:"to"` // "": it was deleted
	By   *Commit `json:"by"`
}

// Drift is what became of a pull request since it was pinned.
type Drift struct {
	State     string `json:"state"` // moved, merged, closed or gone
	Pull      string `json:"pull"`
	Pinned    string `json:"pinned"`
	Head      string `json:"head"` // its present commit; "" if not known
	Merged    string `json:"merged,omitempty"`
	Message   string `json:"message"`
	RangeDiff string `json:"range_diff,omitempty"` // from the pinned commits to the present ones
}

// Commit is a commit of upstream's history.
type Commit struct {
	Commit  string    `json:"commit"`
	Pull    int       `json:"pull"` // 0: not known
	Subject string    `json:"subject"`
	Date    time.Time `json:"date"`
}

// Place is a line of a file. Line is one-based; 0 means the whole file.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text,omitempty"`
}

// Conflict is one place where upstream and the change altered the same lines. Line is the line in upstream's file. In
// JSON the sides have second names, "ours" (upstream) and "theirs" (yours), which came first.
type Conflict struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Base     []string `json:"base"`
	Upstream []string `json:"upstream"`
	Yours    []string `json:"yours"`

	Supposed bool   `json:"supposed,omitempty"` // the base is not known: it was guessed from the patch's own lines
	Nominal  bool   `json:"nominal,omitempty"`  // with supposed: some regions are only at the lines in the patch
	Lacks    string `json:"lacks,omitempty"`    // the side that has no such file: upstream or yours
	From     string `json:"from,omitempty"`     // the file's path before upstream moved it
}

// nextStep is the command that reproduces or solves a problem: a target and its arguments, without the program's
// name, which depends on the caller.
type nextStep struct {
	Target string   `json:"target"`
	Args   []string `json:"args,omitempty"`
}

// History is the report of patch:history, dist/patch-history.json.
type History struct {
	Distribution string `json:"distribution,omitempty"` // its name and folder

	From    string        `json:"from"`
	To      string        `json:"to"`
	Commits int           `json:"commits"`
	States  int           `json:"states"`
	Changes []ChangeSpans `json:"changes"`
	Seconds float64       `json:"-"`
	Method  string        `json:"method,omitempty"` // how the forecast was made
	Picture []PictureFile `json:"pictures,omitempty"`
}

// PictureFile names a drawing of the history.
type PictureFile struct {
	Kind string `json:"kind"` // html or svg
	File string `json:"file"`
}

// ChangeSpans is one change's verdicts over a range, oldest first.
type ChangeSpans struct {
	Name     string    `json:"name"`
	Spans    []Span    `json:"spans"`
	Forecast *Forecast `json:"forecast,omitempty"`
}

// Span is a run of upstream's first-parent commits with one verdict; From and To are its first and last commit.
type Span struct {
	From    string  `json:"from"`
	To      string  `json:"to"`
	Commits int     `json:"commits"`
	Verdict string  `json:"verdict"`
	By      *Commit `json:"by,omitempty"`
}

// Forecast is the probability that the next Commits upstream commits break a change.
type Forecast struct {
	Commits     int     `json:"commits"`
	Probability float64 `json:"probability"`
}

const (
	Done      = "done"
	Unchanged = "unchanged"
	partial   = "partial"
	held      = "held"
	failed    = "failed"
	planned   = "planned" // with -dry
)

// Release is the report of the last run of release, dist/release.json.
type Release struct {
	Distribution string `json:"distribution,omitempty"` // its name and folder

	State      string              `json:"state"`
	Exit       fault.Code          `json:"exit"`
	Name       string              `json:"name"`
	Version    string              `json:"version"`
	Tag        string              `json:"tag"`
	Released   time.Time           `json:"released,omitzero"` // the time in the tag
	Created    time.Time           `json:"created,omitzero"`  // the upstream commit's date
	Upstream   Upstream            `json:"upstream"`
	Tree       string              `json:"tree"`
	Commit     string              `json:"commit"`
	Inputs     string              `json:"inputs"`
	LeftOut    []record.LeftOut    `json:"left_out"`
	Images     []Image             `json:"images"`
	Registries []Registry          `json:"registries"`
	Resume     string              `json:"resume"` // the command that finishes it; empty if nothing is left to do
	Next       string              `json:"-"`      // printed as the next command in place of Resume
	Accepted   []Accepted          `json:"accepted,omitempty"`
	Moving     []string            `json:"moving,omitempty"`
	Stages     []term.StageSeconds `json:"stages,omitempty"`
	Plan       []Step              `json:"plan,omitempty"` // with -dry
	Error      string              `json:"error,omitempty"`
	Hint       string              `json:"hint,omitempty"`

	Words map[string]string `json:"-"` // by state: the headline's word in place of "released"
}

// Image is one published image.
type Image struct {
	Name      string   `json:"name"`
	Digest    string   `json:"digest"`
	Platforms []string `json:"platforms"`
	Tags      []string `json:"tags"`
	Bytes     int64    `json:"bytes"` // compressed, all platforms
	Inputs    string   `json:"inputs"`
}

// Registry is the result at one registry: done, unchanged, lagging, partial, failed or planned.
type Registry struct {
	Name  string `json:"name"`
	State string `json:"state"`
	Error string `json:"error"`
}

// Accepted is a gate that a person overrode for this run.
type Accepted struct {
	Gate   string `json:"gate"`
	Reason string `json:"reason"`
}

// Step is one step that a run would take.
type Step struct {
	What  string `json:"what"`            // "build", "upload", "tag", "move", "push", …
	On    string `json:"on"`              // an image, a registry, a repository
	To    string `json:"to,omitempty"`    // a tag, a digest, a branch
	Skip  string `json:"skip,omitempty"`  // why it is not needed
	Bytes int64  `json:"bytes,omitempty"` // an estimate
}

// Status is the report of upstream:status, dist/upstream-status.json.
type Status struct {
	Distribution string `json:"distribution,omitempty"` // its name and folder

	Upstream Upstream  `json:"upstream"`
	Date     string    `json:"date"`
	Released *Released `json:"released,omitempty"`
	Ahead    int       `json:"ahead"`             // first-parent commits since the release
	Rewound  bool      `json:"rewound"`           // the pin does not descend from the released commit
	Watched  []Watched `json:"watched"`           // files that changed since upstream:ack
	Opens    string    `json:"opens,omitempty"`   // the next day on which a change's window opens or closes
	Changes  []string  `json:"changes,omitempty"` // the changes whose windows do
	Next     *nextStep `json:"next,omitempty"`
	Fetched  time.Time `json:"fetched,omitzero"` // when the mirror last fetched from upstream
	Offline  bool      `json:"offline,omitempty"`
	Schema   []string  `json:"schema,omitempty"`   // migrations since the release
	Versions []string  `json:"versions,omitempty"` // upstream versions since the release, oldest first
}

// Watched is a watched file that upstream has changed since it was acknowledged.
type Watched struct {
	File    string   `json:"file"`
	Commits []Commit `json:"commits"`
	Diff    string   `json:"diff"`
}
