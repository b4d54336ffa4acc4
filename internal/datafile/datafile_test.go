package datafile

import (
	"fmt"
	"testing"
)

func TestBroken(t *testing.T) {
	for _, c := range []struct{ name, before, after, want string }{
		{"en.json", "{\n  \"a\": \"x\",\n  \"b\": \"y\"\n}\n", "{\n  \"a\": x,\n  \"b\": \"y\"\n}\n",
			"line 2: invalid character 'x' looking for beginning of value"},
		{"en.json", "{\"a\": \"x\"}", "{\"a\": \"z\"}", "<nil>"},
		{"en.json", "{\"a\": \"x\"}", "{\"a\": \"z\",}",
			"line 1: invalid character '}' looking for beginning of object key string"},
		{"en.json", "{\"a\": 1}", "{\"a\": 1", "line 1: unexpected end of JSON input"},
		{"tsconfig.json", "{ /* a comment */ }", "{ /* another }", "<nil>"}, // it was no JSON before
		{"en.yml", "en:\n  a: x\n", "en:\n  a: x: y\n", "yaml: line 2: mapping values are not allowed in this context"},
		{"en.yml", "en:\n  a: x\n", "en:\n  a: \"x: y\"\n", "<nil>"},
		{"en.yaml", "a: 1\n---\nb: 2\n", "a: 1\n---\n\tb: 2\n", "yaml: line 3: found character that cannot start any token"},
		{"text.rb", "{}", "{", "<nil>"},
	} {
		before := func() ([]byte, error) { return []byte(c.before), nil }
		if got := fmt.Sprint(broken(c.name, []byte(c.after), before)); got != c.want {
			t.Errorf("%s, %q: %s, want %s", c.name, c.after, got, c.want)
		}
	}
}
