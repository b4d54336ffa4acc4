package schedule

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func date(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func window(t *testing.T, from, until string) Window {
	t.Helper()
	f, err := ParseDay(from)
	if err != nil {
		t.Fatal(err)
	}
	u, err := ParseDay(until)
	if err != nil {
		t.Fatal(err)
	}
	return Window{f, u}
}

func TestWindow(t *testing.T) {
	for _, tt := range []struct {
		from, until string
		in, out     []string
	}{
		{"06-01", "06-30", []string{"2026-06-01", "2026-06-30", "2030-06-15"}, []string{"2026-05-31", "2026-07-01"}},
		{"12-20", "01-06", []string{"2026-12-20", "2026-12-31", "2027-01-01", "2027-01-06"},
			[]string{"2026-12-19", "2027-01-07", "2026-06-01"}},
		{"02-29", "02-29", []string{"2028-02-29", "2026-02-28"}, []string{"2028-02-28", "2026-03-01", "2026-02-27"}},
		{"02-01", "02-29", []string{"2026-02-28", "2028-02-29"}, []string{"2026-03-01", "2028-03-01"}},
		{"02-29", "03-01", []string{"2026-02-28", "2028-02-29"}, []string{"2028-02-28"}},
		{"2026-12-20", "2027-01-06", []string{"2026-12-20", "2027-01-06"},
			[]string{"2025-12-25", "2027-12-25", "2027-01-07"}},
		{"06-05", "06-05", []string{"2026-06-05"}, []string{"2026-06-04", "2026-06-06"}},
	} {
		w := window(t, tt.from, tt.until)
		for _, s := range tt.in {
			if !w.Contains(date(t, s)) {
				t.Errorf("%s is not in %s", s, w)
			}
		}
		for _, s := range tt.out {
			if w.Contains(date(t, s)) {
				t.Errorf("%s is in %s", s, w)
			}
		}
	}
}

// TestWindowZone counts the day where the distribution is, not at Greenwich.
func TestWindowZone(t *testing.T) {
	w := window(t, "06-01", "06-30")
	late := time.Date(2026, 6, 30, 23, 30, 0, 0, time.FixedZone("", 10*3600))
	if !w.Contains(late) || w.Contains(late.Add(time.Hour)) {
		t.Error("the end of June is not where the zone has it")
	}
	if !w.Contains(time.Time{}) || !(Window{}).Contains(late) {
		t.Error("no day, and no window, are not inside")
	}
}

func TestWindowNext(t *testing.T) {
	for _, tt := range []struct{ from, until, at, next string }{
		{"06-01", "06-30", "2026-05-01", "2026-06-01"},
		{"06-01", "06-30", "2026-06-01", "2026-07-01"},
		{"12-20", "01-06", "2026-12-25", "2027-01-07"},
		{"2026-06-01", "2026-06-30", "2026-01-01", "2026-06-01"},
		{"2026-06-01", "2026-06-30", "2026-06-30", "2026-07-01"},
		{"02-29", "02-29", "2026-03-02", "2027-02-28"},
	} {
		if got := window(t, tt.from, tt.until).Next(date(t, tt.at)); got.Format(time.DateOnly) != tt.next {
			t.Errorf("%s to %s after %s: %s, want %s", tt.from, tt.until, tt.at, got.Format(time.DateOnly), tt.next)
		}
	}
	if got := window(t, "2025-06-01", "2025-06-30").Next(date(t, "2026-01-01")); !got.IsZero() {
		t.Errorf("a window that is over opens on %s", got)
	}
	if got := window(t, "01-01", "12-31").Next(date(t, "2026-01-01")); !got.IsZero() {
		t.Errorf("the whole year opens on %s", got)
	}
}

func TestDay(t *testing.T) {
	for _, s := range []string{"", "6-1", "06-31", "2026-02-29", "13-01", "00-10", "2026-06", "06-01 ", "2026-6-1",
		"+026-06-01", "０６-01"} {
		if d, err := ParseDay(s); err == nil {
			t.Errorf("%q is the day %s", s, d)
		}
	}
	for _, s := range []string{"06-01", "02-29", "2028-02-29", "2026-12-31"} {
		if d, err := ParseDay(s); err != nil || d.String() != s {
			t.Errorf("%q is %s, %v", s, d, err)
		}
	}
}

func TestVersions(t *testing.T) {
	for _, tt := range []struct {
		of      string
		in, out []string
	}{
		{">= 4.6", []string{"4.6.0-alpha.7", "4.6.0", "4.6.1+x", "5.0.0"}, []string{"4.5.9", "4.5.0-rc.1"}},
		{">= 4.5, < 4.7", []string{"4.5.0", "4.6.9"}, []string{"4.7.0-alpha.1", "4.4.9"}},
		{"= 4.6.0", []string{"4.6.0-beta.1"}, []string{"4.6.1"}},
		{"~> 4.5", []string{"4.5.0", "4.9.0"}, []string{"5.0.0", "4.4.0"}},
		{"!= 4.5.1", []string{"4.5.0"}, []string{"4.5.1-rc.1"}},
		{"", []string{"4.5.1"}, nil},
	} {
		var v Versions
		if tt.of != "" {
			var err error
			if v, err = ParseVersions(tt.of); err != nil {
				t.Fatal(err)
			}
		}
		for _, s := range tt.in {
			if !v.Contain(s) {
				t.Errorf("%s does not match %q", s, tt.of)
			}
		}
		for _, s := range tt.out {
			if v.Contain(s) {
				t.Errorf("%s matches %q", s, tt.of)
			}
		}
	}
	for _, s := range []string{"4.6", "", ">=", ">= 4.6.0.1", ">= 4.6-alpha", ">= 04.6", ">= 4.6,", "> 99999999999.0",
		">= 4.6 < 5", "=> 4.6",
		">= 4.6, < 4.5", "> 4.5, < 4.5.1", "= 4.5, != 4.5.0", "< 0.0.0"} {
		if v, err := ParseVersions(s); err == nil {
			t.Errorf("%q is read as %+v", s, v)
		}
	}
}

func TestVersionsOverlap(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"< 4.6", ">= 4.6", false}, {"<= 4.6", ">= 4.6", true}, {"< 4.6", "> 4.5.9", true}, {"= 4.5.1", "= 4.5.2", false},
		{"~> 4.5.0", "~> 4.6.0", false},
		{"~> 4.5", ">= 5", false}, {"~> 4.5", "> 4.9", true}, {"!= 4.5.1", "= 4.5.1", false},
		{"> 4.5, < 4.5.2", "= 4.5.0", false}, {">= 0.0.0", "< 0.0.1", true},
	} {
		a, errA := ParseVersions(tt.a)
		b, errB := ParseVersions(tt.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if a.Overlap(b) != tt.want || b.Overlap(a) != tt.want {
			t.Errorf("%q and %q overlap: %v", tt.a, tt.b, !tt.want)
		}
	}
}

