// Package release publishes images as one release: the same tag on both images in every registry, and a record of it.
// Its input are built images, facts about the pin and a stamp. Whatever interrupts it, the old release stays in place
// until every part of the new one can be pulled, and the same command finishes the job.
//
// [Store.Read] reads what the registries hold, [Store.Prepare] judges a proposed release by it before anything is
// built, [Store.Publish] uploads, verifies and tags. The registries hold the state; the journal on this machine only
// says where to look.
//
// Size: publishing, resuming, promoting, rolling back, holding and pruning are one protocol over one state, the tags
// of all registries (Store, Known, run). Each has to recognise what another left half done, so each reads the others'
// marks, and the tests run all of them against one another. What is not part of the protocol is in packages below:
// the record, the journal and the files for servers (record, journal, deployment); requests, addresses and contents
// (registry, address, content).
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

// Settings are the distribution's settings for publishing.
type Settings struct {
	Name       string             // of the distribution
	Images     []string           // names, in the order of reports: web, then streaming
	Registries []address.Registry // in the order of howdah.toml
	Required   []string           // registries without which a release is not complete; none: all
	Moving     []string           // tags that follow the newest release
	Public     bool               // images must be readable without credentials
	Dist       string             // the folder for the journal, the records, kustomization.yaml and compose.yaml
	Cache      string             // a folder for blobs that come from a registry
	ReadAll    bool               // read back every blob, also those that the release before has

	// Attended says that a person waits for this run. It is then refused by a hold, while a scheduled run ends as
	// Held; and before it ends as Unchanged it checks every blob of the newest release.
	Attended bool
}

func (s Settings) required(r address.Registry) bool {
	if len(s.Required) == 0 {
		return true
	}
	for _, name := range s.Required {
		if name == r.String() {
			return true
		}
	}
	return false
}

// artifact returns the name of the repository that has the records.
func (s Settings) artifact() string { return record.Repository(s.Name) }

// primary returns the registry that a cluster pulls from: the first that is required.
func (s Settings) primary() address.Registry {
	for _, r := range s.Registries {
		if s.required(r) {
			return r
		}
	}
	return s.Registries[0]
}

// Proposal is a release that may follow: what is known before anything is built.
type Proposal struct {
	Stamp      stamp.Stamp
	Upstream   record.Upstream
	Accepted   stamp.Version                // the content of VERSION
	Migrations []string                     // stamp.Migrations of the pin's tree
	Tree       string                       // the patched tree
	Commit     string                       // the patched commit
	Images     map[string]string            // the images' inputs, by name
	Parts      map[string]map[string]string // by image: its inputs one by one
	Changes    []record.Change              // those that are in the tree
	LeftOut    []record.LeftOut
	Packages   string // the day of Debian's packages, YYYY-MM-DD
	Origin     string // build.Origin, for the record; "" if it could mislead
	Unsafe     string // why the gate "unsafe" refuses the series; "" if it does not
}

// Inputs returns the digest of the proposal: equal inputs are the same release.
func (c Proposal) Inputs() string { return stamp.Inputs(c.Images, c.Commit, c.Stamp) }

// Accept is what a person overrides in this run.
type Accept struct {
	Gates  []string // their names, as -accept= takes them
	Reason string   // for the record, and for the hold after a rollback
}

// Image is an image to publish: a built one, or one that a registry already has.
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

// Hooks are called in the course of publishing. Each may be nil.
type Hooks struct {
	// the gates of image:verify; after the upload, before any tag moves
	Verify func(ctx context.Context) error
	Source func(ctx context.Context, branch string) error // pushes the patched commit; before any image's tag moves
	Stage  func(stage string)                             // "uploading", "reading back", "tagging", …: what begins now

	tagging func(ctx context.Context) error // right before the first tag is written
	journal func(n int)                     // for tests
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

// Result is the outcome of a command that publishes. It is set together with an error, too.
type Result struct {
	State      string
	Record     *record.Record
	digest     string // of the record's artifact
	Registries []RegistryState
	Resume     fault.Command // the command that finishes the release; zero if nothing is left to do
	Warnings   []string      // what a person should know although it worked
	Steps      []Step        // of a dry run: what would be done
}

// RegistryState is the outcome at one registry.
type RegistryState struct {
	Name, State, Error string
	code               fault.Code

	err   error
	moved bool // a tag that people pull has moved
}

// Step is one step that a dry run would take.
type Step struct {
	What, On, To, Skip string // the verb; its object; its target; why it would be skipped, or ""
	Bytes              int64  // to upload; 0: not known
}

// Plan is the decision of Prepare.
type Plan struct {
	State     string // Unchanged or Held: do not publish; Done: go on
	Tag       stamp.Tag
	Record    *record.Record    // a release that another run began, to be finished without a build
	Accepted  []record.Accepted // gates that refused and were overridden
	Why       string            // a sentence, with Unchanged and Held
	Known     *Known
	candidate Proposal

	stored *storedRecord // Record's artifact, if a registry has it
	accept Accept
}

// ancestorTest reports whether an upstream commit is an ancestor of another, or the same commit.
type ancestorTest func(ctx context.Context, ancestor, commit string) (bool, error)

var liftHold = target.PublishHold.Command("-off")

func rollbackTo(tag string) fault.Command {
	return target.PublishRollback.Command("-to="+tag, "-reason=TEXT")
}
