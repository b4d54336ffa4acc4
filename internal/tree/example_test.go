package tree_test

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/howdah/howdah/internal/tree"
)

// nothing is a repository without objects.
type nothing struct{}

func (nothing) Tree(context.Context, tree.ID) ([]tree.Entry, error) { return nil, nil }
func (nothing) Blob(context.Context, tree.ID) ([]byte, error)       { return nil, fs.ErrNotExist }

// A tree with one more file is a new tree; its id is the one that git gives it.
func ExampleTree_With() {
	ctx := context.Background()
	before := tree.At(nothing{}, tree.Empty)
	after, err := before.With(ctx, map[string]*tree.File{
		"docs/hello.txt": {Mode: tree.Regular, Data: []byte("hello\n")},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(before.Root().Short(), after.Root().Short(), after.Changed())
	// Output: 4b825dc64 5e6894cbe [docs/hello.txt]
}
