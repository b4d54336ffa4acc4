package build

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/session"
)

// decisive has everything that decides a release's inputs, except upstream's commit, the bases' digests and the day
// of Debian's packages. All of it can be read without upstream.
type decisive struct {
	Version  int                 `json:"version"`
	Program  string              `json:"program"` // contains the tool's own Dockerfiles
	Settings map[string][]string `json:"settings"`
	Files    map[string]string   `json:"files"` // of the distribution: the digest of each
	Without  []string            `json:"without"`
	Unsafe   bool                `json:"unsafe"`
	Seasons  []bool              `json:"seasons"` // by change with a window: whether the day is inside
}

// Origin returns a digest over everything that decides a release, except what the record has in fields of its own:
// upstream's commit, the bases' digests and the day of Debian's packages. If all of these are equal to a release's,
// so are the inputs, and upstream's mirror is not needed.
func Origin(s *session.Session, o candidate.Options) (string, error) {
	program, err := session.Program()
	if err != nil {
		return "", fmt.Errorf("reading this program: %w", err)
	}
	of := decisive{Version: 2, Program: program, Settings: settings(s), Files: map[string]string{}, Unsafe: o.Unsafe,
		Without: slices.Compact(slices.Sorted(slices.Values(o.Without))), Seasons: []bool{}}
	whole, err := candidate.Series(s)
	if err != nil {
		return "", err
	}
	day := o.Day(s)
	for _, c := range whole.Changes {
		if !c.Window.IsZero() {
			of.Seasons = append(of.Seasons, c.Window.Contains(day))
		}
	}
	for i, f := range s.Config.Patches {
		if err := of.folder(s, i, f); err != nil {
			return "", err
		}
	}
	for _, i := range s.Config.Images() {
		file, err := dockerfile(s, i)
		if err != nil {
			return "", err
		}
		of.Files["Dockerfile of "+i.Role] = image.Sum(file.Data)
		if file.Ignore != nil {
			of.Files["ignore file of "+i.Role] = image.Sum(file.Ignore)
		}
	}
	for name, limit := range map[string]int64{
		"VERSION": files.MaxSmall, candidate.SeriesLock: files.MaxLock, basesLock: files.MaxSmall,
	} {
		data, err := s.Config.Read(name, limit)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		of.Files[name] = image.Sum(data)
	}
	data, err := json.Marshal(of)
	return image.Sum(data), err
}

// settings returns the settings that decide the content of a release. The other settings only say where it goes, or
// how to download.
func settings(s *session.Session) map[string][]string {
	c := s.Config
	args := []string{}
	for name, value := range c.Build.Args {
		args = append(args, name+"="+value)
	}
	slices.Sort(args)
	return map[string][]string{
		"name": {c.Name}, "upstream.url": {c.Upstream.URL},
		"image.name": {c.Web.Name, c.Streaming.Name}, "source": {c.Source.Repository, c.Source.Push},
		"build": {c.Build.Debian, c.Build.Compression}, "build.platforms": c.Build.Platforms, "build.args": args,
	}
}

// folder adds every file of the folder of changes with this index, whether a change names it or not. The folder's
// path does not count: a runner may check the distribution out elsewhere.
func (of *decisive) folder(s *session.Session, index int, f config.Path) error {
	opened, err := s.Config.Folder(f)
	if err != nil {
		return err
	}
	return fs.WalkDir(opened, ".", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		var data []byte
		switch {
		case info.Mode().IsRegular():
			data, err = opened.ReadFile(file)
		case info.Mode()&fs.ModeSymlink != 0:
			var to string
			to, err = opened.ReadLink(file)
			data = []byte(to)
		default:
			err = fmt.Errorf("%s in the folder of changes %q is neither a file nor a link", file, f.Name)
		}
		of.Files[fmt.Sprintf("patches %d/%s", index, file)] = fmt.Sprintf("%s %t %s", info.Mode().Type(),
			info.Mode()&0o100 != 0, image.Sum(data))
		return err
	})
}

// SameBases reports whether the names of a release's base images still point to the same digests.
func SameBases(ctx context.Context, s *session.Session, rec *record.Record) (bool, error) {
	released := map[string]string{}
	for _, i := range rec.Images {
		for part, digest := range i.Parts {
			if name, ok := strings.CutPrefix(part, image.PartBase); ok {
				released[name] = digest
			}
		}
	}
	names := slices.Sorted(maps.Keys(released))
	now, err := findBases(ctx, s, names, PlanOptions{})
	if err != nil {
		return false, err
	}
	for _, name := range names {
		if now.digests[name] != released[name] {
			return false, nil
		}
	}
	return len(names) > 0, nil
}
