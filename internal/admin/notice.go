package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/github"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/view"
)

// topics are what an issue can be about, by the result that it reports.
var topics = map[string]github.Topic{
	"patch-check": {Key: "patch-check", Title: "The series does not apply to upstream any more"},
	"release":     {Key: "release", Title: "The release fails"},
}

// Notice runs ci:notice: it keeps one issue open, with the report of dist/OF.json, while OF fails, and closes it when
// it is green. outcome is a step's, as GitHub Actions names it.
func Notice(ctx context.Context, s *session.Session, of, outcome string) error {
	topic, ok := topics[of]
	if !ok {
		return fault.New(fault.Usage, "no issue is kept about %q", of).WithHint("patch-check or release")
	}
	file := cmp.Or(s.Getenv("HOWDAH_CONFIG"), "howdah.toml")
	topic.Key += "-" + strings.Trim(notInKey.ReplaceAllString(file, "-"), "-")
	tracker, err := github.IssuesOf(s.Getenv)
	if err != nil {
		return err
	}
	var done github.Outcome
	var issue github.Issue
	switch run := github.RunURL(s.Getenv); outcome {
	case "success":
		done, issue, err = github.Green(ctx, tracker, topic, run)
	case "failure":
		var text string
		if text, err = failureText(s, of, file); err == nil {
			done, issue, err = github.Failing(ctx, tracker, topic, s.Term.Secrets().Mask(text), run)
		}
	default:
		s.Term.Answerf("%s: no issue to open or close", outcome)
		return nil
	}
	if err != nil {
		return err
	}
	s.Term.Answerf("issue %s: %s", topic.Key, done)
	if issue.URL != "" {
		s.Term.Answerf("%s", issue.URL)
	}
	return nil
}

// notInKey is what a path has that the key of a topic may not.
var notInKey = regexp.MustCompile(`[^A-Za-z0-9]+`)

// failureText returns the report that the failed run printed, from the file that it wrote beside howdah.toml. Without
// that file, howdah.toml itself may be wrong: therefore this target does not need a correct one.
func failureText(s *session.Session, of, file string) (string, error) {
	data, err := files.ReadAt(filepath.Join(filepath.Dir(s.Path(file)), "dist", of+".json"), files.MaxResult)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := config.Load(s.Dir, file, s.Environ); err != nil {
			return term.Failure(err, s.Caller).String(), nil
		}
		return "It failed before there was a report; the run's log says why.\n", nil
	}
	var page term.Page
	if err == nil {
		page, err = pageOf(s, of, data)
	}
	if err != nil {
		return "", fault.New(fault.Other, "reading the report of %s: %w", of, err)
	}
	return page.String(), nil
}

func pageOf(s *session.Session, of string, data []byte) (term.Page, error) {
	if of == "release" {
		var r view.Release
		err := json.Unmarshal(data, &r)
		return r.Text(), err
	}
	var c view.Check
	err := json.Unmarshal(data, &c)
	return c.Text(s.Caller), err
}
