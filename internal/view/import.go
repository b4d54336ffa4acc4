package view

// Import is dist/patch-import.json: what patch:import made of what somebody had.
type Import struct {
	From      string           `json:"from"`     // as it was asked for
	Base      string           `json:"base"`     // upstream's commit on which the proof rests
	Tree      string           `json:"tree"`     // that the imported changes make of the base
	Expected  string           `json:"expected"` // that they have to make
	Equal     bool             `json:"equal"`
	Undecided int              `json:"undecided"` // what is left for a person to decide
	Changes   []ImportedChange `json:"changes"`
	Differ    []string         `json:"differ,omitempty"` // the paths at which tree and expected differ
	LeftOut   []NotImported    `json:"left_out,omitempty"`
	Notes     []string         `json:"notes,omitempty"` // what was mended of the form in which it came
	Error     string           `json:"error,omitempty"` // why it was refused, or is not whole
}

// NotImported is a patch or a folder that was not imported.
type NotImported struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// ImportedChange is one change of an import.
type ImportedChange struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`
	Files   []string `json:"files"`
	Lines   int      `json:"lines"`           // that it adds or takes away
	Commits []string `json:"commits"`         // that it comes from
	Verdict string   `json:"verdict"`         // at the pin
	Large   string   `json:"large,omitempty"` // why it has more than a tenth of a fork's lines
}

// MarshalJSON writes the lists as lists.
func (i Import) MarshalJSON() ([]byte, error) {
	type plain Import
	i.Changes = list(i.Changes)
	return marshal(plain(i))
}

// MarshalJSON writes the lists as lists.
func (c ImportedChange) MarshalJSON() ([]byte, error) {
	type plain ImportedChange
	c.Files, c.Commits = list(c.Files), list(c.Commits)
	return marshal(plain(c))
}
