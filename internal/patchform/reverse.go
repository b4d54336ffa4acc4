package patchform

import (
	"bytes"
	"errors"
	"slices"

	"github.com/howdah/howdah/internal/diff"
)

// reverse writes the patch so that it takes back what it does, as patch -R and git apply -R do.
func (r *Reading) reverse(t *text) error {
	files, err := diff.Parse(r.Data)
	var wrong *diff.ParseError
	if errors.As(err, &wrong) {
		return &Error{Line: wrong.Line, What: wrong.What}
	}
	if err != nil {
		return err
	}
	for i, f := range files {
		if f.Copy {
			return &Error{Line: f.Line, What: "-R takes back a copy, and the patch does not have the file's content",
				Hint: "make the diff again, without -C"}
		}
		files[i] = f.Reverse()
	}
	slices.Reverse(files)
	head := bytes.Join(t.lines[:t.sections[0].begin()], nil)
	r.Data = slices.Concat(head, diff.Format(files))
	r.note("-R: taken back")
	return nil
}
