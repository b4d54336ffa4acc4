package fork

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// general are names of files and folders that many have: alone they tell no place.
var general = strings.Fields(`actions api app application base column columns common components concerns config
	containers controllers create db edit features flavours form forms glitch helpers html index item items javascript lib list
	lists main mastodon migrate models new packs public reducers render serializers services shared show spec specs src
	status statuses styles support test tests ui update util utils v1 v2 views web workers`)

// places say where a change's files are, the shortest first: the file with the most lines or, where one folder with a
// name of its own holds all, that folder.
func places(paths []string, lines map[string]int) []string {
	name := slices.MaxFunc(paths, func(a, b string) int {
		if x, y := checks.MatchString(a), checks.MatchString(b); x != y && y {
			return 1
		} else if x != y {
			return -1
		}
		return cmp.Or(cmp.Compare(lines[a], lines[b]), strings.Compare(b, a))
	})
	if dir := folder(paths); len(paths) > 1 && strings.Contains(dir, "/") && !slices.Contains(general, stem(dir)) {
		name = dir
	}
	var out []string
	words := stem(name)
	for up := path.Dir(name); ; up = path.Dir(up) {
		if !slices.Contains(general, words) && strings.ContainsFunc(words, unicode.IsLetter) {
			out = append(out, words)
		}
		if up == "." || up == "/" || len(out) == 3 {
			break
		}
		words = stem(up) + " " + words
	}
	if len(out) == 0 {
		return []string{words}
	}
	return out
}

// checks are the paths of tests, which say less of a change than what they test.
var checks = regexp.MustCompile(`(^|/)(spec|test|tests|__tests__|fabricators)/|[._-](spec|test)\.`)

// stem is the last part of a path without its ending, as words.
func stem(name string) string {
	name = path.Base(name)
	if i := strings.IndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '-' || r == '.' })
	if len(words) > 1 && len(words[0]) > 7 && strings.Trim(words[0], "0123456789") == "" { // a migration's time
		words = words[1:]
	}
	return strings.Join(words, " ")
}

// placed adds to a name where a change's files are, without the words that the name has already. The name stays as it
// is where that says nothing new.
func placed(name, place string) string {
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
	return behind(name, end[:min(len(end), most)])
}

// folder is the deepest folder that holds all paths.
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
