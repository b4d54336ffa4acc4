package upstream

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// folder returns the folder of a repository on this machine; "" for a server's address.
func folder(address string) string {
	if rest, ok := strings.CutPrefix(address, "file://"); ok {
		return rest
	}
	if filepath.IsAbs(address) {
		return address
	}
	return ""
}

// elsewhere is the hint for an address that leads to no repository.
const elsewhere = "check [upstream] url, or HOWDAH_UPSTREAM_URL"

// explainFolder returns why nothing can be fetched from a folder on this machine: it does not exist, is no
// repository, lacks the commit, may not be read by this user, or is damaged. It returns nil for a server.
func explainFolder(ref, from string, git failed) error {
	dir := folder(from)
	if dir == "" {
		return nil
	}
	switch _, err := os.Stat(dir); {
	case os.IsNotExist(err):
		return fault.New(fault.Usage, "fetching %s from %s: there is no such folder", orObjects(ref), from).
			WithHint(elsewhere)
	case os.IsPermission(err), strings.Contains(git.says, "Permission denied"):
		return fault.New(fault.Usage, "fetching %s from %s: this user may not read it; git says: %w", orObjects(ref),
			from, git).WithHint("change the rights of the folder, or run as its owner: ls -ld %s", fault.Word(dir))
	case strings.Contains(git.says, noRepository) &&
		(exists(filepath.Join(dir, "objects")) || exists(filepath.Join(dir, ".git", "objects"))):
		return fault.New(fault.Other, "fetching %s from %s: that repository is damaged: it has objects, but no HEAD or "+
			"refs that git can read", orObjects(ref), from).WithHint("clone it again, or name another with HOWDAH_UPSTREAM_URL")
	case strings.Contains(git.says, noRepository), strings.Contains(git.says, "invalid gitfile"):
		return fault.New(fault.Usage, "fetching %s from %s: expected a git repository, found %s", orObjects(ref), from,
			found(dir)).WithHint(elsewhere)
	case strings.Contains(git.says, notOurRef) && !strings.HasPrefix(ref, "refs/") && !damaged(git.says):
		return nil
	case strings.Contains(git.says, "fsck error"), strings.Contains(git.says, "bad config"),
		strings.Contains(git.says, "invalid refspec"):
		return nil
	}
	return fault.New(fault.Other, "fetching %s from %s: that repository is damaged; git says: %w", orObjects(ref), from,
		failed{git.err, cause(git.says)}).WithHint("this lists the damage: git -C %s fsck --full; then clone it again, or "+
		"name another with HOWDAH_UPSTREAM_URL", fault.Word(dir))
}

// cause returns the line of git's messages that names what is damaged, or else the first line.
func cause(says string) string {
	lines := strings.Split(says, "; ")
	worst := lines[0]
	for _, line := range lines {
		if strings.Contains(line, "corrupt") && !strings.Contains(line, "possible") {
			worst = line
			break
		}
	}
	return strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(worst, "remote: "), "fatal: "), "error: ")
}

// damaged reports whether git names an object, a pack or an index that it could not read.
func damaged(says string) bool {
	for _, word := range []string{"corrupt", "is too small", "inflate", "bad object", "object file", "packfile", "pack-",
		"unable to read", "unable to parse"} {
		if strings.Contains(says, word) {
			return true
		}
	}
	return false
}

// found describes what is at the path of a repository.
func found(dir string) string {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() {
		return "a file"
	}
	entries, err := os.ReadDir(dir)
	switch {
	case err != nil:
		return "a folder that cannot be read"
	case len(entries) == 0:
		return "an empty folder"
	}
	return "a folder that is not one"
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
