package base

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

// reported is what debootstrap 1.0.128 writes for Debian's installer, shortened.
const reported = `P: 0 100 DOWNREL
PF: Downloading Release file
I: RETRIEVING
IA: InRelease
IA: 
IF: Retrieving %s %s
P: 36 100
I: RELEASESIG
IF: Checking Release signature
P: 0 56634892 DOWNPKGS
PF: Downloading Packages files
P: 28317446 56634892
I: RESOLVEREQ
IF: Resolving dependencies of required packages...
P: 0 118 SIZEDEBS
PF: Finding package sizes
P: 0 32772900 DOWNDEBS
PF: Downloading packages
P: 1500000 32772900
P: 12 78 UNPACKREQ
PF: Unpacking required packages
I: UNPACKING
IA: base-files
IF: Unpacking %s...
P: 3 9 CONFBASE
PA: everything
PF: Configuring %s
no report
P: x
`

var shown = []string{
	"downloading Release file, 0%",
	"downloading Release file, 36%",
	"checking Release signature",
	"downloading Packages files, 0%",
	"downloading Packages files, 50%",
	"resolving dependencies of required packages",
	"finding package sizes, 0 of 118",
	"downloading packages, 0.0 of 32.8 MB",
	"downloading packages, 1.5 of 32.8 MB",
	"unpacking required packages, 12 of 78",
	"configuring everything, 3 of 9",
}

// standIn puts a shell script in the place of debootstrap, which writes reported, and fails as fail says.
func standIn(t *testing.T, fail string) {
	t.Helper()
	sh, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		t.Skip(err)
	}
	cat, err := filepath.EvalSymlinks("/bin/cat")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	script := "#!" + sh + "\n" + cat + " >&3 <<'EOF'\n" + reported + "EOF\n" + fail
	if err := os.WriteFile(filepath.Join(dir, "debootstrap"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
}

// TestBootstrapShowsProgress: each step of debootstrap is shown with the bytes, the packages or the percentage that it
// reports.
func TestBootstrapShowsProgress(t *testing.T) {
	standIn(t, "")
	var got []string
	progress := func(format string, args ...any) { got = append(got, fmt.Sprintf(format, args...)) }
	if err := (Options{Suite: "trixie"}).bootstrap(t.Context(), t.TempDir(), progress); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, shown) {
		t.Errorf("shown:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(shown, "\n"))
	}
}

// TestBootstrapFails: an error has debootstrap's own message, or where it has none the end of its log.
func TestBootstrapFails(t *testing.T) {
	for _, c := range []struct{ fail, want string }{
		{"echo 'W: X' >&3; echo 'WF: %s is odd' >&3; echo 'E: INVALIDREL' >&3; echo 'EA: http://mirror.invalid' >&3; " +
			"echo 'EF: Invalid Release file, no entry for %s' >&3; exit 1\n",
			"making Debian trixie: debootstrap: exit status 1\ninvalid Release file, no entry for http://mirror.invalid"},
		{"echo 'dpkg: error: it broke'; exit 2\n",
			"making Debian trixie: debootstrap: exit status 2\ndpkg: error: it broke"},
	} {
		standIn(t, c.fail)
		err := (Options{Suite: "trixie"}).bootstrap(t.Context(), t.TempDir(), func(string, ...any) {})
		if err == nil || err.Error() != c.want || fault.CodeOf(err) != fault.Retry {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
