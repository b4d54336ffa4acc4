package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/mail"
	"github.com/howdah/howdah/internal/patchform"
	"github.com/howdah/howdah/internal/series"
)

// Mailbox imports each mail of a mailbox, or one patch, as a change; file is its name in errors.
func (src Source) Mailbox(ctx context.Context, file string, data []byte) (*Import, error) {
	out := &Import{Files: map[string][]byte{}}
	t := patchFile{file: file, label: path.Base(file), patch: patchform.Patch{Data: data, Strip: 1}}
	if path.Ext(file) == ".rej" {
		out.leave(t.label, rejected(file))
		return out, nil
	}
	return out, src.importMails(ctx, out, t)
}

// patchFile is a file to import.
type patchFile struct {
	file, label string // its name in errors, and in lists
	name        string // of its change; "": from each mail's subject
	patch       patchform.Patch
}

func (src Source) importMails(ctx context.Context, out *Import, t patchFile) error {
	if out.lines += bytes.Count(t.patch.Data, []byte("\n")); out.lines > maxLines {
		return fault.New(fault.Usage, "what is to be imported has %d lines, at most %d are allowed at once", out.lines,
			maxLines).At(t.file, 0).WithHint("%s", inParts)
	}
	data, notes, err := patchform.Plain(t.patch.Data)
	if unreadable, ok := errors.AsType[*patchform.Error](err); ok {
		why := fault.New(fault.Usage, "reading the patch: %w", unreadable).At(t.file, unreadable.Line)
		out.leave(t.label, why.WithHint("%s", unreadable.Hint))
		return nil
	}
	if err != nil {
		return err
	}
	all, err := mail.Split(data)
	var wrong *mail.Error
	if errors.As(err, &wrong) {
		out.leave(t.label, fault.New(fault.Usage, "reading the mail: %w", wrong.Err).At(t.file, wrong.Line))
		return nil
	}
	if err != nil {
		return err
	}
	if n := len(out.Changes) + len(out.Left) + len(all); n > maxPatches {
		return fault.New(fault.Usage, "more than %d patches, which is the limit of an import", maxPatches).At(t.file, 0).
			WithHint("%s", inParts)
	}
	if notes = append(notes, patchform.OrderNote(all)...); len(all) > 1 {
		for _, note := range notes {
			out.Notes = append(out.Notes, t.label+": "+note)
		}
	}
	for n, m := range all {
		one := t
		if len(all) > 1 {
			one.label = fmt.Sprintf("%s, mail %d", t.label, n+1)
			one.name = "" // named after its own subject
			one.patch.Data = m.Data
			if bytes.HasPrefix(m.Data, []byte("From ")) && !hasDiff(m.Data) {
				left := out.offer(one.label, "has no diff in it (a cover letter, or a merge?)")
				left.Why = left.Why.At(t.file, m.Line)
				continue
			}
		}
		if err := src.importPatch(ctx, out, one, m.Line); err != nil {
			return err
		}
	}
	return nil
}

func hasDiff(data []byte) bool {
	kind, _ := patchform.Look(data)
	return kind == patchform.IsPatch &&
		(bytes.Contains(data, []byte("diff --git ")) || bytes.Contains(data, []byte("\n+++ ")) ||
			bytes.Contains(data, []byte("\x1b[")))
}

// importPatch imports one patch, which begins at this line of the file.
func (src Source) importPatch(ctx context.Context, out *Import, t patchFile, line int) error {
	f, notes, err := series.ReadForm(ctx, t.patch, t.file, src.Upstream)
	refused, is := errors.AsType[*fault.Error](err)
	if err != nil && !is {
		return err
	}
	if refused == nil {
		refused = f.Parse(nil)
	}
	if refused != nil {
		out.leave(t.label, refused.At(t.file, line+max(0, refused.Line-1)))
		if err == nil {
			name, why := src.nameOf(out, t, f.Data)
			out.wait(&series.Change{Name: name, Why: why, Kind: series.KindPatch, Patch: f, Required: true})
		}
		return nil
	}
	if out.touched += len(f.Files); out.touched > maxTouched {
		return fault.New(fault.Usage, "the patches change more than %d files, which is the limit of an import", maxTouched).
			At(t.file, line).WithHint("%s", inParts)
	}
	if src.Upstream != nil {
		for _, one := range f.Files {
			if one.NewName != "" {
				src.Upstream.Made(one.NewName)
			}
		}
	}
	name, why := src.nameOf(out, t, f.Data)
	for _, note := range notes {
		out.Notes = append(out.Notes, t.label+": "+note)
	}
	f.Name = name + ".patch"
	out.file(f.Name, f.Data)
	out.insert(&series.Change{Name: name, Why: why, Kind: series.KindPatch, Patch: f})
	return nil
}

// nameOf returns a free name for a patch's change, and its purpose.
func (src Source) nameOf(out *Import, t patchFile, data []byte) (name, why string) {
	why = series.Subject(data)
	name = t.name
	if name == "" {
		name = series.Slug(why)
		if body := firstParagraph(data); name == why && body != "" {
			why = body // patch:export writes a change's name as the subject
		}
		if name == "" {
			name = series.PatchName(path.Base(t.file))
		}
		name = Prefixed(src.Prefix, name)
	}
	if name == "" {
		name = "patch"
	}
	return out.FreeName(name), why
}

// firstParagraph returns the first paragraph of a mail's body; "" if the diff follows at once.
func firstParagraph(data []byte) string {
	_, body, _ := bytes.Cut(data, []byte("\n\n"))
	first, _, _ := bytes.Cut(body, []byte("\n\n"))
	if i := bytes.Index(append([]byte("\n"), first...), []byte("\n---")); i >= 0 {
		first = first[:max(0, i-1)]
	}
	if bytes.HasPrefix(first, []byte("diff --git ")) {
		return ""
	}
	return strings.Join(strings.Fields(string(first)), " ")
}
