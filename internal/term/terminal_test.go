package term

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/target"
	"golang.org/x/sys/unix"
)

// pty is a pseudo terminal: what is written to the second file is read from the first.
func pty(t *testing.T) (master, slave *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo terminal: %v", err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Skipf("no pseudo terminal: %v", err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Skipf("no pseudo terminal: %v", err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo terminal: %v", err)
	}
	t.Cleanup(func() { slave.Close(); master.Close() })
	return master, slave
}

// written runs f and gives what came out of a pseudo terminal.
func written(t *testing.T, master, slave *os.File, f func()) string {
	t.Helper()
	var b bytes.Buffer
	var reading sync.WaitGroup
	const end = "\x00END\x00"
	reading.Go(func() {
		buf := make([]byte, 4096)
		for !strings.Contains(b.String(), end) {
			n, err := master.Read(buf)
			b.Write(buf[:n])
			if err != nil {
				return
			}
		}
	})
	f()
	io.WriteString(slave, end)
	reading.Wait()
	text, _, _ := strings.Cut(b.String(), end)
	return strings.ReplaceAll(text, "\r\n", "\n")
}

// Colour and progress follow the environment and what the two files are.
func TestColour(t *testing.T) {
	for _, tc := range []struct {
		environ    string
		tty        bool
		color, ive bool
	}{
		{"", true, true, true},
		{"", false, false, false},
		{"NO_COLOR=1", true, false, true},
		{"NO_COLOR=", true, true, true},
		{"TERM=dumb", true, false, false},
		{"CLICOLOR_FORCE=1", false, true, false},
		{"CLICOLOR_FORCE=0", false, false, false},
		{"CLICOLOR_FORCE=1 NO_COLOR=1", false, false, false},
		{"CI=true", true, true, false},
		{"CI=false", true, true, true},
		{"GITHUB_ACTIONS=true", false, false, false},
	} {
		var got string
		use := func(out, errs *os.File) {
			term := Open(out, errs, strings.Fields(tc.environ))
			if term.live != tc.ive {
				t.Errorf("%q on a terminal %v: live %v", tc.environ, tc.tty, term.live)
			}
			var p Page
			p.Add(Red.Of("x"))
			term.Answer(p)
		}
		if tc.tty {
			master, slave := pty(t)
			got = written(t, master, slave, func() { use(slave, slave) })
		} else {
			f, err := os.Create(filepath.Join(t.TempDir(), "out"))
			if err != nil {
				t.Fatal(err)
			}
			use(f, f)
			data, _ := os.ReadFile(f.Name())
			got = string(data)
			f.Close()
		}
		want := "x\n"
		if tc.color {
			want = "\x1b[31mx\x1b[0m\n"
		}
		if got != want {
			t.Errorf("%q on a terminal %v: %q, want %q", tc.environ, tc.tty, got, want)
		}
	}
}

// On a terminal progress is one line that is gone when the next is said.
func TestLive(t *testing.T) {
	master, slave := pty(t)
	got := written(t, master, slave, func() {
		term := Open(slave, slave, []string{"NO_COLOR=1"})
		story := NewStory(term)
		stage := story.Stage("building mastodon")
		stage.Progress("step 4 of 31 \x1b[2J")
		time.Sleep(3 * drawEach)
		stage.Say("half way")
		time.Sleep(3 * drawEach)
		stage.End("612 MB")
		term.Answerf("done")
	})
	if !strings.Contains(got, "\rbuilding mastodon: step 4 of 31 \\x1b[2J (0.") {
		t.Errorf("no progress: %q", got)
	}
	// What a screen shows in the end.
	var screen []string
	for l := range strings.SplitSeq(got, "\n") {
		if i := strings.LastIndex(l, "\r"); i >= 0 {
			l = l[i+1:]
		}
		screen = append(screen, strings.ReplaceAll(l, "\x1b[K", ""))
	}
	if !regexp.MustCompile(`^half way\nbuilding mastodon: 612 MB \(0\.\d s\)\ndone\n$`).
		MatchString(strings.Join(screen, "\n")) {
		t.Errorf("%q", screen)
	}
}

