package candidate

import (
	"context"
	"errors"
	"io/fs"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

// Facts are what upstream's tree says about itself.
type Facts struct {
	Tree       *tree.Tree
	Version    stamp.Version
	Schema     string   // the database's version, in digits; "" if there is none
	Migrations []string // the files of db/migrate and db/post_migrate, sorted
}

// factsOf reads the facts at the pin.
func factsOf(ctx context.Context, m *upstream.Mirror, pin upstream.Pin) (f Facts, err error) {
	if f.Tree, err = m.Repo.At(ctx, pin.Commit); err != nil {
		return f, err
	}
	file, err := f.Tree.ReadFile(ctx, stamp.VersionFile)
	if errors.Is(err, fs.ErrNotExist) {
		return f, fault.New(fault.Usage, "upstream %s at %s has no %s: is it Mastodon?", pin.URL, pin.Commit.Short(),
			stamp.VersionFile).
			WithHint("check [upstream] url")
	}
	if err != nil {
		return f, err
	}
	if f.Version, err = stamp.ParseUpstream(file.Data); err != nil {
		return f, err
	}
	if schema, err := f.Tree.ReadFile(ctx, stamp.SchemaFile); err == nil {
		f.Schema = stamp.ParseSchema(schema.Data)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	files, err := m.Files(ctx, f.Tree, stamp.MigrationFolders...)
	f.Migrations = stamp.Migrations(files)
	return f, err
}
