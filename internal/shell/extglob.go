package shell

import (
	"fmt"
	"regexp"
	"slices"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
)

// extendedFields is expand.Fields, which looks for files by a pattern only where that has one of * ? [ too: of
// app/@(a|b).rb it would make the text itself. So the first character of a group becomes a set of that one character.
// What no file matches stays as it is written.
func extendedFields(c *expand.Config, w *syntax.Word) ([]string, error) {
	if !c.ExtGlob || c.ReadDir2 == nil || !slices.ContainsFunc(w.Parts, isGroup) {
		return expand.Fields(c, w)
	}
	plain := !bash.HasBraces(w) // each of several words has its own files
	syntax.Walk(w, func(n syntax.Node) bool {
		_, runs := n.(*syntax.CmdSubst)
		plain = plain && !runs
		return true
	})
	sought := &syntax.Word{Parts: slices.Clone(w.Parts)}
	for i, p := range sought.Parts {
		group, isGroup := p.(*syntax.ExtGlob)
		if !isGroup {
			continue
		}
		text := group.Pattern.Value
		if !plain || !plainGroup.MatchString(text) {
			return nil, fmt.Errorf("the pattern %s%s), which the import does not follow", group.Op, text)
		}
		sought.Parts[i] = &syntax.ExtGlob{OpPos: group.OpPos, Op: group.Op, Pattern: &syntax.Lit{
			ValuePos: group.Pattern.ValuePos, ValueEnd: group.Pattern.ValueEnd, Value: "[" + text[:1] + "]" + text[1:]}}
	}
	all := *c
	all.NullGlob = true
	found, err := expand.Fields(&all, sought)
	if err != nil || len(found) > 0 || c.NullGlob {
		return found, err
	}
	return expand.Fields(c, w)
}

// plainGroup is a group whose first character is a plain one, of names in one folder.
var plainGroup = regexp.MustCompile("^[A-Za-z0-9_-][^/'\"$`\\\\]*$")

func isGroup(p syntax.WordPart) bool {
	_, is := p.(*syntax.ExtGlob)
	return is
}