// A diff has colour where a person reads it, and its bytes elsewhere.
func TestAnswerDiff(t *testing.T) {
	brief := func(diff []byte) []byte { return bytes.TrimSuffix(diff, []byte("!")) }
	const diff = "@@ -1 +1 @@\n-\ta\n+\tb\x1b[2J\n"
	for environ, want := range map[string]string{
		"TERM=xterm": "@@ -1 +1 @@\n\x1b[31m-    a\x1b[0m\n\x1b[32m+    b\\x1b[2J\x1b[0m\n",
		"NO_COLOR=1": "@@ -1 +1 @@\n-\ta\n+\tb\\x1b[2J\n",
	} {
		master, slave := pty(t)
		if got := written(t, master, slave,
			func() { Open(slave, slave, []string{environ}).AnswerDiff([]byte(diff+"!"), brief) }); got != want {
			t.Errorf("%s: %q, want %q", environ, got, want)
		}
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "a.diff"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	Open(file, file, []string{"TERM=xterm"}).AnswerDiff([]byte(diff), brief)
	if data, err := os.ReadFile(file.Name()); err != nil || string(data) != diff {
		t.Errorf("in a file: %q, %v", data, err)
	}
}

// A program that draws by itself has the terminal alone; what is said meanwhile follows.
func TestConsole(t *testing.T) {
	master, slave := pty(t)
	got := written(t, master, slave, func() {
		term := Open(slave, slave, []string{"NO_COLOR=1"})
		story := NewStory(term)
		stage := story.Stage("building")
		console, back, ok := term.Console()
		if !ok {
			t.Error("no console")
		}
		stage.Say("later")
		time.Sleep(2 * drawEach)
		io.WriteString(console, "drawn\n")
		back()
		back()
		stage.End("")
	})
	if !regexp.MustCompile(`^drawn\nlater\n(\r.*)?building \(0\.\d s\)\n$`).MatchString(got) {
		t.Errorf("%q", got)
	}
	if _, _, ok := Plain(io.Discard, io.Discard, true, Secrets{}).Console(); ok {
		t.Error("a console without a terminal")
	}
}

// A line each five seconds, and one at the end. In CI: one when a stage starts, too.
func TestPlainProgress(t *testing.T) {
	for _, ci := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			var out, errs strings.Builder
			story := NewStory(Plain(&out, &errs, ci, Secrets{}))
			a := story.Stage("fetching upstream")
			time.Sleep(50 * time.Millisecond) // between two ticks
			for i := range 250 {
				a.Bytes(int64(i)*1_000_000, 250_000_000)
				time.Sleep(100 * time.Millisecond)
			}
			a.End("main c6facd27e")
			b := story.Stage("pushing")
			time.Sleep(200 * time.Millisecond)
			b.Fail()
			b.End("too late")
			synctest.Wait()
			want := "fetching upstream: 49 MB of 250 MB (5.0 s)\nfetching upstream: 99 MB of 250 MB (10 s)\n" +
				"fetching upstream: 149 MB of 250 MB (15 s)\nfetching upstream: 199 MB of 250 MB (20 s)\n" +
				"fetching upstream: 249 MB of 250 MB (25 s)\nfetching upstream: main c6facd27e (25 s)\n"
			if ci {
				want = "fetching upstream\n" + want + "pushing\n"
			}
			want += "pushing: failed (0.2 s)\n"
			if errs.String() != want || out.String() != "" {
				t.Errorf("ci %v:\n%swant\n%s", ci, errs.String(), want)
			}
			if got := fmt.Sprint(story.Stages()); got != "[{fetching upstream 25.05 main c6facd27e} {pushing 0.2 failed}]" {
				t.Error(got)
			}
		})
	}
}

// TestStageAround: a stage within which others run is not repeated beside them, and is shown while none is open.
func TestStageAround(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out, errs strings.Builder
		story := NewStory(Plain(&out, &errs, false, Secrets{}))
		outer := story.Around("making the base images")
		time.Sleep(6*time.Second + 50*time.Millisecond) // between two ticks
		inner, other := story.Stage("unpacking"), story.Stage("installing")
		time.Sleep(6 * time.Second)
		other.End("")
		time.Sleep(time.Second)
		inner.End("")
		time.Sleep(6 * time.Second)
		outer.End("3 bases")
		synctest.Wait()
		want := "making the base images (5.0 s)\nunpacking (5.0 s)\ninstalling (5.0 s)\ninstalling (6.0 s)\n" +
			"unpacking (7.0 s)\nmaking the base images (18 s)\nmaking the base images: 3 bases (19 s)\n"
		if errs.String() != want {
			t.Errorf("%s\nwant\n%s", errs.String(), want)
		}
	})
}

