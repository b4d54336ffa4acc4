package pipeline

import (
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/release"
)

// maxFlag is how many bytes a flag's value may have: far above any list of changes or reason.
const maxFlag = 4096

// check finds every mistake in a choice before anything is fetched.
func (p *Pipeline) check(c Choice) error {
	if err := c.given(); err != nil {
		return err
	}
	if c.Ref != nil && c.built == nil {
		if err := config.CheckRef(text(c.Ref)); err != nil {
			return fault.New(fault.Usage, "-ref=: %w", err)
		}
	}
	if _, err := p.day(c); err != nil {
		return err
	}
	for name, v := range map[string]*string{"without": c.Without, "accept": c.Accept} {
		if v != nil && len(list(v)) == 0 {
			return fault.New(fault.Usage, "-%s=%s names nothing", name, text(v)).WithHint("leave the flag out, or separate names with commas")
		}
	}
	if err := (release.Accept{Gates: list(c.Accept), Reason: text(c.Reason)}).Check(); err != nil && c.Accept != nil {
		return err
	}
	if c.Without == nil {
		return nil
	}
	series, err := p.loadSeries()
	if err != nil {
		return err
	}
	return series.CheckWithout(list(c.Without))
}

// exists refuses a name that no change of the series has, before anything is fetched; nil is no name.
func (p *Pipeline) exists(name *string) error {
	if name == nil {
		return nil
	}
	series, err := p.loadSeries()
	if err != nil {
		return err
	}
	_, err = find(series, text(name))
	return err
}

// loadSeries reads the folders of changes alone, without series.lock.
func (p *Pipeline) loadSeries(granted ...string) (*patch.Series, error) {
	folders, err := p.changeFolders()
	if err != nil {
		return nil, err
	}
	return patch.Load(folders, granted...)
}

// chosen refuses an image or a platform that howdah.toml does not name.
func (p *Pipeline) chosen(image, platform *string) error {
	if image != nil && !slices.ContainsFunc(p.cfg.Images(), func(i config.Image) bool { return i.Name == text(image) || i.Role == text(image) }) {
		return fault.New(fault.Usage, "there is no image %q", text(image)).WithHint("-image= takes %s or %s", p.cfg.Web.Name, p.cfg.Streaming.Name)
	}
	if platform != nil && !slices.Contains(p.cfg.Build.Platforms, text(platform)) {
		return fault.New(fault.Usage, "platform %q is not among [build] platforms", text(platform)).
			WithHint("there are %s", strings.Join(p.cfg.Build.Platforms, ", "))
	}
	return nil
}

// atLeast refuses a number that is too small to mean anything; nil is none.
func atLeast(flag string, n *int, least int) error {
	if n != nil && *n < least {
		return fault.New(fault.Usage, "-%s must be at least %d, got %d", flag, least, *n)
	}
	return nil
}

// oldEnough refuses an age that would make everything old: builds that a run is about to use, releases on their way.
func oldEnough(flag string, d *time.Duration) error {
	if d != nil && *d < time.Hour {
		return fault.New(fault.Usage, "-%s must be at least 1h, got %s", flag, *d).WithHint("such as -%s=336h, two weeks", flag)
	}
	return nil
}
