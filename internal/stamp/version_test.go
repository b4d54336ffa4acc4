package stamp

import (
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

func TestParseFile(t *testing.T) {
	for in, want := range map[string]string{
		"4.6.0\n":          "4.6.0",
		"4.6.0":            "4.6.0",
		"4.6.0-alpha.7\n":  "4.6.0-alpha.7",
		"0.0.0-rc.1":       "0.0.0-rc.1",
		"4.6.0-0a.x-y.10":  "4.6.0-0a.x-y.10",
		"999999.0.0-a-b-c": "999999.0.0-a-b-c",
	} {
		v, err := ParseFile("VERSION", []byte(in))
		if err != nil || v.String() != want {
			t.Errorf("%q: %v, %v", in, v, err)
		}
	}
	for in, want := range map[string]string{
		"":                                 "VERSION:1: the file is empty",
		" 4.6.0\n":                         "VERSION:1: white space",
		"4.6.0 \n":                         "VERSION:1: white space",
		"4.6.0\n\n":                        "VERSION:2: nothing may follow",
		"4.6.0\n4.7.0\n":                   "VERSION:2: nothing may follow",
		"\n":                               "VERSION:1: \"\" is not a version",
		"4.6.0\r\n":                        "VERSION:1: the line ends in CR LF",
		"\ufeff4.6.0\n":                    "VERSION:1: the file begins with a byte order mark",
		"4.6.0-\n":                         "VERSION:1: \"4.6.0-\" is not a version",
		"4.6.0-alpha..7":                   "VERSION:1: ",
		"4.6.0-alpha.07":                   "VERSION:1: ",
		"4.6.0.1.2\n":                      "VERSION:1: ",
		"4.6\n":                            "VERSION:1: ",
		"v4.6.0\n":                         "VERSION:1: ",
		"100000000000000000000.0.0\n":      "VERSION:1: ",
		"4.06.0\n":                         "VERSION:1: ",
		"４.６.０\n":                          "VERSION:1: ",
		"4.6.0+glitch\n":                   "VERSION:1: \"4.6.0+glitch\" has metadata",
		"4.6.0-α\n":                        "VERSION:1: ",
		"4.6.0-a_b\n":                      "VERSION:1: ",
		"4.6.0\x00\n":                      "VERSION:1: ",
		strings.Repeat("4", 100000):        "VERSION:1: 100000 bytes",
		"4.6.0-" + strings.Repeat("a", 80): "VERSION:1: a version of 86 characters",
	} {
		_, err := ParseFile("VERSION", []byte(in))
		if err == nil || !strings.HasPrefix(err.Error(), want) || fault.CodeOf(err) != fault.Usage || fault.HintOf(err).
			String() == "" {
			t.Errorf("%.40q: %v", in, err)
		}
	}
}

func TestCompare(t *testing.T) {
	order := []string{"4.2.0", "4.5.9", "4.6.0-alpha.1", "4.6.0-alpha.9", "4.6.0-alpha.10", "4.6.0-beta.1", "4.6.0-rc.1",
		"4.6.0", "4.6.1", "4.9.0", "4.10.0-alpha.1", "4.10.0", "5.0.0"}
	for i, a := range order {
		for j, b := range order {
			x, y := parse(t, a), parse(t, b)
			if got := x.Compare(y); got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("%s and %s: %d", a, b, got)
			}
		}
	}
	for _, test := range []struct {
		v, w string
		want bool
	}{{"4.6.0", "4.5.9", true}, {"5.0.0", "4.9.9", true}, {"4.10.0", "4.9.0", true}, {"4.6.9", "4.6.0-alpha.1", false},
		{"4.5.0", "5.0.0", false}} {
		if got := parse(t, test.v).NewerLine(parse(t, test.w)); got != test.want {
			t.Errorf("%s after %s: %v", test.v, test.w, got)
		}
	}
}

func parse(t testing.TB, s string) Version {
	t.Helper()
	v, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

const rb = `module Mastodon
  module Version
    module_function

    def major
      4
    end

    def minor
      6
    end

    def patch
      0
    end

    def default_prerelease
      'alpha.7'
    end

    def to_s
      components = [to_a.join('.')]
    end
  end
end
`

func TestParseUpstream(t *testing.T) {
	for old, new := range map[string]string{"'alpha.7'": "4.6.0-alpha.7", "''": "4.6.0", `"rc.2"`: "4.6.0-rc.2",
		"nil": "4.6.0"} {
		v, err := ParseUpstream([]byte(strings.Replace(rb, "'alpha.7'", old, 1)))
		if err != nil || v.String() != new {
			t.Errorf("%s: %v, %v", old, v, err)
		}
	}
	for name, text := range map[string]string{
		"empty":             "",
		"no minor":          strings.Replace(rb, "def minor", "def miner", 1),
		"computed":          strings.Replace(rb, "      6\n", "      ENV['MINOR'].to_i\n", 1),
		"twice":             rb + rb,
		"interpolated":      strings.Replace(rb, "'alpha.7'", `"alpha.#{n}"`, 1),
		"no prerelease":     strings.Replace(rb, "default_prerelease", "flags", 1),
		"not a version":     strings.Replace(rb, "'alpha.7'", "'alpha 7'", 1),
		"commented out":     strings.ReplaceAll(rb, "    def", "    # def"),
		"metadata smuggled": strings.Replace(rb, "'alpha.7'", "'alpha.7+x'", 1),
	} {
		if v, err := ParseUpstream([]byte(text)); err == nil || fault.CodeOf(err) != fault.Usage ||
			!strings.HasPrefix(err.Error(), VersionFile+":") {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
}

func TestParseSchema(t *testing.T) {
	for text, want := range map[string]string{
		"# comment\n\nActiveRecord::Schema[8.0].define(version: 2026_04_20_131415) do\n": "20260420131415",
		"ActiveRecord::Schema.define(version: 2019_01_01_000000) do\n":                   "20190101000000",
		"": "",
	} {
		if got := ParseSchema([]byte(text)); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestMigrations(t *testing.T) {
	got := Migrations([]string{"db/post_migrate/2_b.rb", "db/migrate/1_a.rb", "db/migrate/.keep", "db/migrate/sub/x.rb",
		"db/seeds.rb", "db/migrate/1_a.rb"})
	if want := []string{"db/migrate/1_a.rb", "db/post_migrate/2_b.rb"}; !slices.Equal(got, want) {
		t.Error(got)
	}
	if got := Lacking([]string{"a", "c"}, []string{"d", "a", "b"}); !slices.Equal(got, []string{"b", "d"}) {
		t.Error(got)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"4.6.0", "4.6.0-alpha.7", "4.6.0-", "1.2.3.4.5", "4.6.0+x", "04.1.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := Parse(s)
		if err != nil {
			return
		}
		if v.String() != s {
			t.Errorf("%q became %q", s, v)
		}
		if v.Compare(v) != 0 {
			t.Errorf("%q differs from itself", s)
		}
	})
}

func FuzzParseUpstream(f *testing.F) {
	// As small as upstream's file can be: a fuzzer spends its time on minimizing a large seed.
	f.Add("def major\n4\nend\ndef minor\n6\nend\ndef patch\n0\nend\ndef default_prerelease\n'a'\nend")
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := ParseUpstream([]byte(s)); err == nil {
			if _, err := Parse(v.String()); err != nil {
				t.Error(err)
			}
		}
	})
}
