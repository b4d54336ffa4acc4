package fork

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// TestSlug: a shortened name ends at a clause or before stop words, and never within a word.
func TestSlug(t *testing.T) {
	for title, want := range map[string]string{
		"Raise the limit": "raise-the-limit",
		"Add backend support for local_only on status create Based off ThibG implementation": "" +
			"add-backend-support-for-local-only-on-status-create",
		"Disable the onboarding modal for good (keep it in what is shown to newcomers)": "" +
			"disable-the-onboarding-modal-for-good",
		"Fix suspended users being able to access the pages and APIs that don't require a token": "" +
			"fix-suspended-users-being-able-to-access-the-pages-and-apis",
		"Change how user backups are made, to use expiring links for the download": "change-how-user-backups-are-made",
		"Add the file that was forgotten in 2b4fb11cf6971697632e3c061814eb07d":     "add-the-file-that-was-forgotten",
		"Merge upstream up to '2e543ff2462c5bfdffe6a7f79672506d05c249d7'":          "merge-upstream",
		"Put a camera instead of 📹":                                                "put-a-camera",
		"Let people opt out":                                                       "let-people-opt-out",
		"Call the defaced files by their names":                                    "call-the-defaced-files-by-their-names",
		strings.Repeat("x", 70):                                                    strings.Repeat("x", 64),
		"絵文字":                                                                      "",
		"Füge Grüße hinzu":                                                         "fuge-grusse-hinzu",
		"Ændre den største længde":                                                 "aendre-den-storste-laengde",
		"Ajouter un thème à l'œil":                                                 "ajouter-un-theme-a-l-oeil",
	} {
		if got := slug(title, series.MaxName); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}

// TestTranslated: of a title in another script, the words in Latin letters are kept; the location and a number
// follow.
func TestTranslated(t *testing.T) {
	for _, tc := range []struct{ title, number, path, want string }{
		{"Fix: 画像の並び順が変わる場合", "#339", "app/models/status.rb", "fix-models-status-339"},
		{"絵文字", "", "app/models/status.rb", "models-status-0123abc56"},
		{"Add: #545 NGワードのログ", "#561", "app/models/ng_word.rb", "add-ng-word-561"},
		{"Изменить длину", "#7", "app/validators/status_length_validator.rb", "status-length-validator-7"},
		{"Change: 自動セットアップ", "#730", "dist/setup/12", "change-setup-12-730"},
		{"絵文字", "#4", "絵文字.txt", "change-4"},
		{"Add: 検索 " + strings.Repeat("search-within-", 6), "#123", "app/lib/search_query_transformer.rb",
			"add-search-within-search-within-search-query-transformer-123"},
	} {
		topic := &Topic{Paths: []string{tc.path}}
		unit := &workUnit{name: tc.number, commits: []tree.ID{"0123abc56789abcdef0123456789abcdef012345"}}
		if got := topic.translated(tc.title, unit); got != tc.want || len(got) > series.MaxName {
			t.Errorf("%q: %q, want %q", tc.title, got, tc.want)
		}
	}
}

// TestDistinct: which titles describe a change.
func TestDistinct(t *testing.T) {
	for title, want := range map[string]bool{
		"Fix": false, "wip": false, "Update": false, "Fix errors": false, "Fixing the tests": false, "Add comments": false,
		"Merge upstream changes": false, "Bump version to 7.0": false, "Migrate database": false, "Add: #12 絵文字": false,
		"Update README": true, "Raise the limit": true, "Fix underline": true, "Say hello": true, "Fix lists (絵文字)": true,
	} {
		if got := distinct(title); got != want {
			t.Errorf("%q: %v, want %v", title, got, want)
		}
	}
}

// TestTitleOf: the unit that wrote most of a topic names it; original work goes before corrections.
func TestTitleOf(t *testing.T) {
	unit := func(title string, lines int) shownUnit {
		return shownUnit{&workUnit{kind: kindSingle, title: title}, lines}
	}
	for _, tc := range []struct {
		name         string
		left, before []shownUnit
		want         string
	}{
		{"most of the lines", []shownUnit{unit("Add a theme", 90), unit("Add a page", 10)}, nil, "Add a theme"},
		{"a little fix is larger", []shownUnit{unit("Fix the theme", 50), unit("Add a theme", 40)}, nil, "Add a theme"},
		{"a fix that wrote nearly all", []shownUnit{unit("Fix it", 98), unit("Add a page", 2)}, nil, "Fix it"},
		{"a merge that wrote nearly all", []shownUnit{unit("Merge the other theme", 98), unit("Add a page", 2)}, nil,
			"Merge the other theme"},
		{"versions of one thing", []shownUnit{unit("Theme 1.0", 30), unit("Add a page", 50), unit("Theme 1.1", 30)}, nil,
			"Theme"},
		{"one title twice", []shownUnit{unit("Add the way to go", 30), unit("add the way to go", 30)}, nil,
			"Add the way to go"},
		{"in another script", []shownUnit{unit("Add: 絵文字", 90), unit("Add: 検索", 1)}, nil, "Add: 絵文字"},
		{"a mark of git's", []shownUnit{unit("fixup! Add a theme", 9)}, nil, "Add a theme"},
		{"a mark of people's", []shownUnit{unit("[WIP] Add a theme", 9)}, nil, "Add a theme"},
		{"what was reworked wholly", []shownUnit{unit("Fix it", 9)}, []shownUnit{unit("Add a theme", 7)}, "Add a theme"},
		{"what was hardly there", []shownUnit{unit("Fix it", 90)}, []shownUnit{unit("Add a theme", 7)}, "Fix it"},
		{"what was reworked by more", []shownUnit{unit("Add a page", 9)}, []shownUnit{unit("Add a theme", 99)}, "Add a page"},
		{"nothing", nil, nil, ""},
	} {
		if got, _ := titleOf(tc.left, tc.before); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// TestLocations: the location is the file with the most lines that is no test, with as many folders as are needed.
func TestLocations(t *testing.T) {
	for _, tc := range []struct {
		paths, want string
		lines       map[string]int
	}{
		{"app/models/poll.rb", "poll; models poll; app models poll", nil},
		{"app/views/polls/index.html.haml", "polls index; views polls index; app views polls index", nil},
		{"db/migrate/20240227222450_add_index.rb", "add index; migrate add index; db migrate add index", nil},
		{"app/lib/emoji_list/a.rb app/lib/emoji_list/b.rb", "emoji list; lib emoji list; app lib emoji list", nil},
		{"app/models/a.rb app/models/poll.rb", "poll; models poll; app models poll", map[string]int{"app/models/poll.rb": 2}},
		{"app/models/poll.rb spec/models/poll_spec.rb", "poll; models poll; app models poll",
			map[string]int{"spec/models/poll_spec.rb": 20}},
		{"index.html", "index", nil},
	} {
		if got := strings.Join(locations(strings.Fields(tc.paths), tc.lines), "; "); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.paths, got, tc.want)
		}
	}
	const long = "add-a-theme-for-our-own-dark-days-and-our-own-very-bright-nights"
	if got := withLocation(long, "dark theme of the moon"); got !=
		"add-a-theme-for-our-own-dark-days-and-our-own-very-of-the-moon" {
		t.Errorf("placed: %q", got)
	}
}

// TestLargeReason: why a topic has more than a tenth of all lines.
func TestLargeReason(t *testing.T) {
	unit := func(kind unitKind, name string, lines int) shownUnit {
		return shownUnit{&workUnit{kind: kind, name: name, title: "upstream's release v1", commits: nil}, lines}
	}
	one := unit(kindSingle, "", 60)
	one.commits = append(one.commits, "0123456789abcdef")
	for _, tc := range []struct {
		topic Topic
		units []shownUnit
		all   int
		want  string
	}{
		{Topic{Lines: 100, Paths: []string{"a"}}, []shownUnit{one}, 200,
			"50 % of the fork's lines: it is one file, commit 012345678 wrote 60 of its 100 lines"},
		{Topic{Lines: 100, Paths: []string{"a", "b"}}, []shownUnit{unit(kindPull, "#7", 100)}, 900,
			"11 % of the fork's lines: pull request #7 wrote 100 of its 100 lines"},
		{Topic{Lines: 100, Paths: []string{"a", "b"}}, []shownUnit{one}, 200,
			"50 % of the fork's lines: commit 012345678 wrote 60 of its 100 lines; the other 40 lines are of commits " +
				"that rework those lines and each other's, or write the same new files"},
		{Topic{Lines: 100, Paths: []string{"a", "b"}}, []shownUnit{one}, 500,
			"20 % of the fork's lines: commit 012345678 wrote 60 of its 100 lines"},
		{Topic{Lines: 100, Paths: []string{"a", "b"}}, []shownUnit{unit(kindRelease, "", 40)}, 500,
			"20 % of the fork's lines: its commits rework each other's lines, or write the same new files; " +
				"upstream's release v1 wrote most, 40 of its 100 lines"},
		{Topic{Lines: 100, Paths: []string{"a", "b"}, class: lockFiles}, nil, 500,
			"20 % of the fork's lines: its files are lock files, a change of their own"},
		{Topic{Lines: 100, Paths: []string{"a"}}, []shownUnit{one}, 1000, ""},
		{Topic{Lines: 50, Paths: []string{"a"}}, []shownUnit{one}, 60, ""},
	} {
		if got := tc.topic.largeReason(tc.units, tc.all); got != tc.want {
			t.Errorf("%q, want %q", got, tc.want)
		}
	}
}
