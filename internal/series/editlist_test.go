package series

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestSetEdits(t *testing.T) {
	const head = "[[change]]\nname = \"x\"\nwhy  = \"w\"\nedit = "
	e := func(n int) Edit { return Edit{File: fmt.Sprint("f", n), Find: "a", Replace: "b", Count: 1} }
	const lines = `[ # all of them
  # the first
  { file = "f1",  find = "a", replace = "b" }, # one
  # two, at length
  # and breadth
  { file = "f2", find = "a", replace = "b" },

  # about nothing
  { file = "f3", find = "a", replace = "b" } # three
] # end
`
	for name, c := range map[string]struct {
		list string
		now  []Edit
		want string
	}{
		"none changed": {lines, []Edit{e(1), e(2), e(3)}, lines},
		"one fewer": {lines, []Edit{e(1), e(3)},
			strings.Replace(lines, "  # two, at length\n  # and breadth\n  { file = \"f2\", find = \"a\", replace = \"b\" },\n",
				"", 1)},
		"the first gone": {lines, []Edit{e(2), e(3)},
			strings.Replace(lines, "  # the first\n  { file = \"f1\",  find = \"a\", replace = \"b\" }, # one\n", "", 1)},
		"one other": {lines, []Edit{e(1), e(7), e(3)}, strings.Replace(lines, `"f2"`, `"f7"`, 1)},
		"one more, last": {lines, []Edit{e(1), e(2), e(3), e(4)},
			strings.Replace(lines, "} # three\n", "}, # three\n  { file = \"f4\", find = \"a\", replace = \"b\" },\n", 1)},
		"one more, first": {lines, []Edit{e(4), e(1), e(2), e(3)},
			strings.Replace(lines, "all of them\n", "all of them\n  { file = \"f4\", find = \"a\", replace = \"b\" },\n", 1)},
		"one more, within": {lines, []Edit{e(1), e(4), e(2), e(3)},
			strings.Replace(lines, "# one\n", "# one\n  { file = \"f4\", find = \"a\", replace = \"b\" },\n", 1)},
		"all other": {"[\n  { file = \"f1\", find = \"a\", replace = \"b\" }\n]\n", []Edit{e(8), e(9)},
			"[\n  { file = \"f8\", find = \"a\", replace = \"b\" },\n  { file = \"f9\", find = \"a\", replace = \"b\" },\n]\n"},
		"on one line": {"[ { file = \"f1\", find = \"a\", replace = \"b\" } ]\n", []Edit{e(1), e(2)},
			"[\n  { file = \"f1\", find = \"a\", replace = \"b\" },\n  { file = \"f2\", find = \"a\", replace = \"b\" },\n]\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := ParseDocument("series.toml", []byte(head+c.list))
			if err != nil {
				t.Fatal(err)
			}
			var old []Edit
			for i := range strings.Count(c.list, "{") {
				old = append(old, e(i+1))
			}
			if err := d.SetEdits(&Change{Name: "x", Kind: KindEdit, Edits: old}, c.now); err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimPrefix(string(d.Bytes()), head); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestSetEditsAny: for any two lists, the file has exactly the new list afterwards.
func TestSetEditsAny(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	some := func() []Edit {
		var out []Edit
		for range 1 + random.IntN(6) {
			out = append(out, Edit{File: "f", Find: fmt.Sprint(random.IntN(6)), Replace: "{ } [ ] # \" ,", Count: 1})
		}
		return out
	}
	for range 500 {
		old, now := some(), some()
		var list strings.Builder
		for i, e := range old {
			list.WriteString(strings.Repeat("# before\n", random.IntN(2)) + e.Text())
			if i < len(old)-1 || random.IntN(2) == 0 {
				list.WriteString(" ,")
			}
			list.WriteString(strings.Repeat(" # behind", random.IntN(2)) + "\n")
		}
		d,
			err := ParseDocument("series.toml", []byte("[[change]]\nname = \"x\"\nedit = [\n"+list.String()+"]\nwhy = \"w\"\n"))
		if err != nil {
			t.Fatal(err)
		}
		was := string(d.Bytes())
		if err := d.SetEdits(&Change{Name: "x", Kind: KindEdit, Edits: old}, now); err != nil {
			t.Fatalf("%v\n%s", err, was)
		}
		var got []string
		for _, v := range d.root.Get("change").Value.List[0].Get("edit").Value.List {
			got = append(got, v.Get("find").Value.Text)
		}
		if !slices.EqualFunc(got, now, func(s string, e Edit) bool { return s == e.Find }) {
			t.Fatalf("%v in the place of\n%s\n", now, was)
		}
	}
}
