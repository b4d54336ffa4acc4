package history

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/mainline"
)

// verdicts caches the judgements of one series, by state. The key has everything a judgement depends on, so no entry
// is ever out of date.
type verdicts struct {
	file string
	Also []string // paths that a verdict depended on besides those that the changes name
	Made map[string][]Judgement
}

// mostVerdicts limits the entries of the file: a series over ten years of a busy upstream.
const mostVerdicts = 20000

func newVerdicts() *verdicts { return &verdicts{Made: map[string][]Judgement{}} }

// nameOf returns the name of a judge with its subjects in a cache.
func nameOf(judge Judge) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00", judge.Key())
	for _, s := range judge.Subjects() {
		fmt.Fprintf(h, "%q %q %q\n", s.Name, s.Sum, s.Paths)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}

func loadVerdicts(cache string, judge Judge) *verdicts {
	fresh := newVerdicts()
	if cache == "" {
		return fresh
	}
	fresh.file = filepath.Join(cache, verdictsPrefix+nameOf(judge))
	v := &verdicts{file: fresh.file}
	if json.Unmarshal(mainline.ReadCache(fresh.file), v) != nil || v.Made == nil || len(v.Made) > mostVerdicts {
		return fresh
	}
	for _, j := range v.Made {
		if len(j) != len(judge.Subjects()) {
			return fresh
		}
	}
	return v
}

// watch adds paths that verdicts depended on, and reports whether there were new ones. The verdicts so far are then
// dropped: a state in which a new path is missing has the key of one that was judged before the path was watched.
func (v *verdicts) watch(made [][]Judgement) bool {
	had := len(v.Also)
	for _, all := range made {
		for _, j := range all {
			v.Also = append(v.Also, j.Reads...)
		}
	}
	slices.Sort(v.Also)
	v.Also = slices.Compact(v.Also)
	if len(v.Also) > had {
		v.Made = map[string][]Judgement{}
	}
	return len(v.Also) > had
}

func (v *verdicts) save() {
	if v.file == "" {
		return
	}
	if data, err := json.Marshal(v); err == nil {
		mainline.WriteCache(v.file, string(data))
	}
}

const (
	verdictsPrefix = "verdicts-"

	// unused is how long unused verdicts are kept.
	unused = 30 * 24 * time.Hour
)

// forgetOld removes the verdicts that were used last so long before the newest file of the cache: those of other
// versions of the tool, and of earlier versions of a series. They can be computed again.
func forgetOld(cache string) {
	if cache == "" {
		return
	}
	list, err := os.ReadDir(cache)
	if err != nil {
		return
	}
	var newest time.Time
	used := map[string]time.Time{}
	for _, e := range list {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if newest.Before(info.ModTime()) {
			newest = info.ModTime()
		}
		if strings.HasPrefix(e.Name(), verdictsPrefix) {
			used[e.Name()] = info.ModTime()
		}
	}
	for name, at := range used {
		if newest.Sub(at) > unused {
			_ = os.Remove(filepath.Join(cache, name)) // the next run tries again
		}
	}
}
