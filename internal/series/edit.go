package series

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"

	"github.com/howdah/howdah/internal/expression"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/safety"
)

// regexp returns Match compiled, with ^ and $ matching at lines.
func (e *Edit) regexp() *regexp.Regexp { return regexp.MustCompile("(?m)" + e.Match) }

// Spans returns the matches in data: for each its start and end and, if Replace names groups, those of its groups.
func (e *Edit) Spans(data []byte) [][]int {
	switch {
	case e.Expands():
		return e.regexp().FindAllSubmatchIndex(data, maxMatches)
	case e.Match != "":
		return e.regexp().FindAllIndex(data, maxMatches)
	}
	return occurrences(data, []byte(e.Find))
}

// ReplaceAt returns data with the replacement at each of the spans.
func (e *Edit) ReplaceAt(data []byte, spans [][]int) []byte {
	out, _ := e.ReplaceLimited(data, spans)
	return out
}

// ReplaceLimited is ReplaceAt with a limit: it returns an error before it builds a text that is larger than
// maxResult.
func (e *Edit) ReplaceLimited(data []byte, spans [][]int) ([]byte, *fault.Error) {
	if e.Match == "" && len(spans) > 0 {
		if refused := CheckResult(e.File, len(data)+len(spans)*(len(e.Replace)-len(e.Find))); refused != nil {
			return nil, refused
		}
	}
	parts, expand := [][]byte{[]byte(e.Replace)}, e.literally
	if e.Expands() {
		parts, expand = e.parts(), e.regexp().Expand
	}
	out := make([]byte, 0, min(len(data), maxResult))
	at := 0
	for _, s := range spans {
		out = append(out, data[at:s[0]]...)
		for _, part := range parts {
			out = expand(out, part, data, s)
			if refused := CheckResult(e.File, len(out)); refused != nil {
				return nil, refused
			}
		}
		at = s[1]
	}
	return append(out, data[at:]...), nil
}

// literally expands a replacement that has no group references (compare regexp.Expand).
func (e *Edit) literally(out, part, _ []byte, _ []int) []byte { return append(out, part...) }

// parts splits Replace after each group reference, so that each part expands to at most its own length and the
// text's.
func (e *Edit) parts() (out [][]byte) {
	rest := []byte(e.Replace)
	at := 0
	for _, r := range reference.FindAllIndex(rest, -1) {
		out = append(out, rest[at:r[1]:r[1]])
		at = r[1]
	}
	return append(out, rest[at:])
}

// maxMatches stops the count of a text that is found too often.
const maxMatches = MaxCount + 1

// Check reports what is wrong with an edit, without looking at any file.
func (e *Edit) Check() error {
	if e.Match == "" {
		switch e.Find {
		case "":
			return errors.New("an edit looks for nothing")
		case e.Replace:
			return errors.New("an edit replaces a text by itself")
		}
		return nil
	}
	if err := expression.Check(e.Match); err != nil {
		return err
	}
	re, err := regexp.Compile(e.Match)
	if err != nil {
		var wrong *syntax.Error
		if errors.As(err, &wrong) {
			return fmt.Errorf("reading match: %s: %q", wrong.Code, wrong.Expr)
		}
		return fmt.Errorf("reading match: %w", err)
	}
	for _, m := range reference.FindAllStringSubmatch(e.Replace, -1) {
		name := m[1] + m[2]
		if name == "" || slices.Contains(re.SubexpNames(), name) {
			continue
		}
		var n int
		if _, err := fmt.Sscanf(name, "%d", &n); err == nil && fmt.Sprint(n) == name && n <= re.NumSubexp() {
			continue
		}
		return fmt.Errorf("replace names the group %q, which match does not have; write ${1}x for group 1 before an x, $$ "+
			"for a dollar sign", name)
	}
	return nil
}

// reference matches a group reference as regexp.Expand reads it.
var reference = regexp.MustCompile(`\$(?:\$|\{([\pL\p{Nd}_]+)\}|([\pL\p{Nd}_]+))`)

// Do applies the edit to data, however often its text matches; the caller compares matches with Count.
func (e *Edit) Do(data []byte) (out []byte, matches int, err error) {
	if err := e.Check(); err != nil {
		return nil, 0, err
	}
	spans := e.Spans(data)
	if len(spans) == 0 {
		return data, 0, errors.New("its text is not found")
	}
	return e.ReplaceAt(data, spans), len(spans), nil
}

// CheckResult returns an error if a file that a change produces is larger than maxResult.
func CheckResult(name string, bytes int) *fault.Error {
	if bytes <= maxResult {
		return nil
	}
	return safety.Malformed("%q would have more than %d bytes, which is the limit of one file", name, maxResult)
}

// Cost estimates the time of a search: each is the cost of a byte of text (the number of states of the expression),
// once that of preparing the search (the characters of the expression with repetitions written out). It is 1 and 0
// for exact text.
func (e *Edit) Cost() (each, once int) {
	if e.Match == "" {
		return 1, 0
	}
	return expression.Cost(e.Match)
}

// Expands reports whether Replace refers to groups of Match.
func (e *Edit) Expands() bool { return e.Match != "" && reference.MatchString(e.Replace) }
