package view

// Import is the report of patch:import, dist/patch-import.json.
type Import struct {
	From      string           `json:"from"`     // as typed
	Base      string           `json:"base"`     // upstream's commit on which the import was checked
	Tree      string           `json:"tree"`     // the base with the imported changes
	Expected  string           `json:"expected"` // the tree that they have to produce
	Equal     bool             `json:"equal"`
	Undecided int              `json:"undecided"` // number of lines and patches that a person has to decide on
	Changes   []ImportedChange `json:"changes"`
	Differ    []string         `json:"differ,omitempty"` // the paths at which tree and expected differ
	LeftOut   []NotImported    `json:"left_out,omitempty"`
	Notes     []string         `json:"notes,omitempty"` // what was corrected in the form of the input
	Error     string           `json:"error,omitempty"` // why it was refused or is incomplete
}

// NotImported is a patch or a folder that was not imported.
type NotImported struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

type ImportedChange struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`
	Files   []string `json:"files"`
	Lines   int      `json:"lines"`           // added and removed
	Commits []string `json:"commits"`         // that it comes from
	Verdict string   `json:"verdict"`         // at the pin
	Large   string   `json:"large,omitempty"` // why it has more than a tenth of a fork's lines
}

func (i Import) MarshalJSON() ([]byte, error) {
	type plain Import
	i.Changes = list(i.Changes)
	return marshal(plain(i))
}

func (c ImportedChange) MarshalJSON() ([]byte, error) {
	type plain ImportedChange
	c.Files, c.Commits = list(c.Files), list(c.Commits)
	return marshal(plain(c))
}
