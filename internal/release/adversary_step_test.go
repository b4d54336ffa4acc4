package release

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	rt "github.com/howdah/howdah/internal/registrytest"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

func isRelease(tag string) bool {
	_, err := stamp.ParseTag(tag)
	return err == nil
}

// step plays one step, looks at what came of it, and repeats the command in good weather.
func (w *world) step(i int) {
	s := w.sc.steps[i]
	w.hour++
	w.trace = append(w.trace, fmt.Sprintf("step %d: %s", i, s))
	if s.collect {
		for _, store := range w.stores {
			store.Collect()
		}
	}
	if s.lose {
		w.lose(i)
	}
	for r, f := range w.faulty {
		f.Seed = w.sc.seed + uint64(i)*1000
		f.Trouble(s.chance, s.kinds...)
		if s.down == r+1 {
			f.Down(-1)
		}
	}
	target := ""
	if s.also == nil {
		target = w.target(s.command)
	}
	before := w.look()
	outcomes := make([]outcome, 1, 2)
	var both sync.WaitGroup
	both.Go(func() { outcomes[0] = w.run(s.who, s.command, s.cut, s.effect) })
	if s.also != nil {
		outcomes = append(outcomes, outcome{})
		both.Go(func() { outcomes[1] = w.run(1-s.who, *s.also, 0, false) })
	}
	both.Wait()
	w.commands += len(outcomes)
	for _, f := range w.faulty {
		w.trace = append(w.trace, indent(f.Log())...)
		f.Calm()
	}
	for _, o := range outcomes {
		w.trace = append(w.trace, o.String())
	}
	w.judge(before, outcomes, s)
	if s.repeat || i == len(w.sc.steps)-1 {
		for _, o := range outcomes {
			w.again(o, target)
		}
	}
}

func indent(lines []string) []string {
	var out []string
	for _, l := range lines {
		out = append(out, "    "+l)
	}
	return out
}

// again repeats a command in good weather: within two tries everything is whole.
func (w *world) again(o outcome, target string) {
	if len(w.problems) > 0 || o.err == nil && !o.killed {
		return
	}
	var last outcome
	for range 2 {
		before := w.look()
		last = w.run(o.who, o.command, 0, false)
		w.commands++
		w.trace = append(w.trace, "  again:"+last.String())
		w.judge(before, []outcome{last}, drawnStep{})
		if last.err == nil || len(w.problems) > 0 {
			break
		}
		if c, printed := w.printed(last); printed {
			res := w.run(o.who, c, 0, false)
			w.trace = append(w.trace, "  as printed, "+c.verb+":"+res.String())
		}
	}
	switch {
	case last.err != nil && !w.refused(last):
		w.problem("the same command does not get out", "%s: %v", o.command, last.err)
	case last.err == nil && target != "" && last.command.verb == "rollback" && last.res.Record != nil &&
		last.res.Record.Of != target:
		w.problem("a rollback that was repeated goes elsewhere", "to %s, not %s", last.res.Record.Of, target)
	}
}

// refused says that a command rightly has nothing to do.
func (w *world) refused(o outcome) bool {
	switch o.command.verb {
	case "promote":
		return o.code() == fault.Usage || o.code() == fault.Gate &&
			(strings.Contains(o.err.Error(), "gate "+target.GateOlder) || strings.Contains(o.err.Error(), "was never finished"))
	case "rollback", "resume":
		return o.code() == fault.Usage
	}
	return false
}

// commitOfTag finds the commit in a release's tag; world.command numbers the candidates' commits.
var commitOfTag = regexp.MustCompile(`release \S+-g([0-9a-f]{9})-[0-9a-f]{8} cannot be finished`)

// printed is the command that a failure's hint proposes, if it is another one that finishes a release.
func (w *world) printed(o outcome) (drawnCommand, bool) {
	hint := fault.HintOf(o.err)
	for _, c := range hint.Commands() {
		if c.Target == target.PublishResume.Name && o.command.verb != "resume" {
			return drawnCommand{verb: "resume"}, true
		}
		if c.Target == "release" && w.released != nil && o.command.verb != "release" {
			again := *w.released
			// The hint asks for the same inputs: those of the release that the failure names.
			if m := commitOfTag.FindStringSubmatch(o.err.Error()); m != nil {
				if n, err := strconv.ParseInt(m[1], 16, 64); err == nil {
					again.candidate = int(n) - 1
				}
			}
			return again, true
		}
	}
	return drawnCommand{}, false
}

