package landed

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/howdah/howdah/internal/mainline"
)

// mostSearches limits the entries of the file: every change that one distribution ever had.
const mostSearches = 20000

// keptSearches has how far changes were searched in one repository, by search.key.
type keptSearches struct {
	file string
	Made map[string]progress
}

func loadSearches(cache, dir string) *keptSearches {
	s := &keptSearches{Made: map[string]progress{}}
	if cache == "" {
		return s
	}
	sum := sha256.Sum256([]byte(dir))
	s.file = filepath.Join(cache, fmt.Sprintf("landed-%x", sum[:8]))
	data := mainline.ReadCache(s.file)
	if json.Unmarshal(data, s) != nil || s.Made == nil || len(s.Made) > mostSearches {
		s.Made = map[string]progress{}
	}
	return s
}

func (s *keptSearches) save() {
	if s.file == "" {
		return
	}
	if data, err := json.Marshal(s); err == nil {
		mainline.WriteCache(s.file, string(data))
	}
}
