package tree_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/tree"
)

// folders are trees by their ids.
type folders map[tree.ID][]tree.Entry

func (f folders) Tree(_ context.Context, id tree.ID) ([]tree.Entry, error) { return f[id], nil }

func (f folders) Blob(context.Context, tree.ID) ([]byte, error) {
	return nil, errors.New("it is not read")
}

// of stores a folder of so many files, and of another folder so many times.
func (f folders) of(files int, below tree.ID, times int) tree.ID {
	var entries []tree.Entry
	for i := range files {
		entries = append(entries, tree.Entry{Name: fmt.Sprintf("f%06d", i), Mode: tree.Regular,
			ID: tree.ID(strings.Repeat("f", 40))})
	}
	for i := range times {
		entries = append(entries, tree.Entry{Name: fmt.Sprintf("d%06d", i), Mode: tree.Folder, ID: below})
	}
	slices.SortFunc(entries, func(a, b tree.Entry) int { return strings.Compare(a.Name, b.Name) })
	id := tree.ID(fmt.Sprintf("%040x", len(f)+1))
	f[id] = entries
	return id
}

// TestMostListed compares trees that differ in 200,000 files and folders, and in one more.
func TestMostListed(t *testing.T) {
	f := folders{}
	below := f.of(999, "", 0) // with itself it counts 1,000
	for more, want := range map[int]error{0: nil, 1: tree.ErrMany} {
		all := tree.At(f, f.of(1_000+more, below, 199))
		got, err := tree.CompareMost(t.Context(), tree.At(f, tree.Empty), all, tree.MaxListed)
		if !errors.Is(err, want) || err == nil && len(got) != 200_000-199 {
			t.Errorf("%d more than 200,000: %d files, %v; want %v", more, len(got), err, want)
		}
	}
}
