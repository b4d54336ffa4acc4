package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// twelve is how many changes the series has that is checked.
const twelve = 12

// BenchmarkCheck tells how long it takes to learn whether a series of twelve changes applies to one commit.
func BenchmarkCheck(b *testing.B) {
	repo := repository(b)
	needs(b, "git")
	s := newSandbox(b, repo)
	tip := s.git(nil, "rev-parse", "HEAD")
	series := s.series(tip, twelve)
	b.Run("howdah", func(b *testing.B) { checkOurs(b, repo, tip, series) })
	b.Run("git-read-tree+apply-3way", func(b *testing.B) { checkApply(b, s, tip, series) })
	b.Run("git-am-3", func(b *testing.B) { checkAm(b, repo, tip, series) })
	b.Run("quilt-push", func(b *testing.B) { checkQuilt(b, repo, tip, series) })
}

func checkApply(b *testing.B, s *sandbox, tip string, series []branch) {
	for b.Loop() {
		s.git(nil, "read-tree", tip)
		for _, change := range series {
			if _, ok := s.try(change.patch, "apply", "--cached", "--3way"); !ok {
				b.Fatalf("%s does not apply", change.name)
			}
		}
	}
}

// checkAm leaves the checkout, and going back to where it was, out of the time.
func checkAm(b *testing.B, repo, tip string, series []branch) {
	dir := checkout(b, repo, tip)
	var mail bytes.Buffer
	for _, change := range series {
		fmt.Fprintf(&mail, "From %s Mon Sep 17 00:00:00 2001\nFrom: x <x@localhost>\n"+
			"Date: Thu, 1 Jan 2026 00:00:00 +0000\nSubject: [PATCH] %s\n\n---\n%s-- \n2\n\n",
			change.head, change.name, change.patch)
	}
	mbox := filepath.Join(b.TempDir(), "mbox")
	write(b, mbox, mail.Bytes())
	for b.Loop() {
		run(b, dir, "git", "am", "-q", "-3", "--keep-cr", mbox)
		b.StopTimer()
		run(b, dir, "git", "reset", "-q", "--hard", tip)
		b.StartTimer()
	}
}

// checkQuilt leaves out what quilt cannot do: it knows no three-way merge.
func checkQuilt(b *testing.B, repo, tip string, series []branch) {
	needs(b, "quilt")
	dir := checkout(b, repo, tip)
	var can []branch
	for _, change := range series {
		cmd := exec.CommandContext(b.Context(), "patch", "-p1", "-s", "-f", "-F2", "--no-backup-if-mismatch")
		cmd.Dir, cmd.Stdin = dir, bytes.NewReader(change.patch)
		if cmd.Run() == nil {
			can = append(can, change)
			continue
		}
		run(b, dir, "git", "checkout", "-q", "-f", tip)
		run(b, dir, "git", "clean", "-fdq")
		for _, before := range can {
			again := exec.CommandContext(b.Context(), "patch", "-p1", "-s", "-f", "-F2")
			again.Dir, again.Stdin = dir, bytes.NewReader(before.patch)
			if err := again.Run(); err != nil {
				b.Fatal(err)
			}
		}
	}
	run(b, dir, "git", "reset", "-q", "--hard", tip)
	run(b, dir, "git", "clean", "-fdq")
	writeQuilt(b, filepath.Join(dir, "patches"), can)
	b.ReportMetric(float64(len(can)), "changes")
	for b.Loop() {
		run(b, dir, "quilt", "push", "-a", "-q")
		b.StopTimer()
		run(b, dir, "quilt", "pop", "-a", "-q", "-f")
		b.StartTimer()
	}
}

// run runs a program in a folder.
func run(tb testing.TB, dir, name string, args ...string) {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "QUILT_PATCHES=patches")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}
