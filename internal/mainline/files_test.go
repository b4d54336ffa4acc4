package mainline_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// TestKey has keys that the disk keeps: they are what they were, whichever other paths are watched, and each mode,
// content and path counts.
func TestKey(t *testing.T) {
	id := tree.BlobID
	files := mainline.Files{"b": {Mode: tree.Regular, ID: id([]byte("b"))},
		"a/c": {Mode: tree.Symlink, ID: id([]byte("c"))}}
	text := fmt.Sprintf("a/c\x00%o %s\x00b\x00%o %s\x00", tree.Symlink, id([]byte("c")), tree.Regular, id([]byte("b")))
	sum := sha256.Sum256([]byte(text))
	want := fmt.Sprintf("%x", sum[:16])
	if got := files.Key(); got != want {
		t.Errorf("the key is %s, want %s", got, want)
	}
	if got := files.KeyAmong([]string{"a", "a/c", "b", "d"}); got != want {
		t.Errorf("the key among more paths is %s, want %s", got, want)
	}
	keys := []string{want, mainline.Files{}.Key()}
	for _, other := range []mainline.Files{
		{"b": files["b"]},
		{"b": files["b"], "a/d": files["a/c"]},
		{"b": {Mode: tree.Executable, ID: files["b"].ID}, "a/c": files["a/c"]},
		{"b": {Mode: tree.Regular, ID: files["a/c"].ID}, "a/c": files["a/c"]},
	} {
		keys = append(keys, other.Key())
	}
	slices.Sort(keys)
	if len(slices.Compact(keys)) != 6 {
		t.Errorf("two states have one key: %q", keys)
	}
}
