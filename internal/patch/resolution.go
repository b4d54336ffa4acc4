package patch

import "github.com/howdah/howdah/internal/tree"

// ResolutionKey names a conflict of one file: the blobs of base, ours (upstream's) and theirs (the change's).
type ResolutionKey struct{ Base, Ours, Theirs tree.ID }

// Resolutions are contents that somebody found for conflicts, by ResolutionKey.Name.
type Resolutions map[string][]byte
