package distribution

import _ "embed" // for the version

// Accepted is the content of VERSION with which a new distribution begins: the tool's own, so that a binary can begin
// one without a checkout.
//
//go:embed accepted.txt
var Accepted []byte
