package release

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	rt "github.com/howdah/howdah/internal/registrytest"
)

func (w *world) problem(kind, format string, args ...any) {
	w.problems = append(w.problems, kind+": "+fmt.Sprintf(format, args...))
}

// view is what people see at the registries at one moment.
type view struct {
	tags map[string]string // by registry and IMAGE:TAG, without those that are Howdah's own
	held bool

	rollback string // that the hold says is under way
}

func (w *world) look() view {
	v := view{tags: map[string]string{}}
	for i, s := range w.stores {
		for _, image := range w.images() {
			for tag, digest := range s.Tags("owner/" + image) {
				if tag != pendingTag && tag != holdTag && claimed(tag) == "" {
					v.tags[fmt.Sprintf("%d %s:%s", i, image, tag)] = digest
				}
			}
		}
	}
	client := w.direct()
	defer client.Close()
	if k, err := storeOf(client, w.set).Read(w.t.Context()); err == nil {
		v.held, v.rollback = k.hold.On, k.hold.Rollback
	} else {
		w.problem("the registries cannot be read", "%v", err)
	}
	return v
}

func (w *world) images() []string { return append(slices.Clone(w.set.Images), w.set.artifact()) }

// record reads a release's record from a store; nil is none.
func (w *world) record(tag string) *record.Record {
	for _, s := range w.stores {
		if r := recordAt(s, tag); r != nil {
			return r
		}
	}
	return nil
}

func recordAt(s *rt.Store, ref string) *record.Record {
	var m struct {
		Config struct{ Digest string }
	}
	if json.Unmarshal(s.Manifest("owner/mini-release", ref), &m) != nil {
		return nil
	}
	r, err := record.Parse(s.Blob("owner/mini-release", m.Config.Digest))
	if err != nil {
		return nil
	}
	return r
}

// lacks names the tags of a release that a registry does not have, or that stand for something else.
func (w *world) lacks(s *rt.Store, r *record.Record, moving bool) []string {
	var out []string
	expect := func(image, tag, digest string) {
		if got := s.Tags("owner/" + image)[tag]; got != digest || digest == "" {
			out = append(out, fmt.Sprintf("%s:%s is %.15s, not %.15s", image, tag, got, digest))
		} else if missing := s.Lacks("owner/"+image, tag); missing != "" {
			out = append(out, fmt.Sprintf("%s:%s lacks %s", image, tag, missing))
		}
	}
	record := s.Tags("owner/mini-release")[r.Tag]
	expect("mini-release", r.Tag, record)
	if moving {
		expect("mini-release", currentTag, record)
	}
	for _, i := range r.Images {
		expect(i.Name, r.Tag, i.Digest)
		for _, m := range w.set.Moving {
			if moving {
				expect(i.Name, m, i.Digest)
			}
		}
	}
	return out
}

// judge says what is wrong after commands that ran in a step.
func (w *world) judge(before view, outcomes []outcome, s drawnStep) {
	prunes := slices.ContainsFunc(outcomes, func(o outcome) bool { return o.command.verb == "prune" })
	w.pruned = w.pruned || prunes
	w.judgeMoves(prunes, len(outcomes) > 1)
	after := w.look()
	w.judgeWhole()
	w.judgeBelonging()
	w.judgeClaims()
	w.judgeSent(s, len(outcomes) > 1)
	w.judgeWords(outcomes)
	if len(outcomes) == 1 {
		w.judgeTruth(before, after, outcomes[0])
		w.judgeHold(before, after, outcomes[0])
	}
}

// judgeMoves looks at every tag that moved: immutable ones do not, and moving ones never to an older release.
func (w *world) judgeMoves(prunes, several bool) {
	fresh := map[*rt.Store][]rt.TagMove{}
	for _, s := range w.stores {
		moves := s.Moves()
		fresh[s] = moves[w.seen[s]:]
		w.seen[s] = len(moves)
		for _, m := range fresh[s] {
			if claimed(m.Tag) != "" {
				w.judgeClaim(m, prunes)
			}
			if !isRelease(m.Tag) {
				continue
			}
			if m.Old != "" && m.New != "" || m.New == "" && !prunes {
				w.problem("an immutable tag moved", "%s:%s from %s to %s", m.Repository, m.Tag, m.Old, m.New)
			}
			if w.orders[m.Repository] == nil {
				w.orders[m.Repository] = map[string]string{}
			}
			w.orders[m.Repository][m.New] = max(w.orders[m.Repository][m.New], m.Tag)
		}
	}
	for i, s := range w.stores {
		last := map[string]string{}
		for _, m := range fresh[s] {
			if isRelease(m.Tag) || claimed(m.Tag) != "" || m.Tag == pendingTag || m.Tag == holdTag || m.Tag == "sha256" {
				continue
			}
			name := m.Repository + ":" + m.Tag
			order := w.orders[m.Repository]
			if m.New != "" && order[m.New] == "" && m.Tag != currentTag {
				w.problem("a moving tag stands for what is no release", "registry %d: %s", i, name)
			}
			if m.Tag == "stable" && m.Repository != "owner/mini-release" {
				continue // the record that stable stands for says of which release it is: two may have the same images
			}
			from := order[m.Old]
			if _, known := last[name]; !known {
				from = w.stands[fmt.Sprint(i, name)]
			}
			if !several && m.New != "" && order[m.New] < from && m.Tag != currentTag {
				w.problem("a moving tag went back", "registry %d: %s from %s to %s", i, name, from, order[m.New])
			}
			last[name] = m.New
		}
		for name := range last {
			repository, _, _ := strings.Cut(name, ":")
			from, to := w.stands[fmt.Sprint(i, name)], w.orders[repository][last[name]]
			if to < from && !prunes && !strings.HasSuffix(name, ":stable") {
				w.problem("a moving tag went back", "registry %d: %s from %s to %s", i, name, from, to)
			}
			w.stands[fmt.Sprint(i, name)] = w.recordedAs(s, repository, last[name])
		}
	}
}

