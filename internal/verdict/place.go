package verdict

// Place is a line of a file; Line 0 means the file as a whole.
type Place struct {
	File string
	Line int
	Text string
}
