package series

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

func TestMendLock(t *testing.T) {
	at := func(c string) tree.ID { return tree.ID(strings.Repeat(c, 40)) }
	sum := func(c string) string { return strings.Repeat(c, 64) }
	head := "# comment\n\n<<<<<<< HEAD\nupstream = \"" + string(at("a")) + "\"\n||||||| base\nupstream = \"" +
		string(at("c")) +
		"\"\n=======\nupstream = \"" + string(at("b")) + "\"\n>>>>>>> theirs\n"
	entry := func(name, sum string) string {
		return "\n[[change]]\nname = \"" + name + "\"\nsha256 = \"" + sum + "\"\n"
	}
	data := head + entry("same", sum("1")) + "\n<<<<<<< HEAD\n" + entry("mine", sum("2")) + entry("both", sum("3")) +
		"=======\r\n" + entry("both", sum("4")) + entry("yours", sum("5")) + ">>>>>>> theirs"
	_, err := ParseLock("series.lock", []byte(data))
	if fault.CodeOf(err) != fault.Usage || err.Error() != "series.lock:3: the file holds merge conflict markers" {
		t.Errorf("%v", err)
	}
	lock := MendLock("series.lock", []byte(data))
	if lock == nil || lock.Commit != at("a") || len(lock.Changes) != 5 {
		t.Fatalf("%+v", lock)
	}
	for _, want := range []struct {
		change Change
		commit tree.ID
		sum    string
	}{
		{Change{Name: "same", Sum: sum("1")}, at("a"), sum("1")},
		{Change{Name: "mine", Sum: sum("2")}, at("a"), sum("2")},
		{Change{Name: "both", Sum: sum("3")}, at("a"), sum("3")},
		{Change{Name: "both", Sum: sum("4")}, at("b"), sum("4")},
		{Change{Name: "both", Sum: sum("9")}, at("a"), sum("3")}, // neither side has this content: ours
		{Change{Name: "yours", Sum: sum("5")}, at("b"), sum("5")},
	} {
		if e := lock.Entry(&want.change); e == nil || e.Sum != want.sum || lock.CommitOf(&want.change) != want.commit {
			t.Errorf("%s %s: %+v", want.change.Name, want.change.Sum[:1], e)
		}
	}
	for _, c := range []struct{ what, data, message string }{
		{"empty", "", `series.lock:1: "upstream" is missing`},
		{"white", " \n\n", `series.lock:1: "upstream" is missing`},
		{"half", string([]byte(head)[:40]), "series.lock:3: the file holds merge conflict markers"},
		{"no upstream", "# nothing\n", `series.lock:1: "upstream" is missing`},
		{"another version", "version = 2\nupstream = \"" + string(at("a")) + "\"\n", `series.lock:1: unknown key "version"`},
		{"other text", "{\"json\": true}\n", "series.lock:1: "},
		{"bytes", "\x00\xff", "series.lock"},
	} {
		if _, err := ParseLock("series.lock", []byte(c.data)); fault.CodeOf(err) != fault.Usage ||
			!strings.HasPrefix(err.Error(), c.message) {
			t.Errorf("%s: %v", c.what, err)
		}
		if lock := MendLock("series.lock", []byte(c.data)); lock != nil {
			t.Errorf("%s: %+v", c.what, lock)
		}
	}
}
