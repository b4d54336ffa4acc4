package apt

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

// stages collects what stages show.
type stages struct {
	names, shown []string
	ends         []error
}

func (s *stages) begin(name string) (func(format string, args ...any), func(error)) {
	s.names = append(s.names, name)
	return func(format string, args ...any) { s.shown = append(s.shown, fmt.Sprintf(format, args...)) },
		func(err error) { s.ends = append(s.ends, err) }
}

// standIn puts a shell script in the place of apt-get, which notes its calls in a file.
func standIn(t *testing.T, script string) (calls func() string) {
	t.Helper()
	dir := t.TempDir()
	sh, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		t.Skip(err)
	}
	log := filepath.Join(dir, "calls")
	text := "#!" + sh + "\necho \"$@\" >>" + log + "\n" + script
	if err := os.WriteFile(filepath.Join(dir, "apt-get"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	return func() string {
		data, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
}

// TestInstall: a stage shows the percentage that apt-get reports; what cannot be installed with the lists that are here
// is with new ones.
func TestInstall(t *testing.T) {
	calls := standIn(t, `case "$1" in
update) : >"$0.new"; echo 'dlstatus:1:12.5:Retrieving file 1 of 3' >&3 ;;
install) [ -e "$0.new" ] || exit 100
	echo 'dlstatus:2:50.0000:Retrieving file 2 of 3 (4s remaining)' >&3
	echo 'pmstatus:runc:66.6667:Unpacking runc (amd64)' >&3
	echo 'pmconffile:/etc/x:0:a question' >&3
	echo 'no status' >&3 ;;
esac
`)
	var s stages
	if err := Install(t.Context(), s.begin, "runc", "tar"); err != nil {
		t.Fatal(err)
	}
	want := []string{"12%, Retrieving file 1 of 3", "50%, Retrieving file 2 of 3 (4s remaining)",
		"66%, Unpacking runc (amd64)"}
	if !slices.Equal(s.shown, want) {
		t.Errorf("shown %q, want %q", s.shown, want)
	}
	if !slices.Equal(s.names, []string{"installing runc, tar with apt-get"}) || !slices.Equal(s.ends, []error{nil}) {
		t.Errorf("stages %q ended with %v", s.names, s.ends)
	}
	install := "install -qq -y --no-remove --no-install-recommends runc tar -o APT::Status-Fd=3\n"
	if got := calls(); got != install+"update -qq -o APT::Status-Fd=3\n"+install {
		t.Errorf("called:\n%s", got)
	}
}

// TestInstallFails: the error has apt-get's own words, and what to do about a clock that is off.
func TestInstallFails(t *testing.T) {
	const release = "E: Release file for http://mirror.invalid/debian/dists/bookworm/InRelease is "
	for _, c := range []struct{ says, hint string }{
		{release + "not valid yet (invalid for another 955d 22h 0min 2s). Updates for this repository will not be applied.",
			"this machine's clock is behind"},
		{release + "expired (invalid since 5d 1h 2min 3s). Updates for this repository will not be applied.",
			"this machine's clock is ahead"},
		{"E: Unable to locate package runc", "apt-get install runc"},
	} {
		standIn(t, "echo '"+c.says+"' >&2\nexit 100\n")
		var s stages
		err := Install(t.Context(), s.begin, "runc")
		want := "installing runc: apt-get: exit status 100\n" + c.says
		if fault.CodeOf(err) != fault.Retry || !strings.Contains(err.Error(), want) {
			t.Errorf("%v", err)
		}
		if hints := fault.HintOf(err).String(); !strings.Contains(hints, c.hint) {
			t.Errorf("hint %q, want %q", hints, c.hint)
		}
		if len(s.ends) != 1 || s.ends[0] == nil {
			t.Errorf("ended with %v", s.ends)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if err := Install(t.Context(), nil, "runc"); !errors.Is(err, ErrNoApt) {
		t.Errorf("without apt-get: %v", err)
	}
}
