// Package placeholder holds the marked texts that stand for values which a script alone does not settle: an argument,
// the environment, what the network answers. They flow through the script like any text, and whoever meets one knows
// that, and why, the value is not known.
package placeholder

import (
	"path"
	"strings"
)

// Marks around what a value would be if it were known. They are of a plane that no text uses.
const (
	Open  = "\U000F7E01"
	Close = "\U000F7E02"
)

// Blank stands for a blank within a placeholder, so that the shell does not split the placeholder into words.
const Blank = "\u00a0"

// For is the placeholder for a value that is not known.
func For(why string) string { return Open + strings.ReplaceAll(why, " ", Blank) + Close }

// Temporary begins the names that mktemp makes.
const Temporary = "/tmp/" + Open + "what" + Blank + "mktemp" + Blank + "prints"

// lostFolder begins the reason of a folder that is one of several.
const lostFolder = "the folder that it runs in depends on "

// Lost is the folder of a script that is one of several: which one depends on what is not known.
func Lost(why string) string { return "/" + For(lostFolder+why) }

// IsLost reports whether a path lies in a folder that is one of several.
func IsLost(name string) bool {
	return strings.HasPrefix(name, "/"+Open+strings.ReplaceAll(lostFolder, " ", Blank))
}

// In reports whether a text holds a placeholder.
func In(s string) bool { return strings.Contains(s, Open) }

// Folder is the folder that the script lies in, on its own disk, with room above it.
var Folder = "/" + For("the folder of the script") + "/4/3/2/1"

// Shown is a text with its stand-ins as a shell would write them.
func Shown(s string) string {
	s = strings.ReplaceAll(s, Folder, ".")
	for above, up := path.Dir(Folder), ".."; above != "/"; above, up = path.Dir(above), up+"/.." {
		s = strings.ReplaceAll(s, above, up)
	}
	return strings.NewReplacer(Open, "$", Close, "", Blank, " ").Replace(s)
}

func Begins(s string) bool { return strings.HasPrefix(strings.TrimPrefix(s, "/"), Open) }
