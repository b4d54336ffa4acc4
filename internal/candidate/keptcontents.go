package candidate

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// keptContents are answers of pastContents that the next run finds again. A walk over upstream's history takes a
// second and a half, and a fork's patches name many contents that upstream never had.
type keptContents struct {
	State string             // what the answers hold for: the pin, and all branches and tags
	IDs   map[string]tree.ID // by path and digits; "": none, or more than one
	Vain  map[tree.ID]bool   // what upstream was asked for and does not have

	file string
	more bool // has answers that the file does not have
}

// mostKept limits the answers of the file; beyond it, all are forgotten.
const mostKept = 20_000

// load reads the answers of earlier runs, if upstream is as it was.
func (p *pastContents) load(ctx context.Context) error {
	if p.kept != nil {
		return nil
	}
	kept := &keptContents{IDs: map[string]tree.ID{}, Vain: map[tree.ID]bool{}}
	if p.cache != "" {
		refs, err := p.mirror.Repo.Run(ctx, "for-each-ref", "--format=%(refname) %(objectname)")
		if err != nil {
			return fmt.Errorf("reading upstream's branches and tags: %w", err)
		}
		sum := sha256.Sum256([]byte(p.mirror.Repo.Dir()))
		kept.file = filepath.Join(p.cache, fmt.Sprintf("contents-%x", sum[:8]))
		state := fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%s\n%s", p.pin, refs)))
		var old keptContents
		if json.Unmarshal(mainline.ReadCache(kept.file), &old) == nil && old.State == state && old.IDs != nil &&
			old.Vain != nil && len(old.IDs)+len(old.Vain) < mostKept {
			kept.IDs, kept.Vain = old.IDs, old.Vain
		}
		kept.State = state
	}
	p.kept = kept
	return nil
}

// save writes the answers, if there are new ones.
func (p *pastContents) save() {
	if p.kept == nil || p.kept.file == "" || !p.kept.more {
		return
	}
	if data, err := json.Marshal(p.kept); err == nil {
		mainline.WriteCache(p.kept.file, string(data))
		p.kept.more = false
	}
}
