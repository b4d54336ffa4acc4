package git

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/environ"
)

// TestWhatCountsIsDocumented holds docs/safety.md against the keys and variables that count when git reaches out, and
// shows that no other variable of git's reaches it.
func TestWhatCountsIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/safety.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "| key | why it counts |")
	table, rest, _ := strings.Cut(rest, "\n\n")
	sentence, _, found := strings.Cut(rest, "all other variables `GIT_…` are taken")
	if !found {
		t.Fatal("the page has no table of keys, or no list of variables behind it")
	}
	quoted := regexp.MustCompile("`([^`]*)`")
	var keys []string
	for line := range strings.Lines(table) {
		first, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		for _, m := range quoted.FindAllStringSubmatch(first, -1) {
			keys = append(keys, strings.ToLower(strings.TrimRight(m[1], "*…")))
		}
	}
	for _, key := range userKeys {
		if !slices.ContainsFunc(keys, func(k string) bool { return strings.HasPrefix(key, k) }) {
			t.Errorf("the key %s counts, and the page does not say so", key)
		}
	}
	for _, k := range keys {
		if !slices.ContainsFunc(userKeys, func(key string) bool { return strings.HasPrefix(key, k) }) {
			t.Errorf("the page says that the key %s counts, and it does not", k)
		}
	}
	var variables []string
	for _, m := range quoted.FindAllStringSubmatch(sentence, -1) {
		variables = append(variables, m[1])
	}
	for _, v := range variables {
		if strings.HasPrefix(v, "GIT_") && !slices.Contains(kept, v) {
			t.Errorf("the page says that the variable %s counts, and it does not", v)
		}
	}
	given := []string{"SSH_ASKPASS=x", "HTTPS_PROXY=x", "HOME=/h", "GIT_DIR=x", "GIT_CONFIG_COUNT=1",
		"GIT_SSL_NO_VERIFY=1",
		"GIT_CONFIG_PARAMETERS=x", "GIT_PROXY_COMMAND=x", "GIT_EXEC_PATH=x", "GIT_TEMPLATE_DIR=x", "GIT_TRACE=x",
		"GIT_EXTERNAL_DIFF=x", "GIT_ALTERNATE_OBJECT_DIRECTORIES=x", "GIT_PROTOCOL_FROM_USER=1", "GIT_ATTR_SOURCE=x"}
	for _, name := range kept {
		given = append(given, name+"=x")
		if !slices.Contains(variables, name) {
			t.Errorf("the variable %s counts, and the page does not say so", name)
		}
	}
	got := netEnv(environ.With(context.Background(), given))
	for _, kv := range given {
		name, _, _ := strings.Cut(kv, "=")
		want := !strings.HasPrefix(name, "GIT_") || slices.Contains(kept, name)
		if slices.Contains(got, kv) != want {
			t.Errorf("git has %s: %v, want %v", kv, !want, want)
		}
	}
	for _, kv := range []string{"GIT_TERMINAL_PROMPT=0", "GIT_ALLOW_PROTOCOL=https:http:ssh:file"} {
		if !slices.Contains(got, kv) {
			t.Errorf("git has no %s", kv)
		}
	}
}
