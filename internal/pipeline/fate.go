package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/picture"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/tree"
)

// past is upstream's history, with what it is asked about.
type past struct {
	history.Upstream
	settings history.Settings
	work     []history.Work
}

// past prepares the questions to upstream's history.
func (p *Pipeline) past(ctx context.Context, r *resolved, s *patch.Series, lock *patch.Lock, src patch.Sources) (*past, error) {
	out := &past{
		Upstream: history.Upstream{Repo: r.mirror.Repo, Cache: p.cfg.Cache.In("history")},
		settings: history.Settings{Sources: src, Lock: lock, Version: versionAt, VersionFile: stamp.VersionFile},
	}
	var err error
	out.work, err = out.WorkOf(ctx, s, out.settings, r.pin.Commit)
	return out, err
}

// versionAt reads upstream's version in a tree; "" where it says none.
func versionAt(ctx context.Context, t *tree.Tree) (string, error) {
	file, err := t.ReadFile(ctx, stamp.VersionFile)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	v, err := stamp.ParseUpstream(file.Data)
	if err != nil {
		return "", nil // upstream wrote it in another form then
	}
	return v.String(), nil
}

// landed tells which changes upstream contains at the pin.
func (h *past) landed(ctx context.Context, pin tree.ID) (map[string]patch.Landing, error) {
	landings, err := h.Landed(ctx, h.work, pin)
	if err != nil {
		return nil, err
	}
	return landings.Now(), nil
}

// explain names the commits of upstream that broke, moved or took in changes.
func (p *Pipeline) explain(ctx context.Context, o *patched) (err error) {
	if o.explained {
		return nil
	}
	stage := p.story.Stage("asking upstream's history")
	defer func() { closeFailed(stage, err) }()
	if err := o.past.Explain(ctx, o.series, o.past.settings, o.past.work, o.pin.Commit, o.result); err != nil {
		return err
	}
	o.explained = true
	stage.End("")
	return nil
}

// historyMonths is how far patch:history looks back by itself.
const historyMonths = 12

// History is patch:history: the fate of every change over a range of upstream's commits.
func (p *Pipeline) History(ctx context.Context, c Choice, from *string, months *int) error {
	begin := time.Now()
	if err := atLeast("months", months, 1); err != nil {
		return err
	}
	return p.at(ctx, c, func(r *resolved) (err error) {
		series, lock, err := p.load()
		if err != nil {
			return err
		}
		src := r.sources(p)
		missing, err := p.prefetch(ctx, r, series, src)
		if err != nil {
			return err
		}
		for _, c := range series.Changes {
			switch why := missing[c]; {
			case why == nil:
			case c.Required:
				return why.At(c.File, c.Line)
			default:
				p.term.Warnf("without %s: %v", c.Name, why)
			}
		}
		series = series.Reachable(missing)
		past, err := p.past(ctx, r, series, lock, src)
		if err != nil {
			return err
		}
		start, err := p.historyStart(ctx, r, past, from, months)
		if err != nil {
			return err
		}
		stage := p.story.Stage("walking upstream's history")
		defer func() { closeFailed(stage, err) }()
		line, err := past.Read(ctx, start, r.pin.Commit)
		if err != nil {
			return err
		}
		landings, err := past.Landed(ctx, past.work, r.pin.Commit)
		if err != nil {
			return err
		}
		judge, err := history.NewJudge(ctx, series, past.settings)
		if err != nil {
			return err
		}
		course, err := past.Walk(ctx, line, judge, landings)
		if err != nil {
			return err
		}
		stage.End("%d commits, %d states", len(line), len(course.Starts))
		return p.tellHistory(r, series, course, time.Since(begin))
	})
}

// historyStart is the commit before the range.
func (p *Pipeline) historyStart(ctx context.Context, r *resolved, past *past, from *string, months *int) (tree.ID, error) {
	if from != nil {
		id, err := r.mirror.Repo.Resolve(ctx, text(from))
		if err != nil {
			return "", fault.New(fault.Usage, "-from=%s: %w", text(from), err)
		}
		return id, nil
	}
	back := historyMonths
	if months != nil {
		back = *months
	}
	return past.Since(ctx, r.pin.Commit, r.pin.Date.AddDate(0, -back, 0))
}

// ahead is how many commits the forecast looks ahead: two weeks of upstream's.
const ahead = 100

// tellHistory writes the JSON and the pictures, and prints the table.
func (p *Pipeline) tellHistory(r *resolved, series *patch.Series, course *history.Course, took time.Duration) error {
	out := report.History{To: string(r.pin.Commit), Commits: len(course.Line), States: len(course.Starts), Changes: []report.ChangeSpans{}, Seconds: took.Seconds(), Method: history.Method(ahead)}
	strip := picture.Strip{Title: p.cfg.Name + " on " + r.pin.Ref, Upstream: picture.Web(r.pin.URL), Commits: len(course.Line), Ahead: ahead, Method: out.Method, To: r.pin.Date}
	if len(course.Line) > 0 {
		out.From, strip.From = string(course.Line[0].ID), course.Line[0].Date
	}
	for _, i := range course.Starts {
		strip.States = append(strip.States, course.Line[i].Date)
	}
	why := map[string]string{}
	for _, c := range series.Changes {
		why[c.Name] = report.Message(c.Why)
	}
	for _, f := range course.Fates {
		spans := report.ChangeSpans{Name: f.Name, Spans: []report.Span{}}
		row := picture.Row{Name: f.Name, Why: why[f.Name], Risk: -1}
		for _, s := range f.Spans {
			span := report.Span{From: string(s.From.ID), To: string(s.To.ID), Commits: s.Commits, Verdict: string(s.Verdict)}
			drawn := picture.Span{From: drawnCommit(s.From), To: drawnCommit(s.To), Commits: s.Commits, Verdict: string(s.Verdict), Message: report.Message(s.Message)}
			if s.By != nil {
				span.By = &report.Commit{Commit: string(s.By.ID), Pull: s.By.Pull, Subject: report.Subject(s.By.Subject), Date: s.By.Date.UTC()}
				drawn.By = &picture.Commit{ID: string(s.By.ID), Pull: s.By.Pull, Subject: report.Subject(s.By.Subject), Date: s.By.Date}
			}
			spans.Spans, row.Spans = append(spans.Spans, span), append(row.Spans, drawn)
		}
		if n := len(f.Spans); n > 0 && f.Spans[n-1].Verdict.Applies() {
			forecast := course.Record(f).Forecast(ahead)
			spans.Forecast = &report.Forecast{Commits: forecast.Commits, Probability: forecast.Probability}
			row.Risk = forecast.Probability
		}
		out.Changes, strip.Rows = append(out.Changes, spans), append(strip.Rows, row)
	}
	for kind, data := range map[string][]byte{"html": picture.HTML(strip), "svg": picture.SVG(strip)} {
		if err := report.WriteFile(p.cfg.Result("patch-history."+kind), []byte(p.term.Secrets().Mask(string(data)))); err != nil {
			return err
		}
	}
	for _, kind := range []string{"html", "svg"} {
		out.Picture = append(out.Picture, report.PictureFile{Kind: kind, File: p.cfg.Result("patch-history." + kind)})
	}
	if err := report.WriteJSON(p.cfg.Result("patch-history.json"), out, p.term.Secrets()); err != nil {
		return fmt.Errorf("writing the history: %w", err)
	}
	p.term.Answer(out.Text())
	return nil
}

func drawnCommit(c history.Commit) picture.Commit {
	return picture.Commit{ID: string(c.ID), Pull: c.Pull(), Subject: report.Subject(c.Subject), Date: c.Date}
}
