package patch

import "context"

// Apply judges every change of the series, in order, on inputs' tree, and gives the patched tree.
func (s *Series) Apply(ctx context.Context, in Inputs) (*Result, error) { return nil, nil }

// Load reads folders of changes as one series. The error joins all that is wrong, each with its place; an unsafe or
// malformed change is no error but Refused.
func Load(folders []Folder) (*Series, error) { return nil, nil }

// Paths lists the paths that a change names, sorted. How it applies depends on nothing else of a tree but these, what
// their parent folders are, and files that a rename leads to.
func (c *Change) Paths(ctx context.Context, src Sources) ([]string, error) { return nil, nil }
