package environ

import (
	"os"
	"os/user"
	"slices"
	"testing"
)

func TestOf(t *testing.T) {
	t.Setenv("HOWDAH_ENVIRON_TEST", "process")
	if got := Get(Of(t.Context()), "HOWDAH_ENVIRON_TEST"); got != "process" {
		t.Errorf("without an environment of its own the context gives %q", got)
	}
	ctx := With(t.Context(), []string{"A=1", "A=2", "B"})
	if got := Of(ctx); !slices.Equal(got, []string{"A=1", "A=2", "B"}) {
		t.Errorf("got %q", got)
	}
	if value, ok := Lookup(Of(ctx), "A"); value != "2" || !ok {
		t.Errorf("of a repeated name %q counts", value)
	}
	if _, ok := Lookup(Of(ctx), "B"); ok {
		t.Error("a word without a value is a variable")
	}
	one, two := append(Of(ctx), "C=1"), append(Of(ctx), "C=2")
	if Get(one, "C") != "1" || Get(two, "C") != "2" {
		t.Error("what one caller appends is seen by another")
	}
}

func TestCacheDir(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", "")
	want, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("the process has no cache folder: %v", err)
	}
	if got, err := CacheDir(os.Environ()); err != nil || got != want {
		t.Errorf("%q, %v; os.UserCacheDir says %q", got, err, want)
	}
	if got, err := CacheDir([]string{"HOME=/a", "XDG_CACHE_HOME=relative"}); err == nil {
		t.Errorf("a relative XDG_CACHE_HOME gives %q", got)
	}
	account, err := user.Current()
	if err != nil || account.HomeDir == "" {
		t.Skipf("the account has no folder: %v", err)
	}
	if got, err := CacheDir(nil); err != nil || len(got) <= len(account.HomeDir) {
		t.Errorf("without HOME: %q, %v", got, err)
	}
}