// TestOverlap compares conditions two by two with what they contain of every version near their comparisons.
func TestOverlap(t *testing.T) {
	texts := []string{">= 4.5", "< 4.5", "= 4.5", "!= 4.5", "~> 4.5", "~> 4.5.1", ">= 4.4.9, < 4.5.1", "> 4.5, < 4.5.2",
		"!= 4.5, < 4.6", ">= 4.5.1, != 4.5.1", "= 0", "< 1", ">= 5, < 6", "!= 4.5.1, != 4.6"}
	for _, a := range texts {
		for _, b := range texts {
			v, err := ParseVersions(a)
			w, other := ParseVersions(b)
			if err != nil || other != nil {
				t.Fatal(err, other)
			}
			both := false
			for _, major := range []int{0, 1, 4, 5, 6} {
				for minor := range 8 {
					for patch := range 12 {
						at := fmt.Sprintf("%d.%d.%d", major, minor, patch)
						both = both || v.Contain(at) && w.Contain(at)
					}
				}
			}
			if v.Overlap(w) != both {
				t.Errorf("%q and %q overlap: %v", a, b, !both)
			}
		}
	}
}

// TestContain has what each comparison says of versions at its edges.
func TestContain(t *testing.T) {
	for text, want := range map[string]string{
		">= 4.5": "4.5.0 4.5.1 4.6.0 5.0.0", "> 4.5": "4.5.1 4.6.0 5.0.0", "< 4.5": "4.4.9", "<= 4.5": "4.4.9 4.5.0",
		"= 4.5.1": "4.5.1", "!= 4.5.1": "4.4.9 4.5.0 4.6.0 5.0.0", "~> 4.5": "4.5.0 4.5.1 4.6.0",
		"~> 4.5.0": "4.5.0 4.5.1", ">= 4.5, != 4.5.1, < 5": "4.5.0 4.6.0",
	} {
		v, err := ParseVersions(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, at := range []string{"4.4.9", "4.5.0", "4.5.1", "4.6.0", "5.0.0"} {
			if v.Contain(at + "-alpha.1") {
				got = append(got, at)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q contains %q, want %q", text, got, want)
		}
	}
}
