package bash

import (
	"strconv"
	"strings"
)

// The exit codes of test, and of [[ … ]].
const (
	holds = iota
	fails
	invalid // an argument is no number
)

// Compare compares two arguments as test does, and returns its exit code; why says that this is not known.
func Compare(a, op, b string) (code int, why string) {
	switch op {
	case "=", "==":
		return codeOf(a == b), ""
	case "!=":
		return codeOf(a != b), ""
	case "<", ">":
		return codeOf(a != b && (a < b) == (op == "<")), ""
	}
	x, err := strconv.Atoi(strings.TrimSpace(a))
	y, other := strconv.Atoi(strings.TrimSpace(b))
	if err != nil || other != nil {
		if op == "-nt" || op == "-ot" || op == "-ef" {
			return 0, "the age of " + a
		}
		return invalid, ""
	}
	switch op {
	case "-eq":
		return codeOf(x == y), ""
	case "-ne":
		return codeOf(x != y), ""
	case "-lt":
		return codeOf(x < y), ""
	case "-le":
		return codeOf(x <= y), ""
	case "-gt":
		return codeOf(x > y), ""
	case "-ge":
		return codeOf(x >= y), ""
	}
	return 0, "test " + op
}

func codeOf(yes bool) int {
	if yes {
		return holds
	}
	return fails
}
