package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/bash"
)

// hereDocument is the text of a here-document; with quotes around its end nothing in it is expanded.
func (m *Machine) hereDocument(r *syntax.Redirect) Stream {
	body := r.Hdoc
	if r.Op == syntax.DashHdoc {
		stripped := &syntax.Word{}
		atStart := true
		for _, part := range body.Parts {
			if lit, isLit := part.(*syntax.Lit); isLit {
				one := *lit
				one.Value = bash.WithoutTabs(lit.Value, atStart)
				part = &one
				atStart = strings.HasSuffix(lit.Value, "\n")
			} else {
				atStart = false
			}
			stripped.Parts = append(stripped.Parts, part)
		}
		body = stripped
	}
	for _, part := range r.Word.Parts {
		lit, isLit := part.(*syntax.Lit)
		if !isLit || strings.Contains(lit.Value, `\\`) {
			return Stream{Data: []byte(body.Lit())}
		}
	}
	return m.document(body)
}
