package script

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// exoticName begins the names of variables that stand for an expansion which mvdan.cc/sh does not evaluate as bash
// does: no variable of a script has such a name.
const exoticName = "howdah/"

// exotic holds such expansions as the script has them, by the number behind exoticName.
type exotic struct {
	params []*syntax.ParamExp
	maps   map[string]bool // names that the script declares as associative arrays
	odd    map[string]bool // and with attributes that change what is assigned
}

// take puts a variable of its own in the place of each such expansion of a file.
func (x *exotic) take(f *syntax.File) {
	if x.maps == nil {
		x.maps, x.odd = map[string]bool{}, map[string]bool{}
	}
	syntax.Walk(f, func(n syntax.Node) bool {
		if d, isDecl := n.(*syntax.DeclClause); isDecl {
			x.declared(d)
		}
		return true
	})
	x.replace(f)
}

// replace does so within a part of a file.
func (x *exotic) replace(root syntax.Node) {
	syntax.Walk(root, func(n syntax.Node) bool {
		p, isParam := n.(*syntax.ParamExp)
		if !isParam || p.Param == nil || strings.HasPrefix(p.Param.Value, exoticName) || !x.is(p) {
			return true
		}
		whole := *p
		if p.Repl != nil {
			x.replace(p.Repl.Orig)
			if p.Repl.With != nil {
				x.replace(p.Repl.With)
			}
		}
		if p.Exp != nil && p.Exp.Word != nil {
			x.replace(p.Exp.Word)
		}
		x.params = append(x.params, &whole)
		name := *p.Param
		name.Value = fmt.Sprintf("%s%d", exoticName, len(x.params)-1)
		*p = syntax.ParamExp{Dollar: p.Dollar, Rbrace: p.Rbrace, Param: &name}
		if all(&whole) && !whole.Length {
			p.Index = whole.Index
		}
		return true
	})
}

// declared notes the associative arrays of a declaration.
func (x *exotic) declared(d *syntax.DeclClause) {
	flags := ""
	for _, a := range d.Args {
		switch {
		case a.Naked && a.Name == nil && a.Value != nil:
			flags += a.Value.Lit()
		case a.Name != nil && d.Variant.Value != "export":
			x.maps[a.Name.Value] = x.maps[a.Name.Value] || strings.Contains(flags, "A")
			x.odd[a.Name.Value] = x.odd[a.Name.Value] || strings.ContainsAny(flags, "nilu")
		}
	}
}

// all says that an expansion is one of all elements: ${A[@]}, ${A[*]}.
func all(p *syntax.ParamExp) bool {
	w, isWord := p.Index.(*syntax.Word)
	return isWord && (w.Lit() == "@" || w.Lit() == "*")
}

func (x *exotic) is(p *syntax.ParamExp) bool {
	name := p.Param.Value
	switch {
	case name == "LINENO", p.Names != 0, x.maps[name] && all(p):
		return true
	case p.Repl != nil:
		return anchor(p.Repl) != 0
	case p.Exp != nil && p.Exp.Op == syntax.OtherParamOps:
		return p.Exp.Word.Lit() != "U" && p.Exp.Word.Lit() != "L" && p.Exp.Word.Lit() != "u"
	case p.Exp != nil && p.Exp.Word != nil && removes(p.Exp.Op):
		return quotesPattern(p.Exp.Word)
	}
	return false
}

func removes(op syntax.ParExpOperator) bool {
	return op == syntax.RemSmallPrefix || op == syntax.RemLargePrefix || op == syntax.RemSmallSuffix ||
		op == syntax.RemLargeSuffix
}

