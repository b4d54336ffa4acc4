package scriptfiles

// What is kept of the files that were read, since a script of many commands asks for the same ones again and again.
const (
	maxKept = 32 << 20  // bytes
	maxOne  = 256 << 10 // bytes of one
)

// readFiles are files as they were read, by name.
type readFiles struct {
	files map[string]*File
	bytes int
	asked map[string]int  // how many files in a folder of the tree, and below it, were read alone
	ahead map[string]bool // folders of the tree that were read as a whole
}

// keep adds a file, unless it is large or there are many.
func (r *readFiles) keep(name string, f *File) {
	size := len(f.Data) + len(name) + 128
	if size <= maxOne && r.bytes+size <= maxKept {
		r.files[name] = f
		r.bytes += size
	}
}

// begin makes what is kept of the files that are read.
func (w *World) begin() {
	if w.read == nil {
		w.read = &readFiles{files: map[string]*File{}, asked: map[string]int{}, ahead: map[string]bool{}}
		w.own = &readFiles{files: map[string]*File{}}
	}
}
