package landed

// What the searches of one run may take together. The counts are the same on every machine, and with a cache.
const (
	// mostRead bounds how many bytes of files are read to see whether a commit is a change: first of those that make
	// the files grow by as many bytes as a change does, then of all others, whose white space may differ.
	mostRead     = 120_000_000
	mostUnlikely = 40_000_000 // of the others

	// mostFitted bounds how many bytes of files are read, and looked through, to see whether a change that has landed
	// was taken back by a commit that does other things too; what is read counts fitRead times.
	mostFitted = 400_000_000
	fitRead    = 4

	// mostCompared bounds how many bytes of files are compared line by line.
	mostCompared = 30_000_000
)

// budget is what is left.
type budget struct{ read, unlikely, fitted, compared int }

// reads takes the bytes of a commit's files, if so many are left.
func (b *budget) reads(bytes int, how chance) bool {
	if bytes > b.read || how == unlikely && bytes > b.unlikely {
		return false
	}
	if b.read -= bytes; how == unlikely {
		b.unlikely -= bytes
	}
	return true
}

// compare takes so many bytes to compare, if so many are left.
func (b *budget) compare(bytes int) bool {
	if bytes > b.compared {
		return false
	}
	b.compared -= bytes
	return true
}
