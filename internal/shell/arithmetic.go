package shell

import (
	"fmt"

	"github.com/howdah/howdah/internal/bash"
	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// arithmetic evaluates an expression; why says that its value is not known.
func (m *Machine) arithmetic(x syntax.ArithmExpr) (n int, why string) {
	b, isBinary := x.(*syntax.BinaryArithm)
	if isBinary && b.Op == syntax.Comma {
		_, first := m.arithmetic(b.X)
		n, why = m.arithmetic(b.Y)
		return n, why + first
	}
	if isBinary && b.Op == syntax.Assgn {
		if w, isWord := b.X.(*syntax.Word); isWord && w.Lit() != "" { // what it was before does not count
			n, why = m.arithmetic(b.Y)
			m.Set(w.Lit(), bash.Text(fmt.Sprint(n)), why)
			return n, why
		}
	}
	why = m.expansion(func(c *expand.Config) (err error) {
		n, err = expand.Arithm(c, x)
		return err
	})
	return n, why
}

// let is an expression as a command.
func (m *Machine) let(x syntax.ArithmExpr) {
	n, why := m.arithmetic(x)
	if m.Status = Whether(n != 0); why != "" {
		m.Status = Status{Why: why}
	}
}
