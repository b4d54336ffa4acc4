package transaction

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/fault"
)

// TestMain keeps the thousands of small files in memory, where the system has a file system of it.
func TestMain(m *testing.M) {
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); err == nil && info.IsDir() {
		_ = os.Setenv("TMPDIR", memory)
	}
	os.Exit(m.Run())
}

// site is a distribution with a folder of changes of its own and a shared one beside it.
type site struct {
	root, shared string
	changes      []Change
}

func newSite(t *testing.T) site {
	t.Helper()
	top := t.TempDir()
	s := site{root: filepath.Join(top, "mine"), shared: filepath.Join(top, "shared", "patches")}
	for name, text := range map[string]string{
		"mine/howdah.toml": "name", "mine/series.lock": "old lock", "mine/patches/series.toml": "old",
		"mine/patches/a.patch": "a", "mine/patches/overlays/x/y/z": "z", "mine/patches/run.sh": "sh",
		"shared/patches/series.toml": "shared",
	} {
		put(t, filepath.Join(top, name), text)
	}
	in := func(name string) string { return filepath.Join(s.root, name) }
	s.changes = []Change{
		{Path: in("patches/a.patch")},
		{Path: in("patches/b.patch"), Data: []byte("b")},
		{Path: in("patches/overlays/x/y/z")},
		{Path: in("patches/overlays/n/m/file"), Data: []byte("file"), Mode: 0o755},
		{Path: in("patches/run.sh"), Data: []byte("sh"), Mode: 0o755},
		{Path: in("patches/series.toml"), Data: []byte("new")},
		{Path: in("series.lock"), Data: []byte("new lock")},
		{Path: in("watch.lock"), Data: []byte{}},
		{Path: filepath.Join(s.shared, "series.toml"), Data: []byte("shared anew")},
	}
	return s
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func (s site) writer(step Step) Writer {
	if step == nil {
		step = func(op, _ string, act func() error) error {
			if op == "sync" {
				return nil // the machine stays up
			}
			return act()
		}
	}
	return Writer{Places: []string{s.root, filepath.Join(s.root, "patches"), s.shared}, Step: step}
}

// Write writes and ends.
func (w Writer) Write(command string, changes []Change) error {
	if err := w.Put(command, changes); err != nil {
		return err
	}
	return w.End(3)
}

// look is every file and folder with its mode and content.
func (s site) look(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	top := filepath.Dir(s.root)
	err := filepath.WalkDir(top, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		data := []byte(nil)
		if info.Mode().IsRegular() {
			data, err = os.ReadFile(name)
		}
		rel, _ := filepath.Rel(top, name)
		all[rel] = fmt.Sprintf("%v %q", info.Mode(), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// differ names a file that two looks do not have alike.
func differ(a, b map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if a[name] != b[name] {
			return fmt.Sprintf("%s: %s and %s", name, a[name], b[name])
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			return fmt.Sprintf("%s: only in one", name)
		}
	}
	return ""
}

// states are the two that are allowed: before, and after.
func states(t *testing.T) (before, after map[string]string, steps int) {
	t.Helper()
	s := newSite(t)
	before = s.look(t)
	if err := s.writer(func(_, _ string, act func() error) error { steps++; return act() }).
		Write("patch:save", s.changes); err != nil {
		t.Fatal(err)
	}
	after = s.look(t)
	if d := differ(before, after); d == "" || steps < 40 {
		t.Fatalf("%d steps, %q", steps, d)
	}
	if strings.Contains(fmt.Sprint(after), Staging) {
		t.Fatalf("something is left: %v", after)
	}
	return before, after, steps
}

var errCut = errors.New("killed")

// cutAt ends everything at step n: before it is done, or just after.
func cutAt(n int, done bool) Step {
	at := 0
	return func(op, _ string, act func() error) error {
		at++
		if op == "sync" {
			act = func() error { return nil } // the machine stays up
		}
		if at < n || at == n && done {
			if err := act(); err != nil || at < n {
				return err
			}
		}
		return errCut
	}
}

// recoveries are the operations of a recovery at which it is cut off as well, after a first cut: each ninth, or with
// -short a third of these, others for each first cut.
func recoveries(first int) (begin, step int) {
	if testing.Short() {
		return 1 + first%3*9, 3 * 9
	}
	return 1, 9
}

// Killed at every operation, before and after it, and killed again at operations of the recovery: the next one leads to
// the old files or to the new ones. With -short it is each fourth operation.
func TestCut(t *testing.T) {
	before, after, steps := states(t)
	seen, each := map[bool]int{}, 1
	if testing.Short() {
		each = 4
	}
	for n := 1; n <= steps; n += each {
		for _, done := range []bool{false, true} {
			for second, step := recoveries(n); ; second += step {
				s := newSite(t)
				_ = s.writer(cutAt(n, done)).Write("patch:save", s.changes)
				count := 0
				inner := cutAt(second, done)
				_, _ = s.writer(func(op, name string, act func() error) error { count++; return inner(op, name, act) }).Recover()
				if _, err := s.writer(nil).Recover(); err != nil {
					t.Fatalf("cut at %d and %d: %v", n, second, err)
				}
				now := s.look(t)
				old, fresh := differ(before, now), differ(after, now)
				if old != "" && fresh != "" {
					t.Fatalf("cut at %d (%v) and %d: neither the old files (%s) nor the new ones (%s)", n, done, second, old, fresh)
				}
				seen[fresh == ""]++
				if second > count {
					break
				}
			}
		}
	}
	if seen[true] < steps/each || seen[false] < steps/each {
		t.Errorf("finished %d, taken back %d", seen[true], seen[false])
	}
}

// refuseAt makes one operation fail, or all from there on of the same kind.
func refuseAt(n int, with error, lasting bool) Step {
	at, kind := 0, ""
	return func(op, _ string, act func() error) error {
		if at++; at == n {
			kind = op
		}
		if op == "sync" {
			act = func() error { return nil }
		}
		if at == n || lasting && at > n && op == kind {
			return &fs.PathError{Op: op, Path: "temporary", Err: with}
		}
		return act()
	}
}

// A disk that refuses an operation, once or from then on, leaves everything as it was, or what the next command mends.
// With -short it is each third operation, others for the second error.
func TestRefused(t *testing.T) {
	before, after, steps := states(t)
	undone, each := 0, 1
	if testing.Short() {
		each = 3
	}
	for i, with := range []error{syscall.ENOSPC, syscall.EACCES} {
		for n := 1 + i; n <= steps; n += each {
			for _, lasting := range []bool{false, true} {
				s := newSite(t)
				err := s.writer(refuseAt(n, with, lasting)).Write("patch:save", s.changes)
				now := s.look(t)
				switch {
				case err == nil && !s.writer(nil).Left():
					if d := differ(after, now); d != "" { // an operation that does not matter, such as the removal of an empty folder
						t.Fatalf("%v at %d: no error, and %s", with, n, d)
					}
				case err != nil && !errors.Is(err, with):
					t.Fatalf("%v at %d: %v", with, n, err)
				case err != nil && !s.writer(nil).Left():
					if d := differ(before, now); d != "" {
						t.Fatalf("%v at %d: an error, and not as before: %s", with, n, d)
					}
					undone++
				}
				if err != nil && (fault.HintOf(err).String() == "" && with != syscall.EIO ||
					strings.Contains(err.Error(), "temporary")) {
					t.Errorf("%v at %d: %v, hint %q", with, n, err, fault.HintOf(err))
				}
				if _, err := s.writer(nil).Recover(); err != nil {
					t.Fatalf("%v at %d: %v", with, n, err)
				}
				now = s.look(t)
				if old, fresh := differ(before, now), differ(after, now); old != "" && fresh != "" {
					t.Fatalf("%v at %d (%v): neither the old files (%s) nor the new ones (%s)", with, n, lasting, old, fresh)
				}
			}
		}
	}
	if undone < steps/each {
		t.Errorf("only %d were taken back at once", undone)
	}
}

// committed is a site that was killed just after its journal was in place.
func committed(t *testing.T) site {
	t.Helper()
	s := newSite(t)
	cut := false
	_ = s.writer(func(op, name string, act func() error) error {
		if cut {
			return errCut
		}
		err := act()
		cut = op == "rename" && filepath.Base(name) == journalFile
		return err
	}).Write("patch:save", s.changes)
	if !s.writer(nil).Pending() {
		t.Fatal("no journal")
	}
	return s
}

// What somebody wrote by hand after the kill is never lost: the transaction is taken back.
func TestChangedSince(t *testing.T) {
	for _, name := range []string{"patches/series.toml", "patches/a.patch", "patches/b.patch", "series.lock"} {
		s := committed(t)
		before := s.look(t)
		put(t, filepath.Join(s.root, name), "by hand")
		got, err := s.writer(nil).Recover()
		if err != nil || !got.Undone || got.Command != "patch:save" || !strings.Contains(got.Why, "changed since") {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		now := s.look(t)
		if !strings.Contains(now["mine/"+name], "by hand") {
			t.Errorf("%s is lost: %s", name, now["mine/"+name])
		}
		delete(now, "mine/"+name)
		delete(before, "mine/"+name)
		maps.DeleteFunc(before, func(name, _ string) bool { return strings.Contains(name, Staging) })
		if d := differ(before, now); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// A prepared file that is damaged is not put in place.
func TestDamagedFile(t *testing.T) {
	s := committed(t)
	for _, name := range []string{s.root, filepath.Join(s.root, "patches")} {
		left, err := filepath.Glob(filepath.Join(name, Staging+"*", "*"+newKind))
		if err != nil || len(left) == 0 {
			t.Fatal(left, err)
		}
		for _, file := range left {
			if err := os.Truncate(file, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, err := s.writer(nil).Recover(); err != nil || !got.Undone {
		t.Fatalf("%+v, %v", got, err)
	}
	before, _, _ := states(t)
	if d := differ(before, s.look(t)); d != "" {
		t.Error(d)
	}
}

// A distribution that was moved after the kill is finished where it is now.
func TestMoved(t *testing.T) {
	s := committed(t)
	to := filepath.Join(filepath.Dir(s.root), "yours")
	if err := os.Rename(s.root, to); err != nil {
		t.Fatal(err)
	}
	s.root = to
	if got, err := s.writer(nil).Recover(); err != nil || got.Undone || len(got.Files) != len(s.changes) {
		t.Fatalf("%+v, %v", got, err)
	}
	_, after, _ := states(t)
	now := map[string]string{}
	for name, text := range s.look(t) {
		now[strings.Replace(name, "yours", "mine", 1)] = text
	}
	if d := differ(after, now); d != "" {
		t.Error(d)
	}
}

// A journal that came with a commit, with whatever in it, does nothing: git gives files the present time.
func TestForeignJournal(t *testing.T) {
	hostile := func(s site, place, path, stage string) string {
		return fmt.Sprintf(`{"version":1,"command":"x","operations":[{"place":%q,"path":%q,"stage":%q,"new":%q,"mode":420}]}`,
			place, path, stage, sum([]byte("evil")))
	}
	for _, c := range []struct {
		what         string
		place, path  string
		stage, cause string
		marked       bool // it has the date of one of ours: a last line of defence
	}{
		{"from a commit", ".", "howdah.toml", Staging + "/0", "not written by Howdah here", false},
		{"out of the folder", ".", "../outside", Staging + "/0", "does not belong to the distribution", true},
		{"an absolute path", ".", "/tmp/outside", Staging + "/0", "does not belong to the distribution", true},
		{"the folder itself", ".", ".", Staging + "/0", "does not belong to the distribution", true},
		{"a stage elsewhere", ".", "howdah.toml", "patches/0", "does not belong to the distribution", true},
		{"a stage out of the folder", ".", "howdah.toml", "../0", "does not belong to the distribution", true},
		{"an unknown place", "..", "outside", Staging + "/0", "does not name any more", true},
		{"through a link", ".", "link/outside", Staging + "/0", "", true},
	} {
		s := newSite(t)
		outside := filepath.Join(filepath.Dir(s.root), "outside-folder")
		if err := errors.Join(os.Mkdir(outside, 0o755), os.Symlink(outside, filepath.Join(s.root, "link"))); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(s.root, Staging, journalFile), hostile(s, c.place, c.path, c.stage))
		put(t, filepath.Join(s.root, Staging, "0"+newKind), "evil")
		put(t, filepath.Join(s.root, "patches", "0"+newKind), "evil")
		put(t, filepath.Join(s.root, "..", "0"+newKind), "evil")
		if c.marked {
			if err := os.Chtimes(filepath.Join(s.root, Staging, journalFile), mark, mark); err != nil {
				t.Fatal(err)
			}
		}
		before := s.look(t)
		got, err := s.writer(nil).Recover()
		if c.cause == "" { // taken back at most
			if entries, _ := os.ReadDir(outside); len(entries) > 0 || err == nil && !got.Undone {
				t.Errorf("%s: %+v, %v, %v", c.what, got, err, entries)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.cause) || fault.CodeOf(err) != fault.Usage {
			t.Errorf("%s: %v", c.what, err)
		}
		if d := differ(before, s.look(t)); d != "" {
			t.Errorf("%s: %s", c.what, d)
		}
	}
}

// What is in the way, damaged, or too much to read, is an error that names it.
func TestBadJournal(t *testing.T) {
	for what, make := range map[string]func(dir string) error{
		"a file":           func(dir string) error { return os.WriteFile(dir, nil, 0o644) },
		"a link":           func(dir string) error { return os.Symlink("patches", dir) },
		"a link elsewhere": func(dir string) error { return os.Symlink("/", dir) },
		"an empty journal": func(dir string) error { return journalOf(dir, "") },
		"half a journal":   func(dir string) error { return journalOf(dir, `{"version":1,`) },
		"another version":  func(dir string) error { return journalOf(dir, `{"version":9}`) },
		"too much":         func(dir string) error { return journalOf(dir, strings.Repeat(" ", maxJournal+1)) },
		"a pipe": func(dir string) error {
			return errors.Join(os.Mkdir(dir, 0o755), syscall.Mkfifo(filepath.Join(dir, journalFile), 0o644))
		},
		"a journal that is a folder": func(dir string) error { return os.MkdirAll(filepath.Join(dir, journalFile), 0o755) },
		"a journal that is a link": func(dir string) error {
			return errors.Join(os.Mkdir(dir, 0o755), os.Symlink("/dev/zero", filepath.Join(dir, journalFile)))
		},
	} {
		s := newSite(t)
		if err := make(filepath.Join(s.root, Staging)); err != nil {
			t.Fatal(what, err)
		}
		_, err := s.writer(nil).Recover()
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Code != fault.Usage || !strings.HasPrefix(f.Error(), Staging) || strings.Contains(f.Error(), s.root) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func journalOf(dir, text string) error {
	name := filepath.Join(dir, journalFile)
	return errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(name, []byte(text), 0o644), os.Chtimes(name, time.Time{}, mark))
}

// A folder where a file is to be is found before anything is written; another's files in the staging folder stay.
func TestInTheWay(t *testing.T) {
	s := newSite(t)
	if err := errors.Join(os.Remove(filepath.Join(s.root, "series.lock")),
		os.Mkdir(filepath.Join(s.root, "series.lock"), 0o755)); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(s.root, Staging, "notes.txt"), "mine")
	before := s.look(t)
	err := s.writer(nil).Write("patch:save", s.changes)
	if fault.CodeOf(err) != fault.Usage || err.Error() != "series.lock: expected a file, found a folder" {
		t.Errorf("%v", err)
	}
	if _, err := s.writer(nil).Recover(); err != nil {
		t.Error(err)
	}
	if d := differ(before, s.look(t)); d != "" {
		t.Error(d)
	}
}
