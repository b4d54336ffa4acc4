package apply_test

import (
	"context"
	"fmt"
	"io/fs"
	"testing/fstest"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// bare is a repository without objects.
type bare struct{}

func (bare) Tree(context.Context, tree.ID) ([]tree.Entry, error) { return nil, nil }
func (bare) Blob(context.Context, tree.ID) ([]byte, error)       { return nil, fs.ErrNotExist }

// A series of two changes on a tree of one file: one fits, the other finds nothing to replace.
func ExampleApply() {
	ctx := context.Background()
	base, err := tree.At(bare{}, tree.Empty).With(ctx, map[string]*tree.File{
		"limit.rb": {Mode: tree.Regular, Data: []byte("MAX = 500\n")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := series.Load([]series.Folder{{Name: "patches", FS: fstest.MapFS{"series.toml": {Data: []byte(`
[[change]]
name = "longer"
edit = [ { file = "limit.rb", find = "500", replace = "512" } ]

[[change]]
name = "shorter"
edit = [ { file = "limit.rb", find = "MIN = 3", replace = "MIN = 1" } ]
`)}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := apply.Apply(ctx, s, apply.Inputs{Base: base})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range result.Outcomes {
		fmt.Println(o.Change.Name, o.Verdict)
	}
	file, err := result.Outcomes[0].After.ReadFile(ctx, "limit.rb")
	fmt.Printf("%s%v\n", file.Data, err)
	// Output:
	// longer clean
	// shorter count
	// MAX = 512
	// <nil>
}
