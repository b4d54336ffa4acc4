package bash

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// unquoteParams removes quotes and backslashes from the words within expansions, as bash does: the library leaves the
// backslashes there, and takes single quotes for quotes where they are between double ones.
func unquoteParams(f *syntax.File) {
	documents := map[*syntax.Word]bool{}
	var quoted []bool // of each node around: whether what it holds counts as between double quotes
	syntax.Walk(f, func(n syntax.Node) bool {
		if n == nil {
			quoted = quoted[:len(quoted)-1]
			return true
		}
		is := len(quoted) > 0 && quoted[len(quoted)-1]
		switch n := n.(type) {
		case *syntax.DblQuoted:
			is = true
		case *syntax.CmdSubst, *syntax.ProcSubst:
			is = false
		case *syntax.Redirect:
			documents[n.Hdoc] = n.Hdoc != nil
		case *syntax.Word:
			is = is || documents[n]
		case *syntax.ParamExp:
			switch {
			case n.Repl != nil:
				n.Repl.With = unquoted(n.Repl.With)
			case n.Exp == nil || !defaults(n.Exp.Op):
			case is:
				n.Exp.Word = betweenQuotes(n.Exp.Word)
			default:
				n.Exp.Word = unquoted(n.Exp.Word)
			}
		}
		quoted = append(quoted, is)
		return true
	})
}

// defaults reports whether an expansion's word is a text for where a variable is set, or is not.
func defaults(op syntax.ParExpOperator) bool {
	return op >= syntax.AlternateUnset && op <= syntax.AssignUnsetOrNull
}

// unquoted takes the backslashes outside quotes from a word: in ${X//\//\\/} what is put in is \/.
func unquoted(w *syntax.Word) *syntax.Word {
	return eachPart(w, func(part syntax.WordPart) (out []syntax.WordPart) {
		lit, isLit := part.(*syntax.Lit)
		if !isLit {
			return []syntax.WordPart{part}
		}
		for rest := lit.Value; rest != ""; {
			plain, after, found := strings.Cut(rest, `\`)
			if plain != "" {
				out = append(out, &syntax.Lit{ValuePos: lit.ValuePos, ValueEnd: lit.ValueEnd, Value: plain})
			}
			if rest = after; !found {
				break
			}
			one := `\` // at the end it stands for itself
			if after != "" {
				one, rest = after[:1], after[1:]
			}
			out = append(out, &syntax.SglQuoted{Left: lit.ValuePos, Right: lit.ValueEnd, Value: one})
		}
		return out
	})
}

// betweenQuotes is a word between double quotes: single quotes are characters there, and a backslash quotes what it
// quotes between double quotes, and a brace.
func betweenQuotes(w *syntax.Word) *syntax.Word {
	return eachPart(w, func(part syntax.WordPart) []syntax.WordPart {
		value := ""
		switch part := part.(type) {
		case *syntax.Lit:
			value = strings.ReplaceAll(part.Value, `\}`, `}`)
		case *syntax.SglQuoted:
			if part.Dollar {
				return []syntax.WordPart{part}
			}
			value = "'" + part.Value + "'"
			if strings.ContainsAny(part.Value, "$`\\") { // they mean there what they mean in a here-document
				inner, err := syntax.NewParser().Document(strings.NewReader(value))
				if err != nil {
					return []syntax.WordPart{part}
				}
				return []syntax.WordPart{&syntax.DblQuoted{Left: part.Pos(), Right: part.End(), Parts: inner.Parts}}
			}
		default:
			return []syntax.WordPart{part}
		}
		lit := &syntax.Lit{ValuePos: part.Pos(), ValueEnd: part.End(), Value: value}
		return []syntax.WordPart{&syntax.DblQuoted{Left: part.Pos(), Right: part.End(), Parts: []syntax.WordPart{lit}}}
	})
}

// eachPart returns a word whose parts were replaced.
func eachPart(w *syntax.Word, replace func(syntax.WordPart) []syntax.WordPart) *syntax.Word {
	if w == nil {
		return nil
	}
	out := *w
	out.Parts = nil
	for _, part := range w.Parts {
		out.Parts = append(out.Parts, replace(part)...)
	}
	return &out
}

// Unquoted returns the parts of a replacement's text that are not in quotes: in these, bash from 5.2 on puts what
// matched in the place of &.
func Unquoted(with *syntax.Word) (parts []syntax.WordPart) {
	if with == nil {
		return nil
	}
	for _, part := range with.Parts {
		switch part.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
		default:
			parts = append(parts, part)
		}
	}
	return parts
}

// mayMeanMatch reports whether the text of a replacement may have an & that stands for what matched.
func mayMeanMatch(with *syntax.Word) bool {
	for _, part := range Unquoted(with) {
		if lit, isLit := part.(*syntax.Lit); !isLit || strings.Contains(lit.Value, "&") {
			return true
		}
	}
	return false
}
