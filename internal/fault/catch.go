package fault

import "runtime/debug"

// Catch calls run, and returns a panic in it as an error: Go would print it unmasked, and exit with the code of a
// configuration mistake. A panic that was caught in another goroutine already, and carried here, is returned as it is.
func Catch(run func() error) (err error) {
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case *Error:
			err = cause
		default:
			err = New(Other, "howdah stopped at a bug of its own: %v\n%s", cause, debug.Stack()).
				WithHint("report these lines to Howdah's authors; the next command finishes or takes back what was being written")
		}
	}()
	return run()
}