// target is the release to which a rollback without a name has to go, if all is whole and nothing has begun; "" is
// unknown.
func (w *world) target(c drawnCommand) string {
	tags := w.releases()
	if c.verb != "rollback" || len(tags) == 0 || w.named(c.to) != "" || w.pruned {
		return ""
	}
	newest := w.record(tags[len(tags)-1])
	if newest == nil || w.unfinished(newest) {
		return ""
	}
	bar := newest.Tag
	if newest.Of != "" {
		bar = newest.Of
	}
	for _, t := range slices.Backward(tags) {
		r := w.record(t)
		if r == nil {
			return ""
		}
		if t < bar && !record.SameImages(r, newest) {
			return t
		}
	}
	return ""
}

// unfinished says that a registry does not have a release whole, or another has begun after it.
func (w *world) unfinished(r *record.Record) bool {
	for _, s := range w.stores {
		if len(w.lacks(s, r, true)) > 0 {
			return true
		}
		for tag := range s.Tags("owner/mastodon") {
			if isRelease(tag) && tag > r.Tag {
				return true
			}
		}
	}
	return false
}

// lose takes a blob of the newest release from one registry of several.
func (w *world) lose(step int) {
	tags := w.releases()
	if len(w.stores) < 2 || len(tags) == 0 {
		return
	}
	rec := w.record(tags[len(tags)-1])
	if rec == nil || w.unfinished(rec) {
		return
	}
	r := rand.New(rand.NewPCG(w.sc.seed, uint64(step)))
	image := rec.Images[r.IntN(len(rec.Images))]
	blob := image.Blobs[r.IntN(len(image.Blobs))].Digest
	if at := r.IntN(len(w.stores)); !w.lost["owner/"+image.Name+" "+blob] {
		w.stores[at].PutBlob("owner/"+image.Name, blob, nil)
		w.lost["owner/"+image.Name+" "+blob] = true
		w.trace = append(w.trace, fmt.Sprintf("  registry %d loses %s of %s", at, blob, image.Name))
	}
}

// end asks, in good weather, for what is left to be done and for the state of everything.
func (w *world) end() {
	if len(w.releases()) == 0 || len(w.problems) > 0 {
		return
	}
	for range 2 {
		before := w.look()
		o := w.run(0, drawnCommand{verb: "resume"}, 0, false)
		w.trace = append(w.trace, "at the end, resume:"+o.String())
		w.judge(before, []outcome{o}, drawnStep{})
		if len(w.problems) > 0 {
			return
		}
		if c, printed := w.printed(o); printed {
			res := w.run(0, c, 0, false)
			w.trace = append(w.trace, "  as printed, "+c.verb+":"+res.String())
			w.judge(w.look(), nil, drawnStep{})
			continue
		}
		if o.err != nil && o.code() != fault.Usage {
			w.problem("resume does not finish in the end", "%v", o.err)
			return
		}
		if o.state() == Unchanged {
			break
		}
	}
	client := w.direct()
	defer client.Close()
	st, err := storeOf(client, w.set).Status(w.t.Context(), "", true)
	if err != nil || st.State != Done {
		w.problem("the status is not done in the end", "%+v %v", st, err)
		return
	}
	tags := w.releases()
	newest := w.record(tags[len(tags)-1])
	for i, s := range w.stores {
		if newest == nil {
			w.problem("the newest record cannot be read", "%s", tags[len(tags)-1])
		} else if lacks := w.lacks(s, newest, true); len(lacks) > 0 {
			w.problem("a registry is not whole in the end", "registry %d: %v", i, lacks)
		}
	}
}

// direct is a client that meets no faults.
func (w *world) direct() *registry.Client {
	wire := rt.InProcess{}
	for i, f := range w.faulty {
		wire[f.Name] = w.stores[i]
	}
	return registry.New(registry.Options{Roots: wire})
}
