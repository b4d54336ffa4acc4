package tree

import "context"

// File is a file's mode and content.
type File struct {
	Mode Mode
	Data []byte
	id   ID // of Data, where Named found it
}

// Named returns the file with its content's id, for one that is written into many trees.
func (f *File) Named() *File {
	if f == nil {
		return nil
	}
	return &File{Mode: f.Mode, Data: f.Data, id: f.ID()}
}

// ID is the id of the file's content.
func (f *File) ID() ID {
	if f.id != "" {
		return f.id
	}
	return BlobID(f.Data)
}

// File reads the file of an entry of this tree.
func (t *Tree) File(ctx context.Context, e Entry) (*File, error) {
	data, err := t.Blob(ctx, e.ID)
	return &File{Mode: e.Mode, Data: data, id: e.ID}, err
}
