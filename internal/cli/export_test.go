package cli

// Recorded is recorded, for the tests that run the targets from outside.
var Recorded = recorded