// recordedAs is the newest release that a registry has a record of and that has an image or record of a digest. Two
// releases may have the same images: a moving tag stands for one whose record is there, if there is one.
func (w *world) recordedAs(s *rt.Store, repository, digest string) string {
	recorded, newest := s.Tags("owner/mini-release"), ""
	for tag, d := range s.Tags(repository) {
		if isRelease(tag) && d == digest && recorded[tag] != "" {
			newest = max(newest, tag)
		}
	}
	if newest == "" {
		return w.orders[repository][digest]
	}
	return newest
}

// judgeWhole re-hashes every blob of every tag. What a registry lost by itself is missing until it is mended.
func (w *world) judgeWhole() {
	for i, s := range w.stores {
		for _, b := range s.Broken() {
			name, missing, _ := strings.Cut(b, " lacks ")
			repository, _, _ := strings.Cut(name, ":")
			if !w.lost[repository+" "+strings.TrimPrefix(missing, "blob ")] {
				w.problem("a tag cannot be pulled whole", "registry %d: %s", i, b)
			}
		}
	}
}

// judgeBelonging compares the record of every release with its images' tags, and the registries with each other.
func (w *world) judgeBelonging() {
	for _, tag := range w.releases() {
		digest := ""
		for i, s := range w.stores {
			at := s.Tags("owner/mini-release")[tag]
			if at == "" {
				continue
			}
			if digest != "" && at != digest {
				w.problem("two records have one tag", "%s", tag)
			}
			digest = at
			r := recordAt(s, tag)
			if r == nil {
				w.problem("a record cannot be read", "registry %d: %s", i, tag)
				continue
			}
			for _, image := range r.Images {
				if got := s.Tags("owner/" + image.Name)[tag]; got != image.Digest && !(got == "" && w.pruned) {
					w.problem("a release is mixed", "registry %d: %s:%s is %.15s, its record says %.15s", i, image.Name, tag, got,
						image.Digest)
				}
			}
		}
	}
}

// judgeSent looks for blobs that were sent whole a second time though the registry had them and could be asked.
func (w *world) judgeSent(s drawnStep, several bool) {
	denies := slices.ContainsFunc(s.kinds, func(k string) bool {
		return slices.Contains([]string{"404", "flip", "upload unknown", "upload unknown after", "reset after", "502 after"},
			k)
	})
	for i, store := range w.stores {
		repeated := store.Repeated()
		q := w.sc.registries[i].quirks
		if several || denies || slices.Contains(q, "HEAD knows no blob") || slices.Contains(q, "reads lag") {
			continue
		}
		for _, name := range repeated {
			w.problem("a finished blob was sent again", "registry %d: %s", i, name)
		}
	}
}

// judgeTruth compares what a command says with what is there.
func (w *world) judgeTruth(before, after view, o outcome) {
	switch {
	case o.killed:
		return
	case o.err == nil && o.state() == Held, o.command.verb == "prune":
	case o.err == nil && o.state() != Done && o.state() != Unchanged:
		w.problem("no error, and another state than done", "%s: %s", o.command, o)
	case o.err != nil && (o.state() == Done || o.state() == Unchanged):
		w.problem("done with an error", "%s: %s", o.command, o)
	case (o.code() == fault.Partial) != (o.state() == partial):
		w.problem("exit code and state differ", "%s: %s", o.command, o)
	case o.code() == fault.Retry:
		w.problem("overtaken by nobody", "%s: %s", o.command, o)
	case o.state() == Failed && !maps.Equal(before.tags, after.tags):
		w.problem("failed though a tag moved", "%s: %s: %v", o.command, o, changed(before, after))
	case o.err == nil:
		w.judgeDone(o)
	}
}

func changed(before, after view) []string {
	var out []string
	for name, d := range after.tags {
		if before.tags[name] != d {
			out = append(out, fmt.Sprintf("%s %.15s", name, d))
		}
	}
	slices.Sort(out)
	return out
}

// judgeDone says that what is done is complete at every registry that is required.
func (w *world) judgeDone(o outcome) {
	if o.command.verb == "hold" || o.command.verb == "hold off" || o.res.Record == nil {
		return
	}
	tags := w.releases()
	newest := len(tags) > 0 && tags[len(tags)-1] == o.res.Record.Tag
	for i, reg := range w.set.Registries {
		if !w.set.required(reg) {
			continue
		}
		lacks := w.lacks(w.stores[i], o.res.Record, newest && o.command.verb != "promote")
		if o.command.verb == "promote" {
			for _, image := range o.res.Record.Images {
				if got := w.stores[i].Tags("owner/" + image.Name)["stable"]; got != image.Digest {
					lacks = append(lacks, image.Name+":stable is "+got)
				}
			}
		}
		lacks = slices.DeleteFunc(lacks, w.excused)
		if len(lacks) > 0 {
			w.problem("done, but it is not", "%s: registry %d: %v", o.command, i, lacks)
		}
	}
}

// excused says that a registry lost it by itself.
func (w *world) excused(lack string) bool {
	for name := range w.lost {
		if _, digest, _ := strings.Cut(name, " "); strings.Contains(lack, digest) {
			return true
		}
	}
	return false
}
