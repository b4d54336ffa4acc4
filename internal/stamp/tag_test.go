package stamp

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 4, 30, 16, 45, 1, 0, time.UTC)

const (
	pin    = "7cf9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3"
	inputs = "sha256:1a2b3c4d00000000000000000000000000000000000000000000000000000000"
)

func TestTag(t *testing.T) {
	tag, err := NewTag(noon.In(time.FixedZone("CEST", 7200)).Add(900*time.Millisecond), parse(t, "4.6.0-alpha.7"), pin,
		inputs)
	if want := "20260430T164501Z-4.6.0-alpha.7-g7cf9e77d5-1a2b3c4d"; err != nil || tag.String() != want {
		t.Fatalf("%s, %v", tag, err)
	}
	back, err := ParseTag(tag.String())
	if err != nil || back != tag {
		t.Errorf("%+v became %+v: %v", tag, back, err)
	}
	longest, err := NewTag(noon, parse(t, "999999.999999.999999-"+strings.Repeat("a", 43)), pin, inputs)
	if err != nil || len(longest.String()) > 128 {
		t.Errorf("%d characters, %v", len(longest.String()), err)
	}
	for _, bad := range []string{"", "edge", "20260430T164501Z", "20260430T164501Z-4.6.0",
		"20260430T164501Z-4.6.0-g7cf9e77d-1a2b3c4d", "20260431T164501Z-4.6.0-g7cf9e77d5-1a2b3c4d",
		"20260430T164501Z-4.6-g7cf9e77d5-1a2b3c4d", "20260430T164501Z-4.6.0-g7CF9E77D5-1a2b3c4d",
		"20260430T164501Z-4.6.0--g7cf9e77d5-1a2b3c4d\n", "x20260430T164501Z-4.6.0-g7cf9e77d5-1a2b3c4d",
		"20260430T164501Z-4.6.0+x-g7cf9e77d5-1a2b3c4d", "20260430T166001Z-4.6.0-g7cf9e77d5-1a2b3c4d"} {
		if got, err := ParseTag(bad); err == nil {
			t.Errorf("%q is %+v", bad, got)
		}
	}
	for _, args := range [][2]string{{"7cf", inputs}, {pin, "1a2b"}, {strings.ToUpper(pin), inputs}, {pin, "sha512:x"}} {
		if got, err := NewTag(noon, parse(t, "4.6.0"), args[0], args[1]); err == nil {
			t.Errorf("%q is %s", args, got)
		}
	}
}

func TestTagSame(t *testing.T) {
	at := func(when time.Time, pin, inputs string) Tag {
		tag, err := NewTag(when, parse(t, "4.6.0"), pin, inputs)
		if err != nil {
			t.Fatal(err)
		}
		return tag
	}
	tag := at(noon, pin, inputs)
	if !tag.Same(at(noon.Add(time.Hour), pin[:9], "sha256:1a2b3c4d")) {
		t.Error("another time is another content")
	}
	if tag.Same(at(noon, strings.Repeat("a", 40), inputs)) || tag.Same(at(noon, pin, strings.Repeat("a", 64))) {
		t.Error("another pin or other inputs are the same content")
	}
}

func TestTagsSortAsText(t *testing.T) {
	var names []string
	for i, v := range []string{"4.9.0", "4.10.0", "4.2.0", "5.0.0-alpha.1"} {
		tag, err := NewTag(noon.AddDate(i, -i, 0), parse(t, v), pin, inputs)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, tag.String())
	}
	shuffled := append([]string{"edge", "build-12", "current"}, names[2], names[0], names[3], names[1])
	var got []string
	for _, tag := range Tags(shuffled) {
		got = append(got, tag.String())
	}
	if !slices.Equal(got, names) {
		t.Errorf("%q", got)
	}
	if !slices.IsSorted(names) {
		t.Errorf("as text: %q", names)
	}
}

func FuzzParseTag(f *testing.F) {
	f.Add("20260430T164501Z-4.6.0-alpha.7-g7cf9e77d5-1a2b3c4d")
	f.Add("20260430T164501Z-4.6.0-g-g7cf9e77d5-1a2b3c4d")
	f.Fuzz(func(t *testing.T, s string) {
		tag, err := ParseTag(s)
		if err == nil && tag.String() != s {
			t.Errorf("%q became %q", s, tag)
		}
		if err == nil && len(s) > 128 {
			t.Errorf("%d characters", len(s))
		}
	})
}