// quotesPattern says that a pattern has a part in quotes, whose characters stand for themselves.
func quotesPattern(w *syntax.Word) bool {
	for _, part := range w.Parts {
		switch part.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			return true
		}
	}
	return strings.Contains(w.Lit(), `\`)
}

// anchor is the # or % with which the pattern of a replacement is bound to the text's begin or end.
func anchor(r *syntax.Replace) byte {
	if r.All || r.Orig == nil || len(r.Orig.Parts) == 0 {
		return 0
	}
	if lit, isLit := r.Orig.Parts[0].(*syntax.Lit); isLit && lit.Value != "" && strings.IndexByte("#%",
		lit.Value[0]) >= 0 {
		return lit.Value[0]
	}
	return 0
}

// value evaluates an expansion that the library has not; why says that it is not known.
func (e environ) value(p *syntax.ParamExp) (v expand.Variable, why string) {
	m := e.m
	text := func(s string) expand.Variable { return expand.Variable{Set: true, Kind: expand.String, Str: s} }
	name := p.Param.Value
	old := e.Get(name)
	shown := "${" + name + "…}"
	if old.Kind == expand.NameRef || p.Names != 0 || name == "LINENO" {
		return v, shown
	}
	if all(p) {
		return everyElement(p, old)
	}
	if p.Index != nil || p.Excl || p.Length || p.Slice != nil || old.Kind == expand.Associative {
		return v, shown
	}
	switch {
	case p.Repl != nil:
		return m.anchored(p.Repl, old.String())
	case p.Exp != nil && removes(p.Exp.Op):
		prefix := p.Exp.Op == syntax.RemSmallPrefix || p.Exp.Op == syntax.RemLargePrefix
		long := p.Exp.Op == syntax.RemLargePrefix || p.Exp.Op == syntax.RemLargeSuffix
		at, why := m.matchAt(p.Exp.Word, old.String(), prefix, long)
		if at < 0 || why != "" {
			return text(old.String()), why
		}
		if prefix {
			return text(old.String()[at:]), ""
		}
		return text(old.String()[:at]), ""
	}
	return v, shown
}

// everyElement is ${A[@]}, ${!A[@]} and ${#A[@]} of an associative array, in the order in which bash has them.
func everyElement(p *syntax.ParamExp, v expand.Variable) (expand.Variable, string) {
	keys := make([]string, 0, len(v.Map))
	for k := range v.Map {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, bashOrder)
	switch {
	case v.Kind != expand.Associative || p.Repl != nil || p.Exp != nil || p.Slice != nil || len(keys) > 1024:
		return expand.Variable{}, "${" + p.Param.Value + "[@]}"
	case p.Length:
		return expand.Variable{Set: true, Kind: expand.String, Str: fmt.Sprint(len(keys))}, ""
	case !p.Excl:
		for i, k := range keys {
			keys[i] = v.Map[k]
		}
	}
	return expand.Variable{Set: true, Kind: expand.Indexed, List: keys}, ""
}

// bashOrder compares two keys as bash 5 goes through an associative array: by the bucket that their FNV-1 hash falls
// into (bash's hashlib.c). Two keys of one bucket keep no order that is known here.
func bashOrder(a, b string) int { return int(bashBucket(a)) - int(bashBucket(b)) }

func bashBucket(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = h*16777619 ^ uint32(s[i])
	}
	return h & 1023
}

// anchored is ${X/#pattern/with} and ${X/%pattern/with}.
func (m *machine) anchored(r *syntax.Replace, s string) (expand.Variable, string) {
	start := anchor(r) == '#'
	orig := *r.Orig
	orig.Parts = slices.Clone(orig.Parts)
	lit := *orig.Parts[0].(*syntax.Lit)
	lit.Value = lit.Value[1:]
	orig.Parts[0] = &lit
	with := m.literal(r.With)
	at, why := m.matchAt(&orig, s, start, true)
	if why == "" {
		why = with.doubt()
	}
	switch {
	case at < 0 || why != "":
	case start:
		s = with.s + s[at:]
	default:
		s = s[:at] + with.s
	}
	return expand.Variable{Set: true, Kind: expand.String, Str: s}, why
}

// matchAt is where the part of a text that a pattern matches ends, from its begin, or begins, up to its end; -1
// where it
// matches none.
func (m *machine) matchAt(pat *syntax.Word, s string, prefix, long bool) (int, string) {
	var text string
	why := m.expansion(func(c *expand.Config) (err error) {
		text, err = expand.Pattern(c, pat)
		return err
	})
	if why != "" || isMarked(s) {
		return -1, why + word{s: s}.doubt()
	}
	expr, err := pattern.Regexp(text, pattern.EntireString|pattern.ExtendedOperators)
	if err != nil {
		return -1, "the pattern " + text
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return -1, "the pattern " + text
	}
	found := -1
	for i := range len(s) + 1 {
		part := s[:i]
		if !prefix {
			part = s[i:]
		}
		if re.MatchString(part) && (found < 0 || prefix == long) {
			found = i
		}
	}
	return found, ""
}
