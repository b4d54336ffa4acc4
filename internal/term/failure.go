package term

import (
	"errors"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/target"
)

// Failure formats an error: for each of several joined ones "error: file:line: what is wrong", with its hint below.
func Failure(err error, by target.Caller) Page {
	var p Page
	for _, e := range Split(err) {
		text := strings.Split(strings.TrimSpace(by.Text(e.Error())), "\n")
		p.Add(Red.Of("error: "), Textf("%s", text[0]))
		for _, more := range text[1:] {
			if strings.TrimSpace(more) != "" {
				p.Add(Textf("  %s", more))
			}
		}
		if hint := by.Hint(fault.HintOf(e)); hint != "" {
			for _, l := range strings.Split(strings.TrimSpace(hint), "\n") {
				p.Add(Bold.Of("hint: "), Textf("%s", l))
			}
		}
	}
	return p
}

// Split splits joined errors; an error that wraps them with words of its own stays whole.
func Split(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || err.Error() != errors.Join(joined.Unwrap()...).Error() {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, Split(e)...)
	}
	return all
}
