package diff_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// sides are three versions of a file of the size that a series touches: 250 lines, about 8 KiB.
func threeSides() (base, ours, theirs []byte) {
	var lines [][]byte
	for i := range 250 {
		lines = append(lines, fmt.Appendf(nil, "  const value%d = compute(%d, options);\n", i%190, i%17))
	}
	change := func(at ...int) []byte {
		out := append([][]byte(nil), lines...)
		for _, i := range at {
			out[i] = []byte("  another(line);\n")
		}
		return bytes.Join(out, nil)
	}
	return bytes.Join(lines, nil), change(10, 11, 100, 180), change(40, 140, 230)
}

func BenchmarkMerge(b *testing.B) {
	base, ours, theirs := threeSides()
	b.SetBytes(int64(len(base)))
	b.ReportAllocs()
	for b.Loop() {
		if _, conflicts := diff.Merge(base, ours, theirs); len(conflicts) > 0 {
			b.Fatal(conflicts)
		}
	}
}

func BenchmarkDiff(b *testing.B) {
	base, ours, _ := threeSides()
	b.SetBytes(int64(len(base)))
	b.ReportAllocs()
	for b.Loop() {
		if len(diff.Diff(base, ours)) == 0 {
			b.Fatal("no hunks")
		}
	}
}

func BenchmarkApply(b *testing.B) {
	base, ours, theirs := threeSides()
	file := diff.Texts("f", base, ours)
	b.SetBytes(int64(len(base)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := file.Apply(theirs); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	base, ours, _ := threeSides()
	text := bytes.Repeat(diff.Format([]*diff.File{diff.Texts("f", base, ours)}), 100)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := diff.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPatchID(b *testing.B) {
	base, ours, _ := threeSides()
	files := []*diff.File{diff.Texts("f", base, ours)}
	b.ReportAllocs()
	for b.Loop() {
		diff.PatchID(files)
	}
}
