package github

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// issueLabel marks the issues that this package may change. Only people with rights on a repository can set one, so
// nobody else's issue is ever edited.
const issueLabel = "howdah"

// maxBody is how many characters GitHub takes in an issue, less what is added around a report.
const maxBody = 60_000

// Topic is what an issue is about. Two workflows that watch different things have two topics.
type Topic struct {
	Key   string // [a-z0-9-]+, hidden in the issue, by which it is found again
	Title string
}

func (t Topic) marker() string { return "<!-- howdah:" + t.Key + " -->" }

// Issue is an open issue.
type Issue struct {
	number int
	URL    string
	title  string
	body   string
}

// issueTracker is where issues are. Open lists the open ones that bear the label, oldest first.
type issueTracker interface {
	Open(ctx context.Context, label string) ([]Issue, error)
	Create(ctx context.Context, i Issue, label string) (Issue, error)
	Update(ctx context.Context, i Issue) error
	Close(ctx context.Context, number int, comment string) error
}

// Outcome is what was done.
type Outcome string

// What can be done with an issue.
const (
	opened    Outcome = "opened"
	updated   Outcome = "updated"
	unchanged Outcome = "unchanged"
	closed    Outcome = "closed"
	nothing   Outcome = "nothing to do"
)

// Failing makes sure that exactly one issue of the topic is open, and that it says report. run is the address of
// the run that failed. Issues beyond the oldest are closed.
func Failing(ctx context.Context, tracker issueTracker, topic Topic, report, run string) (Outcome, Issue, error) {
	open, err := find(ctx, tracker, topic)
	if err != nil {
		return "", Issue{}, err
	}
	want := Issue{title: topic.Title, body: body(topic, report, run)}
	if len(open) == 0 {
		made, err := tracker.Create(ctx, want, issueLabel)
		if err != nil {
			return "", Issue{}, fmt.Errorf("opening an issue on %q: %w", topic.Key, err)
		}
		return opened, made, nil
	}
	kept, rest := open[0], open[1:]
	outcome := unchanged
	if kept.title != want.title || text(kept.body) != text(want.body) {
		want.number, want.URL = kept.number, kept.URL
		if err := tracker.Update(ctx, want); err != nil {
			return "", kept, fmt.Errorf("updating issue %d: %w", kept.number, err)
		}
		kept, outcome = want, updated
	}
	for _, i := range rest {
		if err := tracker.Close(ctx, i.number, fmt.Sprintf("The same as #%d.", kept.number)); err != nil {
			return outcome, kept, fmt.Errorf("closing issue %d: %w", i.number, err)
		}
	}
	return outcome, kept, nil
}

// Green closes what is open on the topic.
func Green(ctx context.Context, tracker issueTracker, topic Topic, run string) (Outcome, Issue, error) {
	open, err := find(ctx, tracker, topic)
	if err != nil || len(open) == 0 {
		return nothing, Issue{}, err
	}
	for _, i := range open {
		if err := tracker.Close(ctx, i.number, strings.TrimSpace("Passing again. "+run)); err != nil {
			return "", i, fmt.Errorf("closing issue %d: %w", i.number, err)
		}
	}
	return closed, open[0], nil
}

func find(ctx context.Context, tracker issueTracker, topic Topic) ([]Issue, error) {
	all, err := tracker.Open(ctx, issueLabel)
	if err != nil {
		return nil, fmt.Errorf("listing issues: %w", err)
	}
	found := slices.DeleteFunc(all, func(i Issue) bool { return !strings.Contains(i.body, topic.marker()) })
	slices.SortFunc(found, func(a, b Issue) int { return a.number - b.number })
	return found, nil
}

// body fences the report, so that nothing in it (a commit's subject, say) is read as Markdown or calls anybody.
func body(topic Topic, report, run string) string {
	report = strings.TrimRight(report, "\n")
	if r := []rune(report); len(r) > maxBody {
		report = string(r[:maxBody]) + "\n… cut here; the run has the rest."
	}
	fence := "```"
	for strings.Contains(report, fence) {
		fence += "`"
	}
	lines := []string{fence + "text", report, fence, ""}
	if run != "" {
		lines = append(lines, "Last seen in "+run, "")
	}
	return strings.Join(append(lines, topic.marker()), "\n")
}

// text is the part of a body that tells one failure from another: all but the run that saw it last.
func text(body string) string {
	body = strings.ReplaceAll(body, "\r\n", "\n")
	report, _, _ := strings.Cut(body, "\nLast seen in ")
	report, _, _ = strings.Cut(report, "\n<!-- howdah:")
	return strings.TrimSpace(report)
}
