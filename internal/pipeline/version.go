package pipeline

import (
	"context"
	"errors"
	"io/fs"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

// accepted reads the file VERSION: the upstream version that a person accepted last.
func (p *Pipeline) accepted() (stamp.Version, error) {
	data, err := p.held("VERSION", files.MaxSmall)
	if errors.Is(err, fs.ErrNotExist) {
		return stamp.Version{}, fault.New(fault.Usage, "there is no file VERSION beside %s", p.cfg.File).
			WithHint("write upstream's version into it: %s", target.VersionAccept.Command())
	}
	if err != nil {
		return stamp.Version{}, err
	}
	return stamp.ParseFile("VERSION", data)
}

// ShowVersion is version:show: what would be stamped at the pin.
func (p *Pipeline) ShowVersion(ctx context.Context, c Choice) error {
	return p.at(ctx, c, func(r *resolved) error {
		accepted, err := p.accepted()
		if err != nil {
			return err
		}
		s := stamp.Stamp{Name: p.cfg.Name, Version: r.facts.Version, Pin: string(r.pin.Commit), Created: r.pin.Date}
		p.term.Answerf("%s", s.Shown())
		p.term.Sayf("upstream %s at %s (%s), accepted %s, schema %s", r.facts.Version, r.pin.Commit.Short(), r.pin.Date.Format("2006-01-02"), accepted, r.facts.Schema)
		if r.facts.Version.NewerLine(accepted) {
			p.term.Warnf("%s is a new line above %s: accept it with %s", r.facts.Version.Line(), accepted.Line(), p.caller.Line(target.VersionAccept.Command()))
		}
		return nil
	})
}

// AcceptVersion is version:accept: upstream's version at the pin goes into VERSION.
func (p *Pipeline) AcceptVersion(ctx context.Context, c Choice) error {
	return p.at(ctx, c, func(r *resolved) error {
		before, err := p.accepted()
		if err != nil && fault.CodeOf(err) != fault.Usage {
			return err
		}
		if err == nil && before.Compare(r.facts.Version) == 0 {
			p.term.Answerf("%s is accepted already", before)
			return nil
		}
		if !set(c.Dry) {
			if err := p.writeOne("VERSION", []byte(r.facts.Version.String()+"\n")); err != nil {
				return err
			}
		}
		p.term.Answerf("%s accepted%s; commit VERSION", r.facts.Version, dryly(c.Dry))
		return nil
	})
}

// dryly marks what was only tried.
func dryly(dry *bool) string {
	if set(dry) {
		return " (dry: nothing was written)"
	}
	return ""
}
