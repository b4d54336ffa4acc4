package candidate

import (
	"context"
	"fmt"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/historypage"
	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/view"
)

// HistoryOptions choose the range of patch:history.
type HistoryOptions struct {
	From   string // the commit before the range; "": use Months
	Months int    // how far to look back
}

// History runs patch:history: every change's verdicts over a range of upstream's commits.
func History(ctx context.Context, s *session.Session, o Options, span HistoryOptions) error {
	begin := time.Now()
	return At(ctx, s, o, func(u Upstream) (err error) {
		whole, lock, err := Read(s, o)
		if err != nil {
			return err
		}
		missing, err := u.prefetch(ctx, whole, lock)
		if err != nil {
			return err
		}
		for _, c := range whole.Changes {
			switch why := missing[c]; {
			case why == nil:
			case c.Required:
				return why.At(c.File, c.Line)
			default:
				s.Term.Warnf("without %s: %v", c.Name, why)
			}
		}
		reachable := whole.Reachable(missing)
		h, err := u.past(ctx, s, reachable, lock)
		if err != nil {
			return err
		}
		start, err := u.historyStart(ctx, h, span)
		if err != nil {
			return err
		}
		stage := s.Story.Stage("walking upstream's history")
		defer stage.FailOn(&err)
		course, err := h.walk(ctx, reachable, [2]tree.ID{start, u.Pin.Commit}, stage.Progress)
		if err != nil {
			return err
		}
		stage.End("%d commits, %d states", len(course.Line), len(course.Starts))
		return u.showHistory(s, reachable, course, time.Since(begin))
	})
}

// walk judges the series at every state between two commits.
func (h *pastCommits) walk(ctx context.Context, reachable *series.Series, ends [2]tree.ID,
	progress func(format string, args ...any)) (*history.Course, error) {
	from, to := ends[0], ends[1]
	line, err := h.upstream.Read(ctx, from, to)
	if err != nil {
		return nil, err
	}
	landings, err := landed.Find(ctx, h.upstream, h.work, to)
	if err != nil {
		return nil, err
	}
	judge, err := history.NewJudge(ctx, reachable, h.settings)
	if err != nil {
		return nil, err
	}
	return history.Walk(ctx, h.upstream, judge, history.Range{Line: line, Landings: landings, Progress: progress})
}

// historyStart returns the commit before the range.
func (u Upstream) historyStart(ctx context.Context, h *pastCommits, span HistoryOptions) (tree.ID, error) {
	if span.From == "" {
		return h.upstream.Since(ctx, u.Pin.Commit, u.Pin.Date.AddDate(0, -span.Months, 0))
	}
	id, err := u.Mirror.Repo.Resolve(ctx, span.From)
	if err != nil {
		return "", fault.New(fault.Usage, "-from=%s: %w", span.From, err)
	}
	return id, nil
}

// ahead is how many commits the forecast looks ahead: about two weeks of upstream's.
const ahead = 100

// showHistory writes the JSON and the pictures, and prints the table.
func (u Upstream) showHistory(s *session.Session, reachable *series.Series, course *history.Course,
	took time.Duration) error {
	out := view.History{Distribution: s.Distribution(), To: string(u.Pin.Commit), Commits: len(course.Line),
		States:  len(course.Starts),
		Changes: []view.ChangeSpans{}, Seconds: took.Seconds(), Method: history.Method(ahead)}
	strip := historypage.Strip{Title: s.Config.Name + " on " + u.Pin.Ref, Upstream: historypage.Web(u.Pin.URL),
		Commits: len(course.Line), Ahead: ahead, Method: out.Method, To: u.Pin.Date}
	if len(course.Line) > 0 {
		out.From, strip.From = string(course.Line[0].ID), course.Line[0].Date
	}
	for _, i := range course.Starts {
		strip.States = append(strip.States, course.Line[i].Date)
	}
	why := map[string]string{}
	for _, c := range reachable.Changes {
		why[c.Name] = term.Message(c.Why)
	}
	for _, f := range course.Timelines {
		spans := view.ChangeSpans{Name: f.Name, Spans: []view.Span{}}
		row := historypage.Row{Name: f.Name, Why: why[f.Name], Risk: -1}
		for _, one := range f.Spans {
			span := view.Span{From: string(one.From.ID), To: string(one.To.ID), Commits: one.Commits,
				Verdict: string(one.Verdict)}
			drawn := historypage.Span{From: drawnCommit(one.From), To: drawnCommit(one.To), Commits: one.Commits,
				Verdict: string(one.Verdict), Message: term.Message(one.Message)}
			if one.By != nil {
				span.By = &view.Commit{Commit: string(one.By.ID), Pull: one.By.Pull, Subject: term.Subject(one.By.Subject),
					Date: one.By.Date.UTC()}
				drawn.By = &historypage.Commit{ID: string(one.By.ID), Pull: one.By.Pull, Subject: term.Subject(one.By.Subject),
					Date: one.By.Date}
			}
			spans.Spans, row.Spans = append(spans.Spans, span), append(row.Spans, drawn)
		}
		if n := len(f.Spans); n > 0 && f.Spans[n-1].Verdict.Applies() {
			forecast := course.Record(f).Forecast(ahead)
			spans.Forecast = &view.Forecast{Commits: forecast.Commits, Probability: forecast.Probability}
			row.Risk = forecast.Probability
		}
		out.Changes, strip.Rows = append(out.Changes, spans), append(strip.Rows, row)
	}
	for kind, data := range map[string][]byte{"html": historypage.HTML(strip), "svg": historypage.SVG(strip)} {
		if err := files.Write(s.Config.Result("patch-history."+kind),
			[]byte(s.Term.Secrets().Mask(string(data)))); err != nil {
			return err
		}
	}
	for _, kind := range []string{"html", "svg"} {
		out.Picture = append(out.Picture, view.PictureFile{Kind: kind, File: s.Config.Result("patch-history." + kind)})
	}
	if err := view.WriteJSON(s.Config.Result("patch-history.json"), out, s.Term.Secrets()); err != nil {
		return fmt.Errorf("writing the history: %w", err)
	}
	s.Term.Answer(out.Text())
	return nil
}

func drawnCommit(c mainline.Commit) historypage.Commit {
	return historypage.Commit{ID: string(c.ID), Pull: c.Pull(), Subject: term.Subject(c.Subject), Date: c.Date}
}
