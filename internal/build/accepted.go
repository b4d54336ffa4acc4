package build

import (
	"errors"
	"io/fs"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

// Accepted reads the file VERSION: the upstream version that a person accepted last.
func Accepted(s *session.Session) (stamp.Version, error) {
	data, err := s.Config.Read("VERSION", files.MaxSmall)
	if errors.Is(err, fs.ErrNotExist) {
		return stamp.Version{}, fault.New(fault.Usage, "the file VERSION is missing beside %s", s.Config.File).
			WithHint("write upstream's version into it: %s", target.VersionAccept.Command())
	}
	if err != nil {
		return stamp.Version{}, err
	}
	return stamp.ParseFile("VERSION", data)
}
