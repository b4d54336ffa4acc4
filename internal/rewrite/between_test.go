package rewrite

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// retaken is what a series of one change becomes when the file f of the tree, upstream's with the change, is committed
// with other content; "-" removes it, and more files may follow.
func retaken(t *testing.T, text, upstream string, after map[string]string) string {
	t.Helper()
	w := applytest.New(t, txtar.Parse([]byte("\n"+text+"-- upstream/f --\n"+upstream)))
	s, r, err := w.Apply(t)
	if err != nil {
		t.Fatal(err)
	}
	o := r.Outcomes[0]
	files := map[string]*tree.File{}
	for name, data := range after {
		files[name] = &tree.File{Mode: tree.Regular, Data: []byte(data)}
		if data == "-" {
			files[name] = nil
		}
	}
	head, err := o.After.With(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Between(t.Context(), apply.NewRun(s, w.In), o.Change, o.Before, head)
	if err != nil {
		return "error: " + err.Error()
	}
	if got == nil {
		return "as it was"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s", got.Kind)
	if got.Why != "" {
		fmt.Fprintf(&b, ", %s", got.Why)
	}
	b.WriteString("\n")
	for _, e := range got.Edits {
		b.WriteString(e.Text() + "\n")
	}
	b.Write(got.Patch)
	for _, name := range slices.Sorted(maps.Keys(got.Files)) {
		if f := got.Files[name]; f == nil {
			fmt.Fprintf(&b, "%s removed\n", name)
		} else {
			fmt.Fprintf(&b, "%s %s %q\n", name, f.Mode, f.Data)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got.Over)) {
		fmt.Fprintf(&b, "%s over %.8s\n", name, got.Over[name])
	}
	if got.Kind == series.KindEdit { // what is told is what is done
		like := *o.Change
		like.Edits = got.Edits
		if same, err := apply.NewRun(s, w.In).Leads(t.Context(), &like, o.Before, head); !same || err != nil {
			t.Errorf("these edits lead elsewhere: %v", err)
		}
	}
	return b.String()
}

const (
	edited = `-- patches/series.toml --
[[change]]
name = "x"
edit = [
  { file = "f", find = "MAX = 500", replace = "MAX = 512" },
  { file = "f", match = '^v(\d+)$', replace = "w$1" },
  { file = "f", find = "same", replace = "other", count = 2 },
]
`
	limits = "one\nMAX = 500\nthree\nv12\nfive\nsame\nseven\nsame\nnine\n" + ends
	ends   = "end\nend\nend\nend\nend\nend\nend\nend\nend\n"

	patched = `-- patches/series.toml --
[[change]]
name = "x"
patch = "x.patch"
-- patches/x.patch --
From: Somebody <s@localhost>
Subject: [PATCH] Two for one

Because.
---
 f | 2 +-
diff --git a/f b/f
--- a/f
+++ b/f
@@ -1,2 +1,2 @@
-one
+two
 MAX = 500
`
	overlaid = `-- patches/series.toml --
[[change]]
name = "x"
overlay = "x"
over = { "f" = "OVER" }
-- patches/overlays/x/f --
ours
-- patches/overlays/x/g --
new
`
)

func TestRetake(t *testing.T) {
	done := strings.NewReplacer("500", "512", "v12", "w12", "same", "other").Replace(limits)
	in := func(old, fresh string) map[string]string {
		return map[string]string{"f": strings.Replace(done, old, fresh, 1)}
	}
	const (
		first  = `{ file = "f", find = "MAX = 500", replace = "MAX = 512" }`
		second = `{ file = "f", match = '^v(\d+)$', replace = "w$1" }`
		third  = `{ file = "f", find = "same", replace = "other", count = 2 }`
	)
	over := strings.Replace(overlaid, "OVER", series.SHA256([]byte(limits)), 1)
	for name, tt := range map[string]struct {
		series, want string
		after        map[string]string
	}{
		"an edit as it was": {edited, "as it was", nil},
		"another replacement": {edited, "edit\n" + strings.Replace(first, "512", "1000", 1) + "\n" + second + "\n" +
			third + "\n", in("512", "1000")},
		"the line around it": {edited, "edit\n" + strings.Replace(first, "512", `512;\nmore`, 1) + "\n" + second +
			"\n" + third + "\n", in("MAX = 512", "MAX = 512;\nmore")},
		"an edit taken back": {edited, "edit\n" + second + "\n" + third + "\n", in("512", "500")},
		"a match with a group": {edited,
			"edit\n" + first + "\n" + third + "\n" + `{ file = "f", find = "v12\n", replace = "x12\n" }` + "\n",
			in("w12", "x12")},
		"one of two": {edited,
			"edit\n" + first + "\n" + second + "\n" +
				`{ file = "f", find = "five\nsame\nseven\n", replace = "five\nsecond\nseven\n" }` + "\n" +
				`{ file = "f", find = "same\n", replace = "other\n" }` + "\n", in("other", "second")},
		"both of two": {edited, "edit\n" + first + "\n" + second + "\n" + strings.Replace(third, "other",
			"second", 1) + "\n", map[string]string{"f": strings.ReplaceAll(done, "other", "second")}},
		"something else": {edited, "edit\n" + first + "\n" + second + "\n" + third + "\n" +
			`{ file = "f", find = "nine\n", replace = "9\n" }` + "\n", in("nine", "9")},
		"what stands there twice": {edited, "patch, every text around the lines changed in f is in it more than once",
			in(ends, ends[:16]+"END\n"+ends[20:])},
		"a new file beside edits": {edited, "patch, edits neither make nor remove new", map[string]string{"new": "file\n"}},
		"a patch's mail stays": {patched,
			"patch\nFrom: Somebody <s@localhost>\nSubject: [PATCH] Two for one\n\nBecause.\n---\n f | 2 +-\ndiff --git",
			map[string]string{"f": "2\n" + strings.TrimPrefix(limits, "one\n")}},
		"an overlay's file":        {over, "overlay\nf 100644 \"mine\\n\"\n", map[string]string{"f": "mine\n"}},
		"an overlay's file, gone":  {over, "overlay\ng removed\n", map[string]string{"g": "-"}},
		"one more in an overlay":   {over, "overlay\nh/i 100644 \"more\\n\"\n", map[string]string{"h/i": "more\n"}},
		"upstream's file, removed": {over, "patch, whole files do not remove f", map[string]string{"f": "-"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := retaken(t, tt.series, limits, tt.after)
			if whole := got == tt.want; !whole && (!strings.HasPrefix(tt.want, "patch") || !strings.HasPrefix(got, tt.want)) {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

// FuzzRetake makes edits of any two texts; they lead from one to the other, or there are none.
func FuzzRetake(f *testing.F) {
	f.Add(limits, limits, "500", "512", 1)
	f.Add(limits, strings.Replace(limits, "same", "other\nlines", 1), "same", "other", 2)
	f.Add("a\na\na", "a\nb\na\n", "a", "b", 3)
	f.Add("", "x", "x", "", 1)
	f.Fuzz(func(t *testing.T, old, fresh, find, replace string, times int) {
		e := series.Edit{File: "f", Find: find, Replace: replace, Count: times}
		if e.Check() != nil || times < 1 || len(old)+len(fresh) > 4096 {
			t.Skip()
		}
		kept, state := adjustEdits([]series.Edit{e}, "f", []byte(old), []byte(fresh))
		now := []byte(old)
		if e, ok := kept[0]; ok {
			spans := e.Spans(now)
			if len(spans) != times {
				t.Fatalf("%+v is found %d times", e, len(spans))
			}
			now = e.ReplaceAt(now, spans)
		}
		if string(now) != string(state) {
			t.Fatalf("%+v makes %q, told is %q", kept[0], now, state)
		}
		more := LiteralEdits("f", state, []byte(fresh), math.MaxInt)
		for _, e := range more {
			spans := e.Spans(now)
			if len(spans) != 1 {
				t.Fatalf("%+v is found %d times", e, len(spans))
			}
			now = e.ReplaceAt(now, spans)
		}
		if more != nil && string(now) != fresh {
			t.Fatalf("the edits make %q, want %q", now, fresh)
		}
	})
}
