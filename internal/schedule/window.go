// Package schedule is when a change is meant to be in the tree: the days of a year, and upstream's versions.
package schedule

import (
	"fmt"
	"time"
)

// Window is the days on which a change is in the tree, both inclusive: of every year, or once. The zero Window is
// every day.
type Window struct {
	From, Until Day
}

// Day is a day of one year, or of every year when Year is 0. The zero Day is no bound.
type Day struct {
	Year  int
	month time.Month
	day   int
}

// ParseDay reads MM-DD or YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	layout, text := time.DateOnly, s
	if len(s) == len("01-02") {
		text = "2024-" + s // a leap year: 02-29 is a day
	}
	t, err := time.Parse(layout, text)
	if err != nil || len(text) != len(layout) || t.Year() == 0 { // year 0 stands for every year in a Day
		return Day{}, fmt.Errorf("%q is not a date (MM-DD or YYYY-MM-DD)", s)
	}
	d := Day{month: t.Month(), day: t.Day()}
	if text == s {
		d.Year = t.Year()
	}
	return d, nil
}

// IsZero reports whether there is no bound.
func (d Day) IsZero() bool { return d == Day{} }

// String returns the form that ParseDay reads.
func (d Day) String() string {
	if d.Year == 0 {
		return fmt.Sprintf("%02d-%02d", d.month, d.day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.month, d.day)
}

// Before reports whether a day of one year is before another.
func (d Day) Before(other Day) bool { return d.in(d.Year) < other.in(other.Year) }

// in is the day's number in a year; 02-29 is 02-28 where there is none.
func (d Day) in(year int) int {
	if d.month == time.February && d.day == 29 && !leap(year) {
		d.day = 28
	}
	return (year*100+int(d.month))*100 + d.day
}

func leap(year int) bool { return time.Date(year, time.February, 29, 0, 0, 0, 0, time.UTC).Day() == 29 }

// IsZero reports whether the window is every day.
func (w Window) IsZero() bool { return w == Window{} }

// String says when, for a person.
func (w Window) String() string { return w.From.String() + " to " + w.Until.String() }

// Contains reports whether the day of t, in t's own zone, is in the window. The zero time is in every window.
func (w Window) Contains(t time.Time) bool {
	if w.IsZero() || t.IsZero() {
		return true
	}
	year := t.Year()
	today := (year*100+int(t.Month()))*100 + t.Day()
	if w.From.Year != 0 {
		return w.From.in(w.From.Year) <= today && today <= w.Until.in(w.Until.Year)
	}
	from, until := w.From.in(year), w.Until.in(year)
	if from <= until {
		return from <= today && today <= until
	}
	return today >= from || today <= until // across the new year
}

// Next is the first day after t's on which the window opens or closes: on which Contains gives another answer than on
// the day before. The zero time means never.
func (w Window) Next(t time.Time) time.Time {
	day := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, t.Location())
	for range 9*366 + 1 { // the longest wait for a day of every year is that for one across leap years
		next := day.AddDate(0, 0, 1)
		if w.Contains(next) != w.Contains(day) {
			return time.Date(next.Year(), next.Month(), next.Day(), 0, 0, 0, 0, t.Location())
		}
		day = next
	}
	return time.Time{}
}
