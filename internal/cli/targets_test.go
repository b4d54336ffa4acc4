package cli

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/target"
)

// insideRun is one run of a target inside the test, and what it must say.
type insideRun struct {
	before func(*inside) // makes what has to be there; nil: the distribution is enough
	typed  []string      // positional arguments, then flags
	stop   bool          // it runs until it is interrupted
	code   int
	out    string // a regular expression for stdout; "" wants it empty
	story  string // one for stderr
}

// noBuildKit is what a target says that needs a BuildKit, where the address that is set does not answer.
const noBuildKit = `(?s)reaching the BuildKit at tcp://127.0.0.1:1: .*hint: .*howdah builder:status`

// insideRuns has a run for every target. What needs a BuildKit, root or built images goes as far as saying so.
var insideRuns = map[string]insideRun{
	"init": {before: (*inside).checkout, typed: []string{"-dir=new"}, out: `(?m)^new/howdah\.toml$`,
		story: `next: HOWDAH_CONFIG=new/howdah\.toml howdah patch:check`},
	"demo":    {code: 75, story: noBuildKit},
	"release": {before: (*inside).built, out: `^mini in mine · released 4\.6\.0-alpha\.7\+mini\.1084caa14`},
	"test":    {before: (*inside).module, out: `1 passed, 0 failed, 0 skipped`},
	"check":   {before: (*inside).module, code: 1, out: `(?s)ok    vet.*1 passed`, story: `tools/go\.mod`},
	"dist": {before: (*inside).module, typed: []string{"-platform=linux/amd64"}, code: 1,
		story: `compiling buildkitd-linux-amd64`},
	"bench": {before: (*inside).module, out: `BenchmarkOne`},

	"upstream:fetch":  {out: `1084caa14`},
	"upstream:status": {out: `nothing released yet`},
	"upstream:ack":    {typed: []string{"-dry"}, out: `^5 of 5 watched files would be acknowledged \(dry run\)`},
	"version:show":    {out: `4\.6\.0-alpha\.7\+mini`},
	"version:accept":  {typed: []string{"-dry"}, out: `4\.6\.0-alpha\.7`},

	"patch:check":    {out: `^mini in mine · 8 changes apply · main 1084caa14`},
	"patch:history":  {typed: []string{"-months=1"}, out: `^mini in mine · 8 changes over 16 commits`},
	"patch:show":     {typed: []string{"unlisted-icon"}, out: `(?s)offset.*diff --git `},
	"patch:diff":     {out: `(?m)^diff --git `},
	"patch:checkout": {typed: []string{"tree"}, out: `^tree [0-9a-f]{40}\n$`},
	"patch:edit":     {typed: []string{"blank", "Gemfile", "source", "source ", "-dry"}, out: `(?m)^\+source `},
	"patch:find":     {typed: []string{"About"}, out: `^2 places for "About" · main 1084caa14\n`},
	"patch:overlay": {typed: []string{"robots", "mine/VERSION", "public/robots.txt", "-dry"},
		out: `^clean  robots: public/robots\.txt replaces upstream's\n$`, story: `would write patches/overlays/robots/`},
	"patch:remove": {typed: []string{"post-length", "-dry"}, out: `post-length would be removed\n$`},
	"patch:new":    {typed: []string{"-dir=tree"}, out: `^tree  `, story: `howdah patch:save -dir=tree`},
	"patch:save":   {before: opened, typed: []string{"-dir=tree"}, out: `^nothing to save`},
	"patch:refresh": {typed: []string{"-dry"}, out: `same patched tree`,
		story: `would write patches/unlisted-icon\.patch`},
	"patch:import": {before: (*inside).mailed, typed: []string{"one.patch", "-dry"}, out: `(?m)^clean `,
		story: `would write`},
	"patch:export": {typed: []string{"mailbox", "-dir=mail"}, out: `^mail/mini\.mbox\n$`},
	"patch:pin":    {typed: []string{"post-length"}, code: 2, story: `post-length`},
	"patch:drop":   {typed: []string{"post-length", "-dry"}, code: 2, story: `(?s)hint: .*patch:remove post-length`},

	"image:build": {before: (*inside).bases, code: 75, story: noBuildKit},
	"image:verify": {before: (*inside).built,
		out: `(?s)^mini in .*\nmastodon linux/amd64.*jemalloc.*mastodon-streaming linux/amd64`},
	"image:why": {before: (*inside).released, typed: []string{"web"},
		out: `(?m)^mastodon: the same inputs as in [0-9TZ]+-.* · nothing is built\ntaken from `},
	"image:run":      {code: 2, story: `(?s)both images have to be built first.*hint: .*howdah image:build`},
	"builder:up":     {code: 2, story: `(?s)buildkitd|runc|root.*hint: `},
	"builder:down":   {out: `^the embedded BuildKit is down\n$`},
	"builder:status": {code: 75, story: noBuildKit},
	"base:pin":       {before: (*inside).unreachable, code: 2, story: `nowhere\.git`},
	"base:build":     {code: 75, story: noBuildKit},
	"cache:status":   {out: `(?m)^  mirrors +[0-9.]+ kB`},
	"cache:prune":    {typed: []string{"-dry"}, out: `would free`},

	"publish:tag":     {before: (*inside).built, out: `/mini/mastodon:`},
	"publish:push":    {before: (*inside).built, out: `^mini in mine · released `},
	"publish:status":  {before: (*inside).released, out: `^mini in mine · whole: `},
	"publish:resume":  {before: (*inside).released, out: `nothing to resume`},
	"publish:compose": {before: (*inside).released, out: `(?m)^    image: .*/mini/mastodon:.*@sha256:`},
	"publish:promote": {typed: []string{"2026-01-01"}, code: 2, story: `no registry has a release "2026-01-01"`},
	"publish:rollback": {before: (*inside).released, typed: []string{"-reason=tried", "-dry"}, code: 2,
		story: `no release before .* differs from it`},
	"publish:hold": {before: (*inside).released, typed: []string{"-reason=tried", "-dry"},
		out: `^dry run: would set a hold\n$`},
	"publish:prune":  {before: (*inside).released, typed: []string{"-dry"}, story: `dry run: would remove 0 tags`},
	"publish:doctor": {out: `(?m)^ok .*/mini/mastodon +push  may be pushed to`},
	"publish:serve": {stop: true,
		story: `serving .*/mine/dist/registry on http://127\.0\.0\.1:[0-9]+ until interrupted`},
	"ci:notice": {typed: []string{"release", "success"}, out: `issue release-mine-howdah-toml`},
}

