package scriptchanges

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/howdah/howdah/internal/rewrite"
	"github.com/howdah/howdah/internal/sed"
	"github.com/howdah/howdah/internal/series"
)

// proposals are edits that may say what was done to a file: each still has to give the same bytes.
func proposals(e *Effect, w Written) (out []series.Edit) {
	before, after := w.Before.Data, w.After.Data
	if bytes.HasPrefix(after, before) && len(after) > len(before) && utf8.Valid(after[len(before):]) {
		if e.Sed == "" {
			return []series.Edit{{Match: `\z`, Replace: strings.ReplaceAll(string(after[len(before):]), "$", "$$")}}
		}
	}
	find, with, ok := sed.Substitution(e.Sed)
	if !ok {
		return nil
	}
	if text, isText := sed.Literal(find, e.Ext); isText {
		if by, isText := sed.Replacement(with, false); isText {
			out = append(out, series.Edit{Find: text, Replace: by})
		}
	}
	if expr, ok := sed.Expression(find, e.Ext); ok {
		if by, ok := sed.Replacement(with, true); ok {
			out = append(out, series.Edit{Match: expr, Replace: by})
		}
	}
	return out
}

// edit proposes how series.toml says what a sed command did to a file; nil where nothing short does.
func (e *Effect) edit(w Written) []series.Edit {
	if w.Before == nil || w.After == nil || w.Before.Mode != w.After.Mode {
		return nil
	}
	for _, one := range proposals(e, w) {
		one.File = w.Name
		out, n, err := one.Do(w.Before.Data)
		if err != nil || !bytes.Equal(out, w.After.Data) {
			continue
		}
		one.Count = n
		return []series.Edit{one}
	}
	return rewrite.LiteralEdits(w.Name, w.Before.Data, w.After.Data, maxBlocks)
}

// maxBlocks is how many places of a file are said as edits; more read better as a patch.
const maxBlocks = 8