// TestStageShowsGit: git's progress is shown while its step lasts, and no longer once git says that it is done.
func TestStageShowsGit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out, errs strings.Builder
		stage := NewStory(Plain(&out, &errs, false, Secrets{})).Stage("fetching upstream")
		for _, p := range []string{"Receiving objects:  9% (1/11)\rReceiving objects: 40% (4/10)\r",
			"Resolving deltas: 100% (2/2), done.\n"} {
			fmt.Fprint(stage, p)
			time.Sleep(5*time.Second + 50*time.Millisecond)
		}
		stage.End("")
		synctest.Wait()
		want := "fetching upstream: Receiving objects: 40% (4/10) (5.0 s)\n" +
			"fetching upstream (10 s)\nfetching upstream (10 s)\n"
		if errs.String() != want {
			t.Errorf("%s\nwant\n%s", errs.String(), want)
		}
	})
}

// Stages that run at once are told each; -race watches.
func TestStagesAtOnce(t *testing.T) {
	var out, errs lockedBuilder
	story := NewStory(Plain(&out, &errs, true, Secrets{}))
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			s := story.Stage(fmt.Sprintf("stage %d", i))
			w := story.Writer()
			fmt.Fprintf(w, "a\nb")
			s.Progress("%d", i)
			w.Close()
			s.Close(nil)
		})
	}
	all.Wait()
	if n := len(story.Stages()); n != 20 || strings.Count(errs.String(), "\n") != 80 {
		t.Errorf("%d stages, %q", n, errs.String())
	}
}

type lockedBuilder struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuilder) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuilder) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Another program's output comes line by line, without its colours, without what its progress bar drew over.
func TestWriter(t *testing.T) {
	var out, errs strings.Builder
	w := NewStory(Plain(&out, &errs, false, NewSecrets("hunter2hunter2"))).Writer()
	for _, part := range []string{"\x1b[32mok", "\x1b[0m 1\nrecei", "ving 10%\rreceiving 100%\r\n", "token hunter2",
		"hunter2\n::error::x\n", strings.Repeat("x", longest+10), "\nrest \x1b[2J"} {
		fmt.Fprint(w, part)
	}
	w.Close()
	want := "ok 1\nreceiving 100%\ntoken ***\n\\x3a:error::x\n" + strings.Repeat("x", longest) + "\n" + strings.Repeat("x",
		10) + "\nrest \\x1b[2J\n"
	if errs.String() != want {
		t.Errorf("%q\nwant %q", errs.String(), want)
	}
}

// A diff goes byte for byte into a file, but not raw into a CI log or on a terminal.
func TestAnswerBytes(t *testing.T) {
	raw := "--- a/x\n+\tv = \"\x1b[31m\"\r\n+##[error]\n no end"
	for environ, want := range map[string]string{"": raw, "CI=true": raw} {
		f, err := os.Create(filepath.Join(t.TempDir(), "out"))
		if err != nil {
			t.Fatal(err)
		}
		Open(f, f, strings.Fields(environ)).AnswerBytes([]byte(raw))
		if data, _ := os.ReadFile(f.Name()); string(data) != want {
			t.Errorf("%q: %q", environ, data)
		}
		f.Close()
	}
	var out strings.Builder
	Plain(&out, io.Discard, true, Secrets{}).AnswerBytes([]byte(raw))
	if want := "--- a/x\n+\tv = \"\\x1b[31m\"\\r\n+#\\x23[error]\n no end"; out.String() != want {
		t.Errorf("%q", out.String())
	}
}

func TestSayings(t *testing.T) {
	var out, errs strings.Builder
	term := Plain(&out, &errs, false, Secrets{})
	term.Sayf("a %s\nb", "x\ny")
	term.Warnf("two %d\nlines", 1)
	term.Fail(fault.New(fault.Usage, "unknown key %q", "x").At("howdah.toml", 3).WithHint("remove it"), target.Caller{})
	term.Answerf("%s", errors.New("an\x1berror"))
	want := "a x\\ny\nb\nwarning: two 1\nlines\nerror: howdah.toml:3: unknown key \"x\"\nhint: remove it\n"
	if errs.String() != want {
		t.Errorf("%s\nwant\n%s", errs.String(), want)
	}
	if out.String() != "an\\x1berror\n" {
		t.Errorf("%q", out.String())
	}
}

func TestUnits(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 82_400_000: "82 MB",
		999_600_000: "1.0 GB", 1 << 62: "4.6 EB"} {
		if got := Size(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
	for d, want := range map[time.Duration]string{0: "0.0 s", 9960 * time.Millisecond: "10 s",
		59700 * time.Millisecond: "1 min 0 s", 312 * time.Second: "5 min 12 s", time.Hour: "1 h 0 min"} {
		if got := Took(d); got != want {
			t.Errorf("%d: %s", d, got)
		}
	}
}
