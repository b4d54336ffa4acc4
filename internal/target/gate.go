package target

import "slices"

// The gates of a release. Each refuses with fault.Gate unless a person overrides it by -accept=, with a reason, for one
// run. docs/version.md says what each asks.
const (
	GateOlder      = "older"
	GateLine       = "line"
	GateSchema     = "schema"
	GateRewind     = "rewind"
	GateUnsafe     = "unsafe"
	GateVerify     = "verify"
	GateVisibility = "visibility"
	GateHold       = "hold"
)

var gates = []string{GateOlder, GateLine, GateSchema, GateRewind, GateUnsafe, GateVerify, GateVisibility, GateHold}

// Gates returns the names of all gates.
func Gates() []string { return slices.Clone(gates) }
