package pipeline

import (
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/upstream"
)

// Choice is what a person chose for one run; nil means that the flag was not given.
type Choice struct {
	Ref, Date, Without, Accept, Reason *string
	Strict, Offline, Dry               *bool

	built  *upstream.Pin // that of an earlier build, which is to be published as it is
	relock bool          // series.lock is written anew, so one that cannot be read is no error
}

// given checks the flags that need a value: an empty one is a slip of a script, never a wish.
func (c Choice) given() error {
	for name, v := range map[string]*string{"ref": c.Ref, "date": c.Date, "without": c.Without, "accept": c.Accept, "reason": c.Reason} {
		if v != nil && strings.TrimSpace(*v) == "" {
			return fault.New(fault.Usage, "-%s= is empty", name).WithHint("leave the flag out, or give it a value")
		}
		if v != nil && len(*v) > maxFlag {
			return fault.New(fault.Usage, "-%s= has %d bytes, at most %d are allowed", name, len(*v), maxFlag)
		}
	}
	if c.Accept != nil && c.Reason == nil {
		return fault.New(fault.Usage, "-accept=%s needs -reason=TEXT", *c.Accept).WithHint("the reason is kept in the release's record")
	}
	if c.Reason != nil && c.Accept == nil {
		return nil // rollback and hold take a reason alone
	}
	return nil
}

func set(b *bool) bool { return b != nil && *b }

func text(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(*s)
}

// list parts a flag's value at commas.
func list(s *string) []string {
	var out []string
	for part := range strings.SplitSeq(text(s), ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// day is the day on which windows are judged: -date=, else today in the distribution's zone.
func (p *Pipeline) day(c Choice) (time.Time, error) {
	zone := p.cfg.Zone
	if c.Date == nil {
		return p.now.In(zone), nil
	}
	d, err := time.ParseInLocation(time.DateOnly, text(c.Date), zone)
	if err != nil {
		return time.Time{}, fault.New(fault.Usage, "-date=%s is no day", text(c.Date)).WithHint("write it as -date=2026-06-01")
	}
	return d, nil
}
