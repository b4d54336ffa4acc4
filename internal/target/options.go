package target

import "time"

// Options is what a person chose for one run, checked by [Target.Parse]. A field is zero if its option is not given,
// unless the option has a default.
type Options struct {
	Name, File, Find, Replace string
	From, Form, Folder, Tag   string
	Of, Outcome, Text, Path   string

	// What is looked at.
	Ref     string    // a branch, a commit, a tag or a pattern of tags; "": [upstream] ref
	Date    time.Time // the day on which windows are judged, at midnight UTC; zero: today
	Without []string  // names of changes to leave out
	Change  string    // one change
	Image   string    // a name or a role
	Start   string    // -from= of patch:history: the commit before its range
	Months  int

	// How it is done.
	Strict, Offline, Dry         bool
	Match, Gone, Off, All        bool
	CheckOnly, Run, Force, Setup bool
	Quick, Update, Before        bool
	Rebuild                      bool
	Accept                       []string // gates to override
	Reason                       string
	Why, Commit, To, Prefix      string
	Moving                       []string // tags
	Count, Keep                  int
	Older                        time.Duration
	Dir, Title, Platform         string
	Scenario                     string
	Only, Except                 []string // paths
}
