package bash

import (
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// ExoticName begins the names of variables that stand for an expansion which mvdan.cc/sh does not evaluate as bash
// does: no variable of a script has such a name.
const ExoticName = "howdah/"

// Exotic holds such expansions as the script has them, by the number behind exoticName.
type Exotic struct {
	Params []*syntax.ParamExp
	maps   map[string]bool // names that the script declares as associative arrays
	Odd    map[string]bool // and with attributes that change what is assigned
}

// Take puts a variable of its own in the place of each such expansion of a file.
func (x *Exotic) Take(f *syntax.File) {
	if x.maps == nil {
		x.maps, x.Odd = map[string]bool{}, map[string]bool{}
	}
	syntax.Walk(f, func(n syntax.Node) bool {
		if d, isDecl := n.(*syntax.DeclClause); isDecl {
			x.declared(d)
		}
		return true
	})
	unquoteParams(f)
	x.replace(f)
}

// replace does so within a part of a file.
func (x *Exotic) replace(root syntax.Node) {
	syntax.Walk(root, func(n syntax.Node) bool {
		p, isParam := n.(*syntax.ParamExp)
		if !isParam || p.Param == nil || strings.HasPrefix(p.Param.Value, ExoticName) || !x.is(p) {
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
		x.Params = append(x.Params, &whole)
		name := *p.Param
		name.Value = fmt.Sprintf("%s%d", ExoticName, len(x.Params)-1)
		*p = syntax.ParamExp{Dollar: p.Dollar, Rbrace: p.Rbrace, Param: &name}
		if All(&whole) && !whole.Length {
			p.Index = whole.Index
		}
		return true
	})
}

// declared notes the associative arrays of a declaration.
func (x *Exotic) declared(d *syntax.DeclClause) {
	flags := ""
	for _, a := range d.Args {
		switch {
		case a.Naked && a.Name == nil && a.Value != nil:
			flags += a.Value.Lit()
		case a.Name != nil && d.Variant.Value != "export":
			x.maps[a.Name.Value] = x.maps[a.Name.Value] || strings.Contains(flags, "A")
			x.Odd[a.Name.Value] = x.Odd[a.Name.Value] || strings.ContainsAny(flags, "nilu")
		}
	}
}

// All reports whether an expansion is one of all elements: ${A[@]}, ${A[*]}.
func All(p *syntax.ParamExp) bool {
	w, isWord := p.Index.(*syntax.Word)
	return isWord && (w.Lit() == "@" || w.Lit() == "*")
}

func (x *Exotic) is(p *syntax.ParamExp) bool {
	name := p.Param.Value
	switch {
	case name == "LINENO", p.Names != 0, x.maps[name] && All(p):
		return true
	case p.Repl != nil:
		return Anchor(p.Repl) != 0 || p.Index == nil && mayMeanMatch(p.Repl.With)
	case p.Exp != nil && p.Exp.Op == syntax.OtherParamOps:
		return p.Exp.Word.Lit() != "U" && p.Exp.Word.Lit() != "L" && p.Exp.Word.Lit() != "u"
	case p.Exp != nil && p.Exp.Word != nil && Removes(p.Exp.Op):
		return quotesPattern(p.Exp.Word)
	}
	return false
}

func Removes(op syntax.ParExpOperator) bool {
	return op == syntax.RemSmallPrefix || op == syntax.RemLargePrefix || op == syntax.RemSmallSuffix ||
		op == syntax.RemLargeSuffix
}

// quotesPattern reports whether a pattern has a part in quotes, whose characters stand for themselves.
func quotesPattern(w *syntax.Word) bool {
	for _, part := range w.Parts {
		switch part.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			return true
		}
	}
	return strings.Contains(w.Lit(), `\`)
}

// Anchor is the # or % with which the pattern of a replacement is bound to the text's begin or end.
func Anchor(r *syntax.Replace) byte {
	if r.All || r.Orig == nil || len(r.Orig.Parts) == 0 {
		return 0
	}
	if lit, isLit := r.Orig.Parts[0].(*syntax.Lit); isLit && lit.Value != "" && strings.IndexByte("#%",
		lit.Value[0]) >= 0 {
		return lit.Value[0]
	}
	return 0
}

// EveryElement is ${A[@]}, ${!A[@]} and ${#A[@]} of an associative array, in the order in which bash has them.
func EveryElement(p *syntax.ParamExp, v expand.Variable) (expand.Variable, string) {
	keys := make([]string, 0, len(v.Map))
	for k := range v.Map {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, bashOrder)
	switch {
	case v.Kind != expand.Associative || p.Repl != nil || p.Exp != nil || p.Slice != nil || len(keys) > 1024:
		return expand.Variable{}, "${" + p.Param.Value + "[@]}"
	case p.Length:
		return Text(fmt.Sprint(len(keys))), ""
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
