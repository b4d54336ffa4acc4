package wording

import (
	"cmp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/nearest"
)

// query is a text that is looked for.
type query struct {
	normal, folded string
}

func newQuery(text string) query { return query{normal(text), folded(text)} }

// likely are the files that contain one of the two longest words of the text. The longest alone may be a name that is
// filled in later.
func (q query) likely(files []File) []File {
	words := strings.Fields(q.folded)
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	words = words[:min(2, len(words))]
	return slices.DeleteFunc(slices.Clone(files), func(f File) bool {
		data := strings.ToLower(string(f.Data))
		return !slices.ContainsFunc(words, func(word string) bool { return strings.Contains(data, word) })
	})
}

// inTranslations are the translations that say the text.
func (q query) inTranslations(values []translation) (found []Found) {
	for _, t := range values {
		if how := q.match(t.value); how != "" {
			found = append(found, t.found(how))
		}
	}
	return found
}

func (t translation) found(how Match) Found {
	return Found{Place: t.Place, Match: how, Locale: t.locale, Key: t.key, Value: t.value}
}

// match returns how a translation has the text; "" if it does not have it.
func (q query) match(value string) Match {
	plain := folded(value)
	if plain == q.folded {
		return same
	}
	if !strings.ContainsAny(value, "{<") {
		if hasWords(plain, q.folded) {
			return part
		}
		return ""
	}
	how := Match("")
	for _, between := range variants(value) {
		whole := strings.TrimSpace(strings.Join(between, "{}"))
		switch {
		case whole == q.folded:
			return same
		case fills(q.folded, between):
			how = rendered
		case how == "" && (hasWords(whole, q.folded) || hasWords(plain, q.folded)):
			how = part
		}
	}
	return how
}

// inCode are the lines of code and of templates that contain the text: as it is written, or in any capitals.
func (q query) inCode(files []File, anyCase bool) (found []Found) {
	w := written{q.normal, normal}
	if anyCase {
		w = written{q.folded, folded}
	}
	for _, f := range files {
		if !w.mayBeIn(string(f.Data)) {
			continue
		}
		lines := strings.Split(string(f.Data), "\n")
		for i := range lines {
			if n := w.spans(lines[i:]); n > 1 || n == 1 && w.quoted(lines[i]) {
				found = append(found, Found{Place: Place{f.Name, i + 1, strings.TrimSpace(lines[i])}, Match: source})
			}
		}
	}
	return found
}

// written is a text as it is looked for in code, and the form in which lines are compared with it.
type written struct {
	text string
	form func(string) string
}

// maxWrapped is over how many lines a text may be broken in a template.
const maxWrapped = 4

// firstWord is the first word of the text, and says whether there are more.
func (w written) firstWord() (string, bool) {
	word, _, more := strings.Cut(w.text, " ")
	return word, more
}

// mayBeIn is a quick look: the first word of the text is in the file.
func (w written) mayBeIn(data string) bool {
	word, _ := w.firstWord()
	return strings.Contains(w.form(data), word)
}

// quoted reports whether a line shows the text: a single word in it may be a name of the program's own, unless a quote
// or a tag begins before it or ends after it, or it is all of the line.
func (w written) quoted(line string) bool {
	line = w.form(line)
	if strings.Contains(w.text, " ") || line == w.text {
		return true
	}
	for _, mark := range []string{"'", `"`, "`"} {
		if strings.Contains(line, mark+w.text) || strings.Contains(line, w.text+mark) {
			return true
		}
	}
	return strings.Contains(line, ">"+w.text) || strings.Contains(line, w.text+"<")
}

// spans is over how many lines, from the first, the text is broken; 0 if it does not begin in the first.
func (w written) spans(lines []string) int {
	first := w.form(lines[0])
	if hasWords(first, w.text) {
		return 1
	}
	word, more := w.firstWord()
	if !more || !strings.Contains(first, word) {
		return 0
	}
	for n := 2; n <= min(maxWrapped, len(lines)); n++ {
		if hasWords(w.form(strings.Join(lines[:n], "\n")), w.text) {
			if hasWords(w.form(strings.Join(lines[1:n], "\n")), w.text) {
				return 0 // it begins in a later line
			}
			return n
		}
	}
	return 0
}

// leastLike is the likeness from which a translation is worth naming.
const leastLike = 0.5

// near are the translations that come closest, the closest first.
func (q query) near(values []translation) []Found {
	type scored struct {
		translation
		likeness float64
	}
	like := nearest.NewLikeness(q.folded)
	var best []scored
	seen := map[string]bool{}
	for _, t := range values {
		score := like.To([]byte(folded(t.value)))
		for _, between := range variants(t.value) {
			score = max(score, like.To([]byte(strings.Join(between, ""))))
		}
		if score >= leastLike && !seen[t.Text] {
			seen[t.Text] = true
			best = append(best, scored{t, score})
		}
	}
	slices.SortStableFunc(best, func(a, b scored) int { return cmp.Compare(b.likeness, a.likeness) })
	var found []Found
	for _, s := range best[:min(maxNear, len(best))] {
		found = append(found, s.found(Near))
	}
	return found
}
