package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/stamp"
)

// movingTags are what follows a release beside its own tag: five tags on each image.
var movingTags = []string{"edge", "latest", "main", "nightly"}

// job is what one process is to publish.
type job struct {
	Registries []string
	Images     map[string]string // name → layout
	Moving     []string
	Dist       string
	Step       int // another commit of upstream's
}

// jobVariable hands a job to the process that does it.
const jobVariable = "HOWDAH_BENCH_PUBLISH"

// BenchmarkPublish publishes two images of two platforms, 184 MB, to two registries that take 25 ms for each request,
// under five tags, as Howdah does it (with a record, everything read back, and tags that move last) and as loops of
// crane and regctl do it. Cold is into empty registries; warm a release whose layers are there; nothing-new the same
// release again; among-20000 again, with 20,000 older releases in every repository. Each is a process of its own, so
// that its time, CPU and memory are its own.
func BenchmarkPublish(b *testing.B) {
	if testing.Short() {
		b.Skip("skipped: 184 MB are pushed to two registries")
	}
	first, second := madeImages(b), map[string]string{}
	for name, dir := range first {
		second[name] = changed(b, dir)
	}
	for name, push := range map[string]pusher{"howdah": pushHowdah, "crane": pushCrane, "regctl": pushRegctl} {
		b.Run(name, func(b *testing.B) {
			if name != "howdah" {
				if _, err := exec.LookPath(name); err != nil {
					b.Skipf("skipped: %s is not installed", name)
				}
			}
			total := map[string]*usage{}
			for b.Loop() {
				two := []*slowRegistry{newSlowRegistry(b), newSlowRegistry(b)}
				dist := filepath.Join(b.TempDir(), "dist")
				steps := []string{"cold", "warm", "nothing-new"}
				if name == "howdah" { // the others do not ask what is there
					steps = append(steps, "among-20000")
				}
				for i, step := range steps {
					if step == "among-20000" {
						addReleases(two, 20000)
					}
					images := second
					if i == 0 {
						images = first
					}
					j := job{Registries: addresses(two), Images: images, Moving: movingTags, Dist: dist, Step: min(i, 1)}
					for _, s := range two {
						s.requests.Store(0)
					}
					used := push(b, j)
					for _, s := range two {
						used.requests += s.requests.Load()
					}
					if total[step] == nil {
						total[step] = &usage{}
					}
					total[step].add(used)
				}
				for _, s := range two {
					s.server.Close()
				}
			}
			for step, u := range total {
				u.report(b, step)
			}
		})
	}
}

// addReleases adds older releases to every repository.
func addReleases(registries []*slowRegistry, n int) {
	for _, r := range registries {
		for _, repository := range []string{"owner/mastodon", "owner/mastodon-streaming", "owner/mini-release"} {
			tags := r.store.Tags(repository)
			digest := tags["edge"]
			if digest == "" {
				digest = tags["current"]
			}
			for i := range n {
				r.store.SetTag(repository, fmt.Sprintf("20250101T%06dZ-4.5.0-g7cf9e77d5-%08x", i, i), digest)
			}
		}
	}
}

// pusher does a job, and says what it took.
type pusher func(testing.TB, job) usage

// usage is what processes took.
type usage struct {
	runs     int
	wall     time.Duration
	cpu      time.Duration
	memory   int64 // the most of one process, in bytes
	requests int64
}

func (u *usage) add(o usage) {
	u.runs++
	u.wall += o.wall
	u.cpu += o.cpu
	u.memory = max(u.memory, o.memory)
	u.requests += o.requests
}

func (u *usage) report(b *testing.B, step string) {
	n := float64(u.runs)
	b.ReportMetric(u.wall.Seconds()/n, "s/"+step)
	b.ReportMetric(u.cpu.Seconds()/n, "cpu-s/"+step)
	b.ReportMetric(float64(u.memory)/1e6, "MB/"+step)
	b.ReportMetric(float64(u.requests)/n, "requests/"+step)
}

// measured runs a program to its end, and says what it took.
func measured(tb testing.TB, cmd *exec.Cmd) usage {
	tb.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	at := time.Now()
	err := cmd.Start()
	var memory int64
	if err == nil {
		peak := watchMemory(cmd.Process.Pid)
		err = cmd.Wait()
		memory = peak()
	}
	if err != nil {
		tb.Fatalf("%s: %v\n%s", strings.Join(cmd.Args, " "), err, out.String())
	}
	return usage{wall: time.Since(at), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), memory: memory}
}

