package transaction

import (
	"path/filepath"
	"testing"
)

// The same command, given again after a kill at any operation, finds the old files, or hears that it had ended and with
// which exit code. Only the last few operations, which remove that, leave nothing to know it by.
func TestAgain(t *testing.T) {
	before, after, _ := states(t)
	same := func(s site, step Step) Writer {
		w := s.writer(step)
		w.Run = "patch:save -force"
		return w
	}
	steps, removal := 0, 0
	s := newSite(t)
	if err := same(s, func(op, name string, act func() error) error {
		if steps++; op == "remove" && filepath.Base(name) == endedFile {
			removal = steps
		}
		return act()
	}).Write("patch:save", s.changes); err != nil || removal == 0 || steps-removal > 3 {
		t.Fatalf("%v: %d steps, the last name of the journal is removed at %d", err, steps, removal)
	}
	seen := map[string]int{}
	for n := 1; n <= steps; n++ {
		for _, done := range []bool{false, true} {
			for second, step := recoveries(n); ; second += step {
				s := newSite(t)
				_ = same(s, cutAt(n, done)).Write("patch:save", s.changes)
				count := 0
				inner, known := cutAt(second, done), n < removal || n == removal && !done
				_, _ = same(s, func(op, name string, act func() error) error {
					count++
					happens := count < second || count == second && done
					known = known && !(happens && op == "remove" && filepath.Base(name) == endedFile)
					return inner(op, name, act)
				}).Recover()
				got, err := same(s, nil).Recover()
				if err != nil {
					t.Fatalf("cut at %d (%v) and %d: %v", n, done, second, err)
				}
				now := s.look(t)
				old, fresh := differ(before, now) == "", differ(after, now) == ""
				switch {
				case old && (!got.Again || got.Undone):
					seen["old"]++
				case fresh && got.Again && !got.Undone && got.Exit == 3:
					seen["ended"]++
				case fresh && !known:
					seen["over"]++
				default:
					t.Fatalf("cut at %d (%v) of %d and %d: old %v, fresh %v, %+v", n, done, steps, second, old, fresh, got)
				}
				if second > count {
					break
				}
			}
		}
	}
	if seen["old"] < steps || seen["ended"] < 10 {
		t.Errorf("%v", seen)
	}
}

// Another command finishes what the first began; so does the same one where somebody has changed a file since.
func TestAgainChanged(t *testing.T) {
	for _, name := range []string{"series.lock", "patches/b.patch", "patches/a.patch"} {
		s := newSite(t)
		w := s.writer(nil)
		w.Run = "patch:save"
		if err := w.Put("patch:save", s.changes); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(s.root, name), "by hand")
		mine := s.look(t)["mine/"+name]
		got, err := w.Recover()
		if err != nil || got.Again || got.Command != "patch:save" {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if now := s.look(t)["mine/"+name]; now != mine {
			t.Errorf("%s: %s", name, now)
		}
	}
}
