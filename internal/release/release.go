// Package release makes images one release: built images, the pin's facts and a stamp go in; the same tag on both
// images in every registry, and a record of it, come out. Whatever stops it, the old release stays until every part of
// the new one can be pulled, and the same command finishes the job.
//
// [Store.Read] says what the registries hold, [Store.Prepare] judges a candidate by it before anything is built,
// [Store.Publish] uploads, verifies and tags. The registries are the truth; the journal on this machine only says where
// to look.
//
// Size: publishing, resuming, promoting, rolling back, holding and pruning are one protocol over one state, the tags of
// all registries (Store, Known, run). Each has to recognise what another left half done, so each reads the others'
// marks, and the tests run all of them against one another. What has no part in it is below: the record, the journal
// and the files for servers (record, journal, deployment); requests, addresses and contents (registry, address,
// content).
package release

import (
	"context"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

// Settings are what a distribution always publishes in the same way.
type Settings struct {
	Name       string             // of the distribution
	Images     []string           // names, in the order of reports: web, then streaming
	Registries []address.Registry // in the order of howdah.toml
	Required   []string           // registries without which a release is not whole; nil is all
	Moving     []string           // tags that follow the newest release
	Public     bool               // images must be readable without credentials
	Dist       string             // the folder for the journal, the records, kustomization.yaml and compose.yaml
	Cache      string             // a folder for blobs that come from a registry
	ReadAll    bool               // read back every blob, those of the release before too

	// Attended says that a person waits for this run. A hold refuses it, while a scheduled one ends as Held; and before it
	// says that nothing is new, it looks for every blob of the newest release.
	Attended bool
}

func (s Settings) required(r address.Registry) bool {
	if s.Required == nil {
		return true
	}
	for _, name := range s.Required {
		if name == r.String() {
			return true
		}
	}
	return false
}

// artifact is the name of the repository that keeps the records.
func (s Settings) artifact() string { return record.Repository(s.Name) }

// primary is the registry that a cluster pulls from: the first that is required.
func (s Settings) primary() address.Registry {
	for _, r := range s.Registries {
		if s.required(r) {
			return r
		}
	}
	return s.Registries[0]
}

// Candidate is a release that might be: all that is known of it before anything is built.
type Candidate struct {
	Stamp      stamp.Stamp
	Upstream   record.Upstream
	Accepted   stamp.Version                // what VERSION holds
	Migrations []string                     // stamp.Migrations of the pin's tree
	Tree       string                       // the patched tree
	Commit     string                       // the patched commit
	Images     map[string]string            // the images' inputs, by name
	Parts      map[string]map[string]string // the inputs of each image one by one, by the image's name
	Changes    []record.Change              // those that are in the tree
	LeftOut    []record.LeftOut
	Packages   string // the day of Debian's packages, YYYY-MM-DD
	Origin     string // of the record; empty where it could mislead
	Unsafe     string // what the gate "unsafe" says of the series; empty where it has nothing to say
}

// Inputs is the digest of the candidate: the same inputs are the same release.
func (c Candidate) Inputs() string { return stamp.Inputs(c.Images, c.Commit, c.Stamp) }

// Accept is what a person lets pass in this run.
type Accept struct {
	Gates  []string // their names, as -accept= takes them
	Reason string   // goes into the record, and into the hold of a rollback
}

// Image is a built image, or one to be taken from where it was published before.
type Image struct {
	Name      string
	Inputs    string
	Platforms []string

	Layout string // the folder of an OCI layout
	Digest string // of the index in it
	Found  *Found // instead of a layout
}

// Found is an image that a registry already has.
type Found struct {
	Registry address.Registry
	Digest   string
	repo     *registry.Repo
	index    v1.ImageIndex
	blobs    content.Source
}

// Hooks are what others do in the course of publishing. Each may be nil.
type Hooks struct {
	// the gates of image:verify; after the upload, before any tag moves
	Verify func(ctx context.Context) error
	Source func(ctx context.Context, branch string) error // pushes the patched commit; before any image's tag moves
	Stage  func(stage string)                             // "uploading", "reading back", "tagging", …: what begins now

	tagging func(ctx context.Context) error // right before the first tag is written
	journal func(n int)                     // a test's
}

func (h Hooks) stage(s string) {
	if h.Stage != nil {
		h.Stage(s)
	}
}

// The states of a release and of a registry.
const (
	Done      = "done"
	Unchanged = "unchanged"
	partial   = "partial"
	Held      = "held"
	Failed    = "failed"
	Planned   = "planned"
	lagging   = "lagging" // of a registry only
)

// Result is what came of a command that publishes. A Result is there beside an error too.
type Result struct {
	State      string
	Record     *record.Record
	digest     string // of the record's artifact
	Registries []RegistryState
	Resume     fault.Command // the command that finishes it; without a target when there is nothing to finish
	Warnings   []string      // what a person should hear of though it worked
	Steps      []Step        // with a dry run: what would be done
}

// RegistryState is what came of the command at one registry.
type RegistryState struct {
	Name, State, Error string
	code               fault.Code

	err   error
	moved bool // a tag that people see
}

// Step is one thing that a dry run says would be done.
type Step struct {
	What, On, To, Skip string // the verb; its object; its target; why it would not be done, "" where it would
	Bytes              int64  // to be uploaded; 0 where that is not known
}

// Plan is what Prepare decided.
type Plan struct {
	State     string // Unchanged or Held: publish nothing. Done: go on
	Tag       stamp.Tag
	Record    *record.Record    // one already begun, to be finished as it is: nothing needs to be built
	Accepted  []record.Accepted // gates that refused and were let pass
	Why       string            // a sentence for Unchanged and Held
	Known     *Known
	candidate Candidate

	stored *storedRecord // Record's artifact, as a registry has it
	accept Accept
}

// ancestorTest says whether one upstream commit is an ancestor of another, or the same.
type ancestorTest func(ctx context.Context, ancestor, commit string) (bool, error)

// The commands that hints propose.
var liftHold = target.PublishHold.Command("-off")

func rollbackTo(tag string) fault.Command {
	return target.PublishRollback.Command("-to="+tag, "-reason=TEXT")
}
