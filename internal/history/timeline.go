package history

import (
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/verdict"
)

// Span is a run of first-parent commits over which a change has one verdict.
type Span struct {
	From, To mainline.Commit
	Commits  int
	Verdict  verdict.Kind
	Message  string          // at the newest state
	By       *verdict.Commit // the commit that caused the verdict; nil if it is before the range
}

// Timeline has one change's spans, oldest first.
type Timeline struct {
	Name    string
	Spans   []Span
	moments []moment
}

// moment is a state from the view of one change.
type moment struct {
	first   int
	touched bool // the state's first commit touched the change's own files
	verdict verdict.Kind
}

// Course is the result of a series over a range of upstream's history.
type Course struct {
	Line      mainline.Line
	Starts    []int // the indexes in Line at which a file changed that a verdict depends on; the first is 0
	Timelines []Timeline
}

// add extends the last span by a state, or begins another.
func (f *Timeline) add(line mainline.Line, s state, j Judgement, landing *verdict.Landing) {
	last := len(f.Spans) - 1
	if last < 0 || f.Spans[last].Verdict != j.Verdict {
		span := Span{From: line[s.first], Verdict: j.Verdict}
		switch {
		case j.Verdict == verdict.Landed && landing != nil:
			span.By = landing.By
		case last >= 0:
			span.By = line[s.first].By()
		}
		f.Spans = append(f.Spans, span)
		last++
	}
	span := &f.Spans[last]
	span.To, span.Message = line[s.last], j.Message
	span.Commits += s.last - s.first + 1
}
