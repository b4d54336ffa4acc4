package config

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

var sizeForm = regexp.MustCompile(`(?i)^([0-9]{1,6}(?:\.[0-9]{1,3})?) ?([kmgt]i?)?b?$`)

// parseSize parses "30GB" (decimal) and "30GiB" (binary) to bytes.
func parseSize(s string) (int64, error) {
	m := sizeForm.FindStringSubmatch(s)
	if m == nil || m[2] == "" {
		return 0, fault.New(fault.Usage, "%q is not a size", s).WithHint("such as 30GB or 500MB")
	}
	base := 1000.0
	if len(m[2]) == 2 {
		base = 1024
	}
	n, _ := strconv.ParseFloat(m[1], 64)
	bytes := n * math.Pow(base, float64(1+strings.Index("kmgt", strings.ToLower(m[2][:1]))))
	if bytes < 1 || bytes > 1e15 {
		return 0, fault.New(fault.Usage, "the size %q is not between 1 byte and 1000 TB", s).WithHint("such as 30GB or 500MB")
	}
	return int64(bytes), nil
}

func (l *loader) size(v value) int64 {
	n, err := parseSize(v.text)
	l.check(v, err)
	return n
}
