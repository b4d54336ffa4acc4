package gitcommand

import (
	"context"

	"github.com/howdah/howdah/internal/importer"
)

// mails splits a mailbox.
func mails(ctx context.Context, name string, data []byte) ([][]byte, error) {
	im, err := importer.Source{}.Mailbox(ctx, name, data)
	if err != nil {
		return nil, err
	}
	if err := im.Refused(); err != nil {
		return nil, err
	}
	var out [][]byte
	for _, c := range im.Changes {
		out = append(out, c.Patch.Data)
	}
	return out, nil
}
