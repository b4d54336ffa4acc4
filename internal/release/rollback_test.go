package release

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	rt "github.com/howdah/howdah/internal/registrytest"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

// history releases n times, with other images each time.
func (s *site) history(n int) []*record.Record {
	s.t.Helper()
	var out []*record.Record
	for i := range n {
		s.images = []Image{build(s.t, "mastodon"), build(s.t, "mastodon-streaming")}
		s.upstream(fmt.Sprintf("%09x%031x", 0x100+i, 0), "4.6.0-alpha.7")
		out = append(out, s.must(Done).Record)
	}
	return out
}

func TestRollback(t *testing.T) {
	t.Parallel()
	s := newSite(t, strict(t), memory(t))
	was := s.history(3)
	if _, err := storeOf(s.client, s.set).
		Rollback(t.Context(), "", Accept{}, s.now, false); fault.CodeOf(err) != fault.Usage {
		t.Errorf("without a reason: %v", err)
	}
	dry, err := storeOf(s.client, s.set).Rollback(t.Context(), "", Accept{Reason: "broken"}, s.now, true)
	if err != nil || dry.State != Planned || len(dry.Steps) == 0 {
		t.Errorf("dry: %+v, %v", dry, err)
	}
	s.now = s.now.Add(time.Minute)
	res, err := storeOf(s.client, s.set).Rollback(t.Context(), "", Accept{Reason: "uploads fail"}, s.now, false)
	if err != nil || res.State != Done {
		t.Fatalf("%+v, %v", res, err)
	}
	rec := res.Record
	if rec.Kind != "rollback" || rec.Of != was[1].Tag || rec.Reason != "uploads fail" || !record.SameImages(rec, was[1]) ||
		rec.Tag <= was[2].Tag {
		t.Errorf("record %+v", rec)
	}
	s.whole(rec) // edge and current went back, under a new tag that sorts last

	s.upstream("8df9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
	held := s.must(Held)
	if held.Record.Tag != rec.Tag {
		t.Errorf("held at %s", held.Record.Tag)
	}
	s.set.Attended = true
	if _, err := s.release(t.Context()); fault.CodeOf(err) != fault.Gate ||
		!strings.Contains(err.Error(), "uploads fail") {
		t.Errorf("by hand, held: %v", err)
	}
	s.set.Attended = false
	s.accept = Accept{Gates: []string{target.GateHold}, Reason: "the fix"}
	fixed := s.must(Done).Record
	s.whole(fixed)
	s.accept = Accept{}
	s.upstream("9df9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
	s.must(Held)
	if _, err := storeOf(s.client, s.set).Hold(t.Context(), false, "", s.now.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	s.whole(s.must(Done).Record)

	s.now = s.now.Add(time.Minute)
	named, err := storeOf(s.client, s.set).Rollback(t.Context(), was[0].Tag, Accept{Reason: "further"}, s.now, false)
	if err != nil || !record.SameImages(named.Record, was[0]) {
		t.Fatalf("%+v, %v", named, err)
	}
	s.whole(named.Record)
	if _, err := storeOf(s.client, s.set).Rollback(t.Context(), "20200101T000000Z-4.0.0-g000000000-00000000",
		Accept{Reason: "x"}, s.now, false); fault.CodeOf(err) != fault.Usage {
		t.Errorf("to what is not there: %v", err)
	}
}

func TestRollbackOverMigrations(t *testing.T) {
	s := newSite(t, memory(t))
	s.history(1)
	s.images = []Image{build(t, "mastodon"), build(t, "mastodon-streaming")}
	s.upstream("8df9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
	s.cand.Migrations = append(s.cand.Migrations, "db/migrate/3_c.rb")
	s.must(Done)
	s.now = s.now.Add(time.Minute)
	_, err := storeOf(s.client, s.set).Rollback(t.Context(), "", Accept{Reason: "x"}, s.now, false)
	if fault.CodeOf(err) != fault.Gate || !strings.Contains(err.Error(), "db/migrate/3_c.rb") {
		t.Fatal(err)
	}
	if k, err := storeOf(s.client, s.set).Read(t.Context()); err != nil || k.hold.On {
		t.Errorf("a refusal set a hold: %+v, %v", k, err)
	}
	res, err := storeOf(s.client, s.set).Rollback(t.Context(), "",
		Accept{Gates: []string{target.GateSchema}, Reason: "x"}, s.now, false)
	if err != nil || len(res.Record.Database) != 3 {
		t.Errorf("the database is %+v, %v", res.Record, err)
	}
}

func TestOlderReleaseIsFinishedWithoutGoingBack(t *testing.T) {
	s, _, b := proxied(t)
	s.set.Required = []string{s.set.Registries[0].String()}
	b.Down()
	s.upstream(fmt.Sprintf("%040x", 1<<60), "4.6.0-alpha.7")
	first := s.must(Done).Record
	cand := s.cand
	b.Mend()
	s.images = []Image{build(t, "mastodon"), build(t, "mastodon-streaming")}
	s.upstream(fmt.Sprintf("%040x", 2<<60), "4.6.0-alpha.7")
	second := s.must(Done).Record
	s.cand, s.images = cand, nil // upstream went back to where it was
	s.must(Done)
	s.whole(second)
	if got := s.tags(s.set.Registries[1])["mastodon:"+first.Tag]; got != first.Images[0].Digest {
		t.Errorf("the first release's tag at the registry that lagged is %q", got)
	}
}

func TestPromote(t *testing.T) {
	t.Parallel()
	s := newSite(t, strict(t), strict(t))
	was := s.history(2)
	for _, bad := range []string{"current", "pending", "hold", was[0].Tag, "-x", "a+b", ""} {
		if _, err := storeOf(s.client, s.set).
			Promote(t.Context(), was[0].Tag, []string{bad}, Accept{}, false); fault.CodeOf(err) != fault.Usage {
			t.Errorf("moving %q: %v", bad, err)
		}
	}
	if res, err := storeOf(s.client, s.set).Promote(t.Context(), was[1].Tag, []string{"stable"}, Accept{},
		true); err != nil || res.State != Planned || len(res.Steps) != 6 {
		t.Errorf("dry: %+v, %v", res, err)
	}
	if res, err := storeOf(s.client, s.set).Promote(t.Context(), was[1].Tag, []string{"stable", "latest"}, Accept{},
		false); err != nil || res.State != Done {
		t.Fatalf("%+v, %v", res, err)
	}
	for _, r := range s.set.Registries {
		tags := s.tags(r)
		if tags["mastodon:stable"] != was[1].Images[0].Digest ||
			tags["mastodon-streaming:latest"] != was[1].Images[1].Digest ||
			tags["mini-release:stable"] != tags["mini-release:"+was[1].Tag] {
			t.Errorf("%s: %v", r, tags)
		}
	}
	_, err := storeOf(s.client, s.set).Promote(t.Context(), was[0].Tag, []string{"stable"}, Accept{}, false)
	if fault.CodeOf(err) != fault.Gate || !strings.Contains(fault.HintOf(err).String(), "publish:rollback") {
		t.Errorf("going back: %v", err)
	}
	if _, err := storeOf(s.client, s.set).Promote(t.Context(), was[0].Tag, []string{"stable"},
		Accept{Gates: []string{target.GateOlder}, Reason: "x"}, false); err != nil {
		t.Error(err)
	}
	if got := s.tags(s.set.Registries[1])["mastodon:stable"]; got != was[0].Images[0].Digest {
		t.Errorf("stable is %s", got)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	s, _, b := proxied(t)
	if st, err := storeOf(s.client, s.set).Status(t.Context(), "", false); err != nil || st.State != Planned ||
		st.Record != nil {
		t.Errorf("before the first: %+v, %v", st, err)
	}
	was := s.history(2)
	for name, test := range map[string]struct {
		do   func(t *testing.T)
		want string // in the second registry's words
		deep bool
	}{
		"whole": {func(*testing.T) {}, "", true},
		"moving tag": {func(t *testing.T) {
			s.write(t, 1, "mastodon", "edge", was[0].Images[0].Digest)
		}, "tag edge of mastodon points to", false},
		"blob": {func(*testing.T) {
			b.Break(rt.Rule{Path: "mastodon-streaming/blobs/" + was[1].Images[1].Blobs[1].Digest, Do: rt.Status(404, "")})
		}, "lacks blob " + was[1].Images[1].Blobs[1].Digest, true},
		"down": {func(*testing.T) { b.Down() }, b.Address, false},
	} {
		t.Run(name, func(t *testing.T) {
			test.do(t)
			st, err := storeOf(newClient(t), s.set).Status(t.Context(), "", test.deep)
			b.Mend()
			if err != nil || st.Record.Tag != was[1].Tag || st.Registries[0].State != Done {
				t.Fatalf("%+v, %v", st, err)
			}
			if got := st.Registries[1]; (test.want == "") != (got.State == Done) || !strings.Contains(got.Error, test.want) {
				t.Errorf("%+v, want %q", got, test.want)
			}
			if (test.want == "") != (st.State == Done) || (st.State == partial) != (st.Resume.Target != "") {
				t.Errorf("state %s, resume %v", st.State, st.Resume)
			}
			s.write(t, 1, "mastodon", "edge", was[1].Images[0].Digest)
		})
	}
}

// write moves a tag as an outsider would.
func (s *site) write(t *testing.T, at int, image, tag, digest string) {
	t.Helper()
	repo, err := s.client.Repo(s.set.Registries[at], image)
	if err != nil {
		t.Fatal(err)
	}
	m, found, err := repo.Get(t.Context(), digest)
	if err != nil || !found {
		t.Fatal(digest, err)
	}
	if _, err := repo.Move(t.Context(), tag, m); err != nil {
		t.Fatal(err)
	}
}

func TestPrune(t *testing.T) {
	t.Parallel()
	address := strict(t)
	s := newSite(t, address)
	was := s.history(4)
	if _, err := storeOf(s.client, s.set).Promote(t.Context(), was[0].Tag, []string{"stable"}, Accept{},
		false); err != nil {
		t.Fatal(err)
	}
	shared := s.images[0] // the build's layers are the newest release's too
	shared.Inputs = "sha256:" + strings.Repeat("7", 64)
	tag := "build-" + strings.Repeat("7", 32)
	if err := storeOf(s.client, s.set).SaveBuild(t.Context(), shared, s.now.Add(-20*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if as := storeOf(nil, s.set).BuildName("mastodon", shared.Inputs); as != address+"/owner/mastodon:"+tag {
		t.Fatal(as)
	}
	young := build(t, "mastodon-streaming")
	young.Inputs = "sha256:" + strings.Repeat("8", 64)
	if err := storeOf(s.client, s.set).SaveBuild(t.Context(), young, s.now); err != nil {
		t.Fatal(err)
	}
	kept := buildTag(young.Inputs)
	opt := PruneOptions{Keep: 2, Now: s.now}
	dry := opt
	dry.Dry = true
	before := s.tags(s.set.Registries[0])
	would, err := storeOf(s.client, s.set).Prune(t.Context(), dry)
	if err != nil || len(would) != 1+4 { // a kept build; the release's tag on both images, its record's and its claim
		t.Fatalf("%+v, %v", would, err)
	}
	if len(s.tags(s.set.Registries[0])) != len(before) {
		t.Fatal("a dry run removed something")
	}
	gone, err := storeOf(s.client, s.set).Prune(t.Context(), opt)
	if err != nil || len(gone) != len(would) {
		t.Fatalf("%+v, %v", gone, err)
	}
	for _, g := range gone {
		if !g.Gone {
			t.Errorf("%+v", g)
		}
	}
	tags := s.tags(s.set.Registries[0])
	for _, want := range []string{"mastodon:" + was[3].Tag, "mastodon:" + was[2].Tag, "mastodon:" + was[0].Tag,
		"mastodon:stable", "mastodon:edge", "mini-release:" + was[0].Tag, "mini-release:current",
		"mastodon-streaming:" + kept} {
		if tags[want] == "" {
			t.Errorf("%s is gone", want)
		}
	}
	for _, not := range []string{"mastodon:" + was[1].Tag, "mini-release:" + was[1].Tag, "mastodon:" + tag} {
		if tags[not] != "" {
			t.Errorf("%s is still there", not)
		}
	}
	for name := range tags {
		if strings.HasPrefix(name, "mini-release:"+was[1].Tag) {
			t.Errorf("%s is still there", name)
		}
	}
	s.pullable()
	if again, err := storeOf(s.client, s.set).Prune(t.Context(), opt); err != nil || len(again) != 0 {
		t.Errorf("%+v, %v", again, err)
	}
}

// TestPruneKeepsAll: without a number no release goes, however many and old there are.
func TestPruneKeepsAll(t *testing.T) {
	s := newSite(t, strict(t))
	s.history(22)
	before := s.tags(s.set.Registries[0])
	gone, err := storeOf(s.client, s.set).Prune(t.Context(), PruneOptions{Now: s.now.AddDate(1, 0, 0)})
	if err != nil || len(gone) != 0 || len(s.tags(s.set.Registries[0])) != len(before) {
		t.Errorf("%+v, %v", gone, err)
	}
	s.pullable()
}

func TestPruneWhereNothingCanBeDeleted(t *testing.T) {
	p := rt.New(t, strict(t))
	s := newSite(t, p.Address)
	s.history(3)
	p.Break(rt.Rule{Method: http.MethodDelete, Do: rt.Status(405, rt.Code("UNSUPPORTED", "no"))})
	gone, err := storeOf(s.client, s.set).Prune(t.Context(), PruneOptions{Keep: 1, Now: s.now})
	if err != nil || len(gone) != 8 || gone[0].Gone || gone[0].Error == "" {
		t.Errorf("%+v, %v", gone, err)
	}
	s.pullable()
}

func TestReuse(t *testing.T) {
	t.Parallel()
	s := newSite(t, strict(t), strict(t))
	s.must(Done)
	k, err := storeOf(s.client, s.set).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// Another stamp, the same images: restamped out of the registry, with no layout and no layer sent.
	s.upstream("8df9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
	var images []Image
	for _, name := range s.set.Images {
		f, err := storeOf(s.client, s.set).Reuse(t.Context(), k, name, s.cand.Images[name])
		if err != nil || f == nil {
			t.Fatal(f, err)
		}
		images = append(images, Image{Name: name, Found: f, Platforms: []string{"linux/amd64"}})
	}
	was := s.images
	s.images = images
	rec := s.must(Done).Record
	s.whole(rec)
	for i, name := range s.set.Images {
		plain, err := was[i].stamped(s.cand.Stamp)
		if err != nil {
			t.Fatal(err)
		}
		if got := rec.Images[i].Digest; got != plain.Digest().String() {
			t.Errorf("%s restamped is %s, stamped %s", name, got, plain.Digest())
		}
	}
	if f, err := storeOf(s.client, s.set).Reuse(t.Context(), k, "mastodon", "sha256:"+strings.Repeat("f", 64)); f != nil ||
		err != nil {
		t.Errorf("found %+v, %v", f, err)
	}
}

// TestKeep: a build that one machine keeps is brought to another whole, under no other tag than its own.
func TestKeep(t *testing.T) {
	t.Parallel()
	s := newSite(t, strict(t), strict(t))
	b := build(t, "mastodon")
	b.Inputs = "sha256:" + strings.Repeat("5", 64)
	k, err := storeOf(s.client, s.set).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if f, err := storeOf(s.client, s.set).FindBuild(t.Context(), k, "mastodon", b.Inputs); f != nil || err != nil {
		t.Fatalf("kept before: %+v, %v", f, err)
	}
	if err := storeOf(s.client, s.set).MaySaveBuild(t.Context(), s.set.Images...); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it exists already
		if err := storeOf(s.client, s.set).SaveBuild(t.Context(), b, s.now); err != nil {
			t.Fatal(err)
		}
	}
	tags := s.tags(s.set.Registries[0])
	if len(tags) != 1 || tags["mastodon:"+buildTag(b.Inputs)] == "" || len(s.tags(s.set.Registries[1])) != 0 {
		t.Errorf("%v, %v", tags, s.tags(s.set.Registries[1]))
	}
	f, err := storeOf(newClient(t), s.set).FindBuild(t.Context(), k, "mastodon", b.Inputs)
	if err != nil || f == nil {
		t.Fatal(f, err)
	}
	dir := t.TempDir()
	for range 2 {
		if err := f.Download(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
	}
	brought := Image{Name: "mastodon", Layout: dir}
	got, err := brought.stamped(s.cand.Stamp)
	if err != nil {
		t.Fatal(err)
	}
	want, err := b.stamped(s.cand.Stamp)
	if err != nil || got.Digest() != want.Digest() {
		t.Errorf("brought %s, built %s: %v", got.Digest(), want.Digest(), err)
	}
	if err := (content.Layout{Dir: dir}).Check(t.Context(), got); err != nil {
		t.Error(err)
	}
}

func TestDoctor(t *testing.T) {
	s, _, b := proxied(t)
	checks, err := storeOf(s.client, s.set).Doctor(t.Context())
	if err != nil || len(checks) != 12 {
		t.Fatalf("%+v, %v", checks, err)
	}
	s.must(Done)
	b.Break(rt.Rule{Method: http.MethodPost, Path: "mastodon-streaming",
		Do: rt.Status(403, rt.Code("DENIED", "write_package"))})
	checks, err = storeOf(newClient(t), s.set).Doctor(t.Context())
	bad := 0
	for _, c := range checks {
		if !c.OK {
			bad++
			if c.What != "push" || c.Image != "mastodon-streaming" || c.Hint.IsZero() {
				t.Errorf("%+v", c)
			}
		}
	}
	if bad != 1 || fault.CodeOf(err) != fault.Auth {
		t.Errorf("%d are bad: %v", bad, err)
	}
	for _, r := range s.set.Registries {
		for tag := range s.tags(r) {
			if _, err := stamp.ParseTag(tag); err == nil {
				t.Errorf("the doctor wrote %s", tag)
			}
		}
	}
}

func TestUnchangedAsksLittle(t *testing.T) {
	s, a, b := proxied(t)
	s.must(Done)
	a.Forget()
	b.Forget()
	s.client = newClient(t)
	s.must(Unchanged)
	n := len(a.Requests("")) + len(b.Requests(""))
	t.Logf("%d requests at two registries", n)
	if n > 10 || len(a.Requests("^(PUT|POST|PATCH)")) > 0 {
		t.Errorf("%d requests: %v", n, a.Requests(""))
	}
}

func TestClockBehind(t *testing.T) {
	s := newSite(t, strict(t))
	first := s.must(Done).Record
	s.now = day.Add(-24 * time.Hour)
	s.upstream("8df9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
	second := s.must(Done).Record
	if second.Tag <= first.Tag {
		t.Errorf("%s does not come after %s", second.Tag, first.Tag)
	}
	s.whole(second)
}

// deleter deletes by digest, at every registry.
type deleter struct{ asked []string }

func (d *deleter) Delete(_ context.Context, r address.Registry, image, digest string) (bool, error) {
	d.asked = append(d.asked, r.Name(image)+"@"+digest)
	return true, nil
}

// TestPruneByAPI: where the registry does not delete, the deleter is asked for what goes, by its digest, and for
// nothing that stays.
func TestPruneByAPI(t *testing.T) {
	p := rt.New(t, strict(t))
	s := newSite(t, p.Address)
	s.history(3)
	p.Break(rt.Rule{Method: http.MethodDelete, Do: rt.Status(405, rt.Code("UNSUPPORTED", "no"))})
	d := &deleter{}
	client := registry.New(registry.Options{Tries: 1, Deleter: d})
	t.Cleanup(client.Close)
	gone, err := storeOf(client, s.set).Prune(t.Context(), PruneOptions{Keep: 1, Now: s.now})
	if err != nil || len(gone) != 8 {
		t.Fatalf("%+v, %v", gone, err)
	}
	for _, g := range gone {
		if !g.Gone || g.Error != "" {
			t.Errorf("%s: %+v", g, g)
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(d.asked)))) != 10 {
		t.Errorf("asked to delete %q, want two releases' images, platforms and records", d.asked)
	}
	tags := s.tags(s.set.Registries[0])
	for _, stays := range []string{"mastodon:edge", "mastodon-streaming:edge", "mini-release:current"} {
		digest := tags[stays]
		if digest == "" || slices.ContainsFunc(d.asked, func(a string) bool { return strings.HasSuffix(a, digest) }) {
			t.Errorf("%s (%s) stays, and is to be deleted: %q", stays, digest, d.asked)
		}
	}
	s.pullable()
}
