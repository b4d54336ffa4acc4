package fork

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// commonFolders are names that many files and folders have: alone they do not say which one is meant.
var commonFolders = strings.Fields(`actions api app application base column columns common components concerns config
	containers controllers create db edit features flavours form forms glitch helpers html index item items javascript lib list
	lists main mastodon migrate models new packs public reducers render serializers services shared show spec specs src
	status statuses styles support test tests ui update util utils v1 v2 views web workers`)

// locations returns words that say where a change's files are, the shortest first. They come from the file with the
// most lines or, if one folder with a name of its own holds all files, from that folder.
func locations(paths []string, lines map[string]int) []string {
	name := slices.MaxFunc(paths, func(a, b string) int {
		if x, y := testPaths.MatchString(a), testPaths.MatchString(b); x != y && y {
			return 1
		} else if x != y {
			return -1
		}
		return cmp.Or(cmp.Compare(lines[a], lines[b]), strings.Compare(b, a))
	})
	dir := folder(paths)
	if len(paths) > 1 && strings.Contains(dir, "/") && !slices.Contains(commonFolders, baseWords(dir)) {
		name = dir
	}
	var out []string
	words := baseWords(name)
	for up := path.Dir(name); ; up = path.Dir(up) {
		if !slices.Contains(commonFolders, words) && strings.ContainsFunc(words, unicode.IsLetter) {
			out = append(out, words)
		}
		if up == "." || up == "/" || len(out) == 3 {
			break
		}
		words = baseWords(up) + " " + words
	}
	if len(out) == 0 {
		return []string{words}
	}
	return out
}

// testPaths matches the paths of tests: the code that they test says more about a change.
var testPaths = regexp.MustCompile(`(^|/)(spec|test|tests|__tests__|fabricators)/|[._-](spec|test)\.`)

// baseWords returns the last part of a path without its extension, as words separated by spaces.
func baseWords(name string) string {
	name = path.Base(name)
	if i := strings.IndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == '.' })
	if len(words) > 1 && len(words[0]) > 7 && strings.Trim(words[0], "0123456789") == "" { // the time stamp of a migration
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// withLocation appends the words of a location to a name, without those that the name has already. If no word is
// left, it returns the name unchanged.
func withLocation(name, place string) string {
	if end := strings.Join(nameWords(place), "-"); end == "" || strings.HasSuffix(name, end) {
		return name
	}
	have := strings.Split(name, "-")
	words := slices.DeleteFunc(nameWords(place), func(w string) bool { return slices.Contains(have, w) })
	if len(words) == 0 {
		return name
	}
	const most = 28
	end := strings.Join(words, "-")
	for len(end) > most && len(words) > 1 {
		words = words[1:]
		end = strings.Join(words, "-")
	}
	return withSuffix(name, end[:min(len(end), most)])
}

// folder returns the deepest folder that holds all paths, or the path itself if there is only one and it is at the
// root.
func folder(paths []string) string {
	dir := path.Dir(paths[0])
	for _, p := range paths {
		for dir != "." && !strings.HasPrefix(p, dir+"/") {
			dir = path.Dir(dir)
		}
	}
	if dir == "." && len(paths) == 1 {
		return paths[0]
	}
	return dir
}
