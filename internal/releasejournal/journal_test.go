package releasejournal

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

func TestJournalOnAFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("skipped: there is no /dev/full")
	}
	j := &Journal{file: full}
	defer j.Close()
	if err := j.Add(Entry{Step: Planned}); err == nil || !strings.Contains(fault.HintOf(err).String(), "cache:prune") {
		t.Errorf("%v, hint %q", err, fault.HintOf(err).String())
	}
}

func TestJournal(t *testing.T) {
	dir := t.TempDir()
	j, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []Entry{{Step: Planned, Tag: "a"}, {Step: Uploaded, Tag: "a", Registry: "r"},
		{Step: Moved, Tag: "a", Name: "edge"}} {
		if err := j.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	j.Close()
	path := filepath.Join(dir, "journal")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	lines = lines[:len(lines)-1]
	open := func(data []byte) []Entry {
		t.Helper()
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		j, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		n := len(j.Entries)
		if err := j.Add(Entry{Step: Failed, Tag: "a"}); err != nil {
			t.Fatal(err)
		}
		again, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if len(again.Entries) != n+1 {
			t.Errorf("%d entries after writing to %d", len(again.Entries), n)
		}
		return again.Entries[:n]
	}
	for cut := 0; cut <= len(data); cut++ {
		if cut > 40 && cut < len(data)-90 && cut%7 != 0 {
			continue // every line is cut in many places; all of the first and the last are
		}
		want, at := 0, 0
		for i, l := range lines {
			if at += len(l); cut >= at && i > 0 {
				want = i
			}
		}
		if got := open(data[:cut]); len(got) != want {
			t.Errorf("cut at %d: %d entries, want %d", cut, len(got), want)
		}
	}
	for at := 0; at < len(data); at += 3 {
		flipped := bytes.Clone(data)
		flipped[at] ^= 1
		if at == len(format)-1 && bytes.HasPrefix(flipped, []byte("howdah journal ")) {
			continue // another format, which is refused below
		}
		got := open(flipped)
		for i, e := range got {
			if want := j.Entries[i]; e.Step != want.Step || e.Tag != want.Tag || e.Name != want.Name ||
				e.Registry != want.Registry {
				t.Errorf("flipped at %d: entry %d is %+v", at, i, e)
			}
		}
	}
	if err := os.WriteFile(path, []byte("howdah journal 2\nx\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); fault.CodeOf(err) != fault.Usage {
		t.Errorf("a newer journal: %v", err)
	}
}
