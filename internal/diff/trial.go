package diff

// maxTrials is how many hunks that fit, and how many that do not, Try lists.
const maxTrials = 50

// Trial is the result for one hunk, with the others that fit applied.
type Trial struct {
	Hunk    int // index in File.Hunks
	Line    int // of the old file, one-based: where the hunk fits, or where the file is most similar
	Fits    bool
	Nominal bool // it does not fit, and Line is only the one in the diff
}

// Trials are the results for a file's hunks.
type Trials struct {
	List              []Trial        // the first hunks that fit, and the first that do not, in order
	Fit, Not, Untried int            // numbers of hunks
	Wrong             *ConflictError // the first hunk that does not fit
}

// Try tries each hunk, below those before it that fit, until the search's budget is spent.
func (f *File) Try(old []byte, s *Search) Trials {
	t := newSearched(old, new(int))
	var out Trials
	done, offset := 0, 0
	for i := range f.Hunks {
		h := &f.Hunks[i]
		if out.Wrong != nil && s.over() {
			out.Untried = len(f.Hunks) - i
			break
		}
		before := *t.work
		at, _, fits := t.place(h, done)
		s.spend(*t.work - before + workOfPlace)
		if fits {
			if out.Fit++; out.Fit <= maxTrials {
				out.List = append(out.List, Trial{Hunk: i, Line: at + 1, Fits: true})
			}
			done, offset = at+h.OldLines, at-h.from()
			continue
		}
		if out.Not++; out.Not > maxTrials {
			continue
		}
		start, nominal := t.resembles(h, done, max(done, h.from()+offset), s)
		wrong := t.conflict(h, i, start)
		out.List = append(out.List, Trial{Hunk: i, Line: wrong.Line, Nominal: nominal})
		if out.Wrong == nil {
			wrong.Nominal = nominal
			out.Wrong = wrong
		}
	}
	return out
}