// opened opens the patched tree.
func opened(in *inside) { in.must(target.PatchNew, "-dir=tree") }

// TestEveryTargetRunsInside runs every target inside this test, in a folder and an environment of its own. With
// -short it is each third target.
func TestEveryTargetRunsInside(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	shared := t.TempDir()
	upstream, err := WriteUpstream(filepath.Join(shared, "miniature", "mastodon.git"))
	if err != nil {
		t.Fatal(err)
	}
	cache := goCache(t)
	for name, value := range map[string]string{ // of the process: nothing may look at it
		"HOWDAH_CONFIG": "/nowhere/howdah.toml", "HOWDAH_CACHE": "/nowhere", "HOWDAH_PORT": "1",
		"BUILDKIT_HOST":     "tcp://nowhere",
		"HOWDAH_REGISTRIES": "nowhere.example/x", "GITHUB_API_URL": "http://nowhere.invalid",
		"GIT_DIR": "/nowhere", "HOME": "/nowhere",
		"GOCACHE": cache, "XDG_CACHE_HOME": "/nowhere",
	} {
		t.Setenv(name, value)
	}
	before := names(t, ".")
	for i, one := range target.All() {
		want, ok := insideRuns[one.Name]
		if !ok {
			t.Errorf("%s has no run in insideRuns", one.Name)
			continue
		}
		if testing.Short() && i%3 != 0 {
			continue
		}
		t.Run(one.Name, func(t *testing.T) {
			in := newInside(t, upstream, shared, startRegistry(t, filepath.Join(t.TempDir(), "registry")))
			if want.before != nil {
				want.before(in)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if want.stop {
				time.AfterFunc(300*time.Millisecond, cancel)
			}
			code := in.run(ctx, one, want.typed...)
			if code != want.code {
				t.Errorf("exit code %d, expected %d", code, want.code)
			}
			if out := in.out.String(); want.out == "" && out != "" || !regexp.MustCompile(want.out).MatchString(out) {
				t.Errorf("stdout has no match for %q", want.out)
			}
			if !regexp.MustCompile(want.story).MatchString(in.story.String()) {
				t.Errorf("stderr has no match for %q", want.story)
			}
			if t.Failed() || testing.Verbose() {
				t.Logf("stdout:\n%s\nstderr:\n%s", in.out.String(), in.story.String())
			}
		})
	}
	if after := names(t, "."); !slices.Equal(before, after) {
		t.Errorf("the process's own folder had %q, and now has %q", before, after)
	}
}

// names are the files of a folder.
func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}
