package term

import (
	"fmt"
	"regexp"
	"time"
)

// sgr matches a colour code.
var sgr = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// YesNo is the answer to a question in a table: "yes" or "no".
func YesNo(answer bool) string {
	if answer {
		return "yes"
	}
	return "no"
}

// Size formats a number of bytes in decimal units: "82 MB".
func Size(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}
	f, i := float64(n), 0
	for f >= 999.5 && i < len(units)-1 {
		f /= 1000
		i++
	}
	if i > 0 && f < 9.95 {
		return fmt.Sprintf("%.1f %s", f, units[i])
	}
	return fmt.Sprintf("%.0f %s", f, units[i])
}

// Took formats a duration as people say it: "0.3 s", "42 s", "5 min 12 s", "1 h 3 min".
func Took(d time.Duration) string {
	switch {
	case d < 9950*time.Millisecond:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute-500*time.Millisecond:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
}

// Short returns the first nine digits of a commit.
func Short(commit string) string {
	if len(commit) > 9 {
		return commit[:9]
	}
	return commit
}