// watchMemory looks at the most memory that a process has had. The kernel's own figure at its end includes that of this
// process, from which it was forked.
func watchMemory(pid int) func() int64 {
	stop, result := make(chan struct{}), make(chan int64)
	go func() {
		var most int64
		for {
			if data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
				if _, rest, ok := bytes.Cut(data, []byte("VmHWM:")); ok {
					var kb int64
					if _, err := fmt.Sscan(string(rest), &kb); err == nil {
						most = kb << 10
					}
				}
			}
			select {
			case <-stop:
				result <- most
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() int64 { close(stop); return <-result }
}

func pushHowdah(tb testing.TB, j job) usage {
	data, err := json.Marshal(j)
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.CommandContext(tb.Context(), os.Args[0], "-test.run=^TestPublishJob$", "-test.count=1")
	cmd.Env = append(os.Environ(), jobVariable+"="+string(data))
	return measured(tb, cmd)
}

// TestPublishJob is Howdah's process in [BenchmarkPublish].
func TestPublishJob(t *testing.T) {
	text := os.Getenv(jobVariable)
	if text == "" {
		t.Skip("skipped: a process of BenchmarkPublish")
	}
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		t.Fatal(err)
	}
	if err := j.publish(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (j job) publish(ctx context.Context) error {
	s := release.Settings{Name: "mini", Images: []string{"mastodon", "mastodon-streaming"}, Moving: j.Moving, Dist: j.Dist,
		Cache: j.Dist, Public: true}
	var err error
	for i := range j.Registries {
		j.Registries[i] += "/owner"
	}
	if s.Registries, err = address.ParseAll(j.Registries); err != nil {
		return err
	}
	commit := strings.Repeat(fmt.Sprint(j.Step+1), 40)
	v, err := stamp.Parse("4.6.0-alpha.7")
	if err != nil {
		return err
	}
	day := time.Date(2026, 4, 30, 16, 0, j.Step, 0, time.UTC)
	cand := release.Proposal{
		Stamp: stamp.Stamp{Name: "mini", Version: v, Pin: commit, Created: day, Patched: commit, Tree: commit,
			Source: "https://example.org/howdah",
			Images: map[string]stamp.Image{"mastodon": {Role: "web"}, "mastodon-streaming": {Role: "streaming"}}},
		Upstream: record.Upstream{URL: "https://example.org/mastodon.git", Ref: "main", Commit: commit, Version: v.String()},
		Accepted: v, Tree: commit, Commit: commit, Packages: "2026-04-30",
		Images: map[string]string{"mastodon": "sha256:" + strings.Repeat("1", 64),
			"mastodon-streaming": "sha256:" + strings.Repeat("2", 64)},
	}
	var images []release.Image
	for name, dir := range j.Images {
		images = append(images, release.Image{Name: name, Layout: dir, Platforms: platforms})
	}
	c := registry.New(registry.Options{})
	defer c.Close()
	store := release.Store{Settings: s, Client: c}
	known, err := store.Read(ctx)
	if err != nil {
		return err
	}
	plan, err := store.Prepare(ctx, known, cand, release.PrepareOptions{Now: day})
	if err != nil {
		return err
	}
	_, err = store.Publish(ctx, plan, images, release.Hooks{})
	return err
}

// pushCrane does what the loop in many a workflow does: each image is pushed once to each registry, then tagged.
func pushCrane(tb testing.TB, j job) usage {
	return loop(tb, j,
		func(dir, ref string) []string { return []string{"crane", "push", "--index", dir, ref} },
		func(ref, tag string) []string { return []string{"crane", "tag", ref, tag} })
}

func pushRegctl(tb testing.TB, j job) usage {
	home := tb.TempDir()
	for _, r := range j.Registries {
		measured(tb, command(tb, home, "regctl", "registry", "set", "--tls=disabled", r))
	}
	tb.Setenv("HOME", home)
	return loop(tb, j,
		func(dir, ref string) []string {
			return []string{"regctl", "image", "copy", "ocidir://" + dir + "@" + digestOf(tb, dir), ref}
		},
		func(ref, tag string) []string {
			repo, _, _ := strings.Cut(ref[strings.Index(ref, "/"):], ":")
			return []string{"regctl", "image", "copy", ref, ref[:strings.Index(ref, "/")] + repo + ":" + tag}
		})
}

func command(tb testing.TB, home string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(tb.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "HOME="+home)
	return cmd
}

// loop pushes and tags one after the other.
func loop(tb testing.TB, j job, push func(dir, ref string) []string, tag func(ref, tag string) []string) (all usage) {
	one := func(args []string) {
		all.add(measured(tb, exec.CommandContext(tb.Context(), args[0], args[1:]...)))
	}
	for _, r := range j.Registries {
		for name, dir := range j.Images {
			ref := fmt.Sprintf("%s/owner/%s:release-%d", r, name, j.Step)
			one(push(dir, ref))
			for _, t := range j.Moving {
				one(tag(ref, t))
			}
		}
	}
	return all
}
