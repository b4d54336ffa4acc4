package candidate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/view"
	"github.com/howdah/howdah/internal/wording"
)

// findFile is the file in dist/ with the result of the last patch:find.
const findFile = "patch-find.json"

// FindText runs patch:find: it searches upstream's tree at the pin for the source of a text of the web page or of a
// mail.
func FindText(ctx context.Context, s *session.Session, o Options, text string) error {
	if strings.TrimSpace(text) == "" {
		return fault.New(fault.Usage, "expected a text to look for, found only white space").
			WithHint("give some words of the page, in quotes")
	}
	return At(ctx, s, o, func(u Upstream) error {
		files, err := u.wordingFiles(ctx, s)
		if err != nil {
			return err
		}
		answer := view.Find{Text: text, Upstream: u.Report()}
		for _, f := range wording.Search(text, files) {
			origin := view.Origin{Match: string(f.Match), File: f.File, Line: f.Line, Text: f.Text, Locale: f.Locale,
				Key: f.Key, Value: f.Value, Find: f.Find}
			for _, use := range f.Uses {
				origin.Uses = append(origin.Uses, view.Place(use))
			}
			if f.Match == wording.Near {
				answer.Nearest = append(answer.Nearest, origin)
				continue
			}
			answer.OK = true
			answer.Found = append(answer.Found, origin)
		}
		err = view.WriteJSON(s.Config.Result(findFile), answer, s.Term.Secrets())
		s.Term.Answer(answer.Render(s.Caller))
		if !answer.OK {
			err = errors.Join(err, fault.New(fault.Other, "expected %q in a file of %s, found it in none", text,
				strings.Join(wording.Folders, ", ")).
				WithHint("look for fewer words of it: names, numbers and links are filled in later; a page's own texts, such as "+
					"server rules, are in the database"))
		}
		return err
	})
}

// wordingFiles reads the files that the texts of the web page and of mails come from.
func (u Upstream) wordingFiles(ctx context.Context, s *session.Session) (files []wording.File, err error) {
	stage := s.Story.Stage("reading upstream's files")
	defer stage.FailOn(&err)
	if _, err := u.Mirror.Prefetch(ctx, u.Pin.Commit, wording.Folders...); err != nil {
		return nil, err
	}
	err = u.Facts.Tree.Walk(ctx, func(name string, e tree.Entry) error {
		if !e.Mode.IsRegular() || !wording.Wants(name) {
			return nil
		}
		data, err := u.Facts.Tree.Blob(ctx, e.ID)
		if err != nil {
			return fmt.Errorf("reading %q: %w", name, err)
		}
		files = append(files, wording.File{Name: name, Data: data})
		return nil
	})
	if err == nil {
		stage.End("%d files", len(files))
	}
	return files, err
}
