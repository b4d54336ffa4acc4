package importer

import (
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
)

// Folder makes entries of a quilt series or a folder of patches. The patches are written as git writes them.
func Folder(f series.Folder) (*Import, error) {
	s, err := series.Load([]series.Folder{f})
	if err != nil {
		return nil, err
	}
	out := &Import{Files: map[string][]byte{}}
	for _, c := range s.Changes {
		if c.Refused != nil {
			return nil, c.Refused
		}
		if c.Kind != series.KindPatch {
			return nil, fault.New(fault.Usage, "%q is a series.toml already", c.File).WithHint("name its folder in patches")
		}
		out.add(c.Name, c.Why, c.Patch)
	}
	return out, nil
}

// add takes in one patch.
func (i *Import) add(name, why string, f *series.File) {
	data := f.Data
	if _, err := diff.Parse(data); f.Strip != 1 || err != nil {
		data = f.Plain()
	}
	file := name + ".patch"
	i.Files[file] = data
	c := &series.Change{Name: name, Why: why, Kind: series.KindPatch, Required: true,
		Patch: &series.File{Name: file, Data: data, Strip: 1, Files: f.Files}}
	c.Sum = c.Digest()
	i.Changes = append(i.Changes, c)
}
