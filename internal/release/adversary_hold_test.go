package release

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/record"
)

// judgeHold says that a hold is what it was after a failure, and what was asked for after a success.
func (w *world) judgeHold(before, after view, o outcome) {
	want := before.held
	switch {
	case o.killed, o.state() == partial, strings.Contains(fmt.Sprint(o.err), "bringing the hold back"): // either
		return
	case o.err != nil:
	case o.command.verb == "resume" && o.state() == Done && o.res.Record.Kind == record.KindRollback:
		return // it finished a rollback, which ends in a hold, or sent again what a registry lost of one
	case o.command.verb == "hold", o.command.verb == "rollback":
		want = true
	case o.command.verb == "hold off":
		want = false
	}
	if after.held != want {
		w.problem("the hold is another", "%s: %s: it is %t, expected %t", o.command, o, after.held, want)
	}
}
