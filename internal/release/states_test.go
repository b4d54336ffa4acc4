package release

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/record"
)

// registriesState is the state that the stores are in, by its name in docs/publishing.md.
func (w *world) registriesState() string {
	var newest *record.Record // that has begun
	for _, s := range w.stores {
		for _, ref := range append([]string{pendingTag}, w.releases()...) {
			if r := recordAt(s, ref); r != nil && (newest == nil || r.Tag > newest.Tag) {
				newest = r
			}
		}
	}
	if newest == nil {
		return "empty"
	}
	whole, recorded, tagged, moved := true, false, false, false
	for _, s := range w.stores {
		whole = whole && len(w.lacks(s, newest, true)) == 0
		recorded = recorded || s.Tags("owner/mini-release")[newest.Tag] != ""
		for _, i := range newest.Images {
			tags := s.Tags("owner/" + i.Name)
			tagged = tagged || tags[newest.Tag] != ""
			for _, m := range w.set.Moving {
				moved = moved || tags[m] == i.Digest
			}
		}
	}
	switch {
	case whole && w.look().rollback != newest.Tag:
		return w.besides()
	case newest.Kind == "rollback":
		return "rolling back"
	case recorded:
		return "recorded"
	case moved:
		return "moving"
	case tagged:
		return "tagged"
	}
	return "begun"
}

// besides is the state of what is not a release's own: further tags, and the hold.
func (w *world) besides() string {
	stable, hold := map[bool]bool{}, map[string]bool{}
	for _, s := range w.stores {
		for _, image := range w.images() {
			stable[s.Tags("owner/" + image)["stable"] != ""] = true
		}
		hold[s.Tags("owner/" + w.set.artifact())[holdTag]] = true
	}
	switch {
	case len(stable) > 1:
		return "promoting"
	case len(hold) > 1 && w.look().held:
		return "holding"
	case len(hold) > 1:
		return "lifting"
	case w.look().held:
		return "held"
	}
	return "whole"
}

// stateTable reads the table of states from the page: by state and command, "RESULT: STATE".
func stateTable(t *testing.T) map[string]map[string]string {
	t.Helper()
	page, err := os.ReadFile("../../docs/publishing.md")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]map[string]string{}
	var commands []string
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case cells[0] == "state" && len(cells) > 2:
			commands = cells[2:]
		case commands != nil && !strings.HasPrefix(line, "|"):
			return table
		case commands != nil && !strings.HasPrefix(cells[0], "---"):
			row := map[string]string{}
			for i, c := range cells[2:] {
				row[commandName(commands[i])] = c
			}
			table[cells[0]] = row
		}
	}
	t.Fatal("docs/publishing.md has no table whose first column is \"state\"")
	return nil
}

var quoted = regexp.MustCompile("`(?:publish:)?([a-z]+)`")

// commandName is what a column's head calls a command; "" is the one that was cut off.
func commandName(head string) string {
	if m := quoted.FindStringSubmatch(head); m != nil {
		return m[1]
	}
	return ""
}

// stateCases are the commands that are cut off for the table, and what there is before each.
var stateCases = []cutCase{
	{name: "the first release", command: drawnCommand{verb: "release"}},
	{name: "release", command: drawnCommand{verb: "release", candidate: 2}, before: releasesUpTo(2)},
	{name: "rollback", command: drawnCommand{verb: "rollback"}, before: releasesUpTo(3), held: true},
	{name: "promote", command: drawnCommand{verb: "promote"}, before: releasesUpTo(2)},
	{name: "hold", command: drawnCommand{verb: "hold"}, before: releasesUpTo(2), held: true},
	{name: "hold off", command: drawnCommand{verb: "hold off"}, before: append(releasesUpTo(2),
		drawnCommand{verb: "hold"})},
	{name: "resume", command: drawnCommand{verb: "resume"}, before: releasesUpTo(2), begun: "tagged"},
}

// around are the states before a request and the three on each side of it; nil where no states are given.
func around(states []string, n int) []string {
	return states[min(max(0, n-4), len(states)):min(n+3, len(states))]
}

// TestStateTable brings the registries into every state of the table in docs/publishing.md, by cutting commands off,
// and runs each command of the table from there: it comes out as the table says. It takes two ways into each state.
// With -short it takes one, runs each second command there, and cuts a long command off only near requests at
// which it passes into another state.
func TestStateTable(t *testing.T) {
	t.Parallel()
	table, pool := stateTable(t), newPool(t)
	found, got := map[string]int{}, map[string]map[string]bool{}
	ways := 2
	if testing.Short() {
		ways = 1
	}
	for _, c := range stateCases {
		base := c.prepared(t, pool, 2)
		whole := base.fork(t)
		total := whole.run(0, c.command, 0, false).asked
		seen := map[string]int{}
		step := 2
		if total < 40 { // few requests: one of them alone may leave a state, and which one is not the same in each run
			step = 1
		}
		var passes []string
		if testing.Short() && step > 1 {
			passes = base.statesOf(t, c.command)
		}
		for cut := 1; cut <= total; cut += step {
			unseen := func(state string) bool { return seen[state] == 0 }
			if near := around(passes, cut); near != nil && !slices.ContainsFunc(near, unseen) {
				continue
			}
			w := base.fork(t)
			w.run(0, c.command, cut, false)
			state := w.registriesState()
			if seen[state]++; seen[state] > ways || c.before == nil && state != "empty" {
				continue // the first release leaves nothing to go back to
			}
			found[state]++
			for i, command := range slices.Sorted(maps.Keys(table[state])) {
				want := table[state][command]
				if want == "" || testing.Short() && (i+len(found))%2 == 0 {
					continue
				}
				after, run := w.fork(t), c.command
				if command != "" {
					run = drawnCommand{verb: command, candidate: poolSize - 1}
				}
				o := after.run(1, run, 0, false)
				result := o.state()
				if o.err != nil {
					result = fmt.Sprintf("exit %d", o.code())
				}
				result += ": " + after.registriesState()
				if got[state+", "+command] == nil {
					got[state+", "+command] = map[string]bool{}
				}
				if got[state+", "+command][result] = true; result != want {
					t.Errorf("%s, cut at request %d: state %s, then %s: %q, expected %q (%v)", c.name, cut, state, run, result, want,
						o.err)
				}
			}
		}
	}
	for state := range table {
		if found[state] == 0 {
			t.Errorf("the page lists the state %q, which no cut leaves", state)
		}
	}
	for state := range found {
		if table[state] == nil {
			t.Errorf("a cut leaves the state %q, which the page does not list", state)
		}
	}
	if t.Failed() {
		t.Logf("found: %v", got)
	}
}
