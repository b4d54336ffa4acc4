package git

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/howdah/howdah/internal/tree"
)

// TestRecentFiles: a file that is asked for again and again is kept, however many others are read meanwhile; of those
// only so many bytes.
func TestRecentFiles(t *testing.T) {
	var r recent
	often := []byte("often")
	r.put("often", often)
	const size = keptFiles / 8
	for i := range 100 {
		r.put(tree.ID(fmt.Sprint(i)), bytes.Repeat([]byte{'x'}, size))
		if got, ok := r.get("often"); !ok || !bytes.Equal(got, often) {
			t.Fatalf("after %d others it is %q, %v", i+1, got, ok)
		}
	}
	held := 0
	for _, files := range []map[tree.ID][]byte{r.fresh, r.last} {
		for _, data := range files {
			held += len(data)
		}
	}
	if held > 2*keptFiles || held < keptFiles {
		t.Errorf("%d bytes are kept of %d", held, 100*size)
	}
	if _, ok := r.get("0"); ok {
		t.Error("the oldest is still there")
	}
	if got, ok := r.get("99"); !ok || len(got) != size {
		t.Errorf("the last has %d bytes, %v", len(got), ok)
	}
}

// TestManyAtOnce: thousands of files and lengths are read as a few are, in order, with what is missing or no file among
// them, and the process that stays open goes on.
func TestManyAtOnce(t *testing.T) {
	repo, err := Init(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = repo.Close() }()
	var objects []tree.Object
	var ids []tree.ID
	for i := range 2 * manyAsked {
		objects = append(objects, tree.NewObject("blob", fmt.Appendf(nil, "%d\n%s", i, bytes.Repeat([]byte{'x'}, i))))
		ids = append(ids, objects[i].ID)
	}
	if err := repo.Write(t.Context(), objects); err != nil {
		t.Fatal(err)
	}
	if n, err := repo.ReadAheadFiles(t.Context(), ids[:10]); err != nil || n != 10 {
		t.Fatal(n, err)
	}
	if data, ok := repo.files.get(ids[3]); !ok || !bytes.Equal(data, objects[3].Data) {
		t.Errorf("read ahead: %q, %v", data, ok)
	}
	missing := tree.BlobID([]byte("nowhere"))
	for _, n := range []int{1, manyAsked - 1, manyAsked, 2 * manyAsked} {
		all, err := repo.Blobs(t.Context(), ids[:n])
		if err != nil || len(all) != n || !bytes.Equal(all[ids[n-1]], objects[n-1].Data) {
			t.Errorf("%d files: %d, %v", n, len(all), err)
		}
		some, err := repo.Blobs(t.Context(), append([]tree.ID{missing}, ids[:n]...))
		if !errors.Is(err, fs.ErrNotExist) || len(some) != n {
			t.Errorf("%d files and one that is missing: %d, %v", n, len(some), err)
		}
		sizes := map[tree.ID]int64{}
		lacks, err := repo.sizes(t.Context(), append([]tree.ID{missing}, ids[:n]...), sizes)
		if err != nil || len(lacks) != 1 || lacks[0] != missing || sizes[ids[n-1]] != int64(len(objects[n-1].Data)) {
			t.Errorf("%d lengths: %v are missing, %d found, %v", n, lacks, len(sizes), err)
		}
		if data, err := repo.Blob(t.Context(), ids[n/2]); err != nil || !bytes.Equal(data, objects[n/2].Data) {
			t.Errorf("one file after %d: %v", n, err)
		}
	}
}
