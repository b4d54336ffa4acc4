package toml

import (
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/howdah/howdah/internal/fault"
)

// Limits of a document, which docs/safety.md states. They keep the time to read one proportional to its size, since
// parsers look keys up one by one.
const (
	maxKeys    = 100_000 // in the document
	maxInTable = 2_000   // in one table
	maxTables  = 1_000   // [table] headers, without [[lists of tables]]
	maxParts   = 16      // of a dotted key
	maxPart    = 4_096   // bytes in one part
	maxDepth   = 16      // lists and inline tables within each other
)

// check refuses a document beyond the limits. What is not TOML is left to the decoder.
func check(file string, data []byte, lines lines) error {
	c := &checker{file: file, lines: lines}
	c.parser.Reset(data)
	for c.err == nil && c.parser.NextExpression() {
		e := c.parser.Expression()
		switch e.Kind {
		case unstable.Table:
			c.inTable = 0
			c.key(e)
			if c.tables++; c.tables > maxTables {
				c.refuse("more than %d tables", maxTables)
			}
		case unstable.ArrayTable:
			c.inTable = 0
			c.key(e)
		case unstable.KeyValue:
			c.key(e)
			c.inTable = c.more(c.inTable)
			c.value(e.Value(), 1)
		}
	}
	return c.err
}

// checker counts, and keeps the first error.
type checker struct {
	file                  string
	lines                 lines
	parser                unstable.Parser
	keys, tables, inTable int
	line                  int // of the last key
	err                   error
}

func (c *checker) refuse(format string, args ...any) {
	if c.err == nil {
		c.err = fault.New(fault.Usage, format, args...).At(c.file, c.line).WithHint("docs/safety.md has the limits")
	}
}

// more counts a key of a table.
func (c *checker) more(n int) int {
	if n++; n > maxInTable {
		c.refuse("more than %d keys in one table", maxInTable)
	}
	return n
}

// key counts a key and its parts.
func (c *checker) key(e *unstable.Node) {
	parts := 0
	for it := e.Key(); it.Next(); {
		n := it.Node()
		c.line = c.lines.at(n.Raw.Offset)
		if parts++; len(n.Data) > maxPart {
			c.refuse("a key of %d bytes, at most %d are allowed", len(n.Data), maxPart)
		}
	}
	if parts > maxParts {
		c.refuse("a key of %d dotted parts, at most %d are allowed", parts, maxParts)
	}
	if c.keys++; c.keys > maxKeys {
		c.refuse("more than %d keys", maxKeys)
	}
}

// value looks into lists and inline tables.
func (c *checker) value(n *unstable.Node, depth int) {
	if n.Kind != unstable.Array && n.Kind != unstable.InlineTable || c.err != nil {
		return
	}
	if depth > maxDepth {
		c.refuse("lists or tables nested more than %d deep", maxDepth)
		return
	}
	in, elements := 0, 0
	for it := n.Children(); it.Next() && c.err == nil; {
		one := it.Node()
		if n.Kind == unstable.InlineTable && one.Kind == unstable.KeyValue {
			c.key(one)
			in = c.more(in)
			c.value(one.Value(), depth+1)
			continue
		}
		if elements++; elements > maxKeys {
			c.refuse("a list of more than %d values", maxKeys)
		}
		c.value(one, depth+1)
	}
}
