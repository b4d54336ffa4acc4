package series

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/toml"
	"github.com/howdah/howdah/internal/tree"
)

// SetCommit pins a change to another commit.
func (d *Document) SetCommit(c *Change, commit tree.ID) error {
	return d.setKey(c, "commit", tomlString(string(commit)))
}

// SetOverlayCommit pins a remote overlay to another commit. Sum is the checksum of its files there; "" removes the
// key.
func (d *Document) SetOverlayCommit(c *Change, commit tree.ID, sum string) error {
	for name, value := range map[string]string{"commit": string(commit), "sha256": sum} {
		t, err := d.entry(c.Name, c.Line)
		if err != nil {
			return err
		}
		o := t.Get(string(KindOverlay))
		if o == nil {
			return fault.New(fault.Usage, "change %q has no overlay", c.Name).At(d.file, t.Line)
		}
		k := o.Value.Get(name)
		if k == nil || value == "" {
			continue
		}
		if err := d.replace(k.Span, []byte(name+" = "+tomlString(value))); err != nil {
			return err
		}
	}
	return nil
}

// SetPatch turns a change of any kind into a patch file; file is its path below the folder.
func (d *Document) SetPatch(c *Change, file string) error {
	other := *c
	other.Kind, other.Patch = KindPatch, &File{Name: file}
	return d.setKind(c, &other, tomlString(file))
}

// SetOverlay turns a remote overlay into a local one with this folder, and notes where the files came from.
func (d *Document) SetOverlay(c *Change, folder string) error {
	o := c.Overlay
	other := *c
	other.Overlay = &Overlay{Folder: folder, Local: map[string]tree.File{}, Over: o.Over}
	return d.setKind(c, &other, fmt.Sprintf("%s # from %s at %s", tomlString(folder), o.Repository, o.Commit))
}

// SetOver replaces the checksums of the files that an overlay replaces.
func (d *Document) SetOver(c *Change, over map[string]string) error {
	t, err := d.entry(c.Name, c.Line)
	if err != nil {
		return err
	}
	k := t.Get("over")
	switch {
	case len(over) == 0 && k == nil:
		return nil
	case k != nil && k.Span == [2]int{}, len(over) == 0:
		other, overlay := *c, *c.Overlay
		overlay.Over = over
		other.Overlay = &overlay
		return d.rewrite(t, &other)
	}
	return d.setKey(c, "over", table(over))
}

// setKind writes another kind of change: value replaces the old kind's value, and the keys that belong to the old
// kind are removed. An entry with sub-tables is rewritten whole.
func (d *Document) setKind(c, other *Change, value string) error {
	t, err := d.entry(c.Name, c.Line)
	if err != nil {
		return err
	}
	k := t.Get(string(c.Kind))
	ownHeader := func(k *toml.Key) bool { return k.Span == [2]int{} }
	if k == nil || ownHeader(k) || slices.ContainsFunc(t.Keys, ownHeader) {
		return d.rewrite(t, other)
	}
	if other.Kind == c.Kind {
		return d.setKey(c, string(c.Kind), value)
	}
	width := bytes.IndexByte(d.data[k.Span[0]:k.Span[1]], '=') - 1
	if err := d.replace(k.Span, fmt.Appendf(nil, "%-*s = %s", width, other.Kind, value)); err != nil {
		return err
	}
	for _, name := range []string{"commit", "over"} {
		if t, err = d.entry(c.Name, c.Line); err != nil {
			return err
		}
		if k := t.Get(name); k != nil {
			if err := d.replace(d.lines(k.Span), nil); err != nil {
				return err
			}
		}
	}
	return nil
}
