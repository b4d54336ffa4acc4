package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

// server is as much of GitHub's issues as is used here.
type server struct {
	mu       sync.Mutex
	issues   []map[string]any
	comments []string
	writes   int
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer right" {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"message":"Resource not accessible by integration"}`)
		return
	}
	var in map[string]any
	if r.Method != http.MethodGet {
		s.writes++
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	}
	path := strings.TrimPrefix(r.URL.Path, "/repos/o/n/issues")
	var number int
	fmt.Sscanf(path, "/%d", &number)
	switch {
	case r.Method == http.MethodGet:
		s.list(w, r)
	case strings.HasSuffix(path, "/comments"):
		s.comments = append(s.comments, fmt.Sprintf("%d: %s", number, in["body"]))
		w.WriteHeader(http.StatusCreated)
	case number > 0:
		for k, v := range in {
			s.issues[number-1][k] = v
		}
	default:
		in["number"], in["state"] = len(s.issues)+1, "open"
		s.issues = append(s.issues, in)
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(in)
	}
}

func (s *server) list(w http.ResponseWriter, r *http.Request) {
	var page int
	fmt.Sscan(r.URL.Query().Get("page"), &page)
	var found []map[string]any
	for _, i := range s.issues {
		labels := fmt.Sprint(i["labels"])
		if i["state"] == r.URL.Query().Get("state") && strings.Contains(labels, r.URL.Query().Get("labels")) {
			found = append(found, i)
		}
	}
	from := min((page-1)*100, len(found))
	_ = json.NewEncoder(w).Encode(append([]map[string]any{}, found[from:min(from+100, len(found))]...))
}

func (s *server) open() (numbers []int) {
	for _, i := range s.issues {
		if i["state"] == "open" {
			numbers = append(numbers, i["number"].(int))
		}
	}
	return numbers
}

func start(t *testing.T, s *server, token string) *Issues {
	t.Helper()
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	env := map[string]string{"GITHUB_API_URL": ts.URL + "/", "GITHUB_REPOSITORY": "o/n", "GITHUB_TOKEN": token}
	g, err := IssuesOf(func(k string) string { return env[k] })
	if err != nil {
		t.Fatal(err)
	}
	return g
}

var series = Topic{Key: "series", Title: "The series does not apply"}

func TestOneIssueFromRedToGreen(t *testing.T) {
	s := &server{}
	g := start(t, s, "right")
	step := func(want Outcome, report string) {
		t.Helper()
		var got Outcome
		var err error
		if report == "" {
			got, _, err = Green(t.Context(), g, series, "https://example/runs/9")
		} else {
			got, _, err = Failing(t.Context(), g, series, report, "https://example/runs/"+fmt.Sprint(s.writes))
		}
		if err != nil || got != want {
			t.Fatalf("got %q, %v; want %q", got, err, want)
		}
	}
	step(opened, "2 of 8 changes need you\n")
	step(unchanged, "2 of 8 changes need you\n")
	step(updated, "3 of 8 changes need you\n")
	if got := s.open(); !slices.Equal(got, []int{1}) {
		t.Fatalf("open: %v, want [1]", got)
	}
	if writes := s.writes; writes != 2 {
		t.Errorf("%d requests changed something, want 2: a run that fails as before is silent", writes)
	}
	if body := fmt.Sprint(s.issues[0]["body"]); !strings.Contains(body, "3 of 8 changes need you") {
		t.Errorf("the issue says %q", body)
	}
	step(closed, "")
	step(nothing, "")
	step(opened, "1 of 8 changes needs you\n")
	if got := s.open(); !slices.Equal(got, []int{2}) {
		t.Errorf("open: %v, want [2]", got)
	}
	if want := []string{"1: Passing again. https://example/runs/9"}; !slices.Equal(s.comments, want) {
		t.Errorf("comments %q, want %q", s.comments, want)
	}
}

func TestOthersIssuesAreLeftAlone(t *testing.T) {
	s := &server{}
	label := []any{issueLabel}
	s.issues = []map[string]any{
		{"number": 1, "state": "open", "title": "A stranger's", "body": series.marker()},
		{"number": 2, "state": "open", "title": "Another topic's", "body": "<!-- howdah:release -->", "labels": label},
		{"number": 3, "state": "open", "title": "A pull request", "body": series.marker(), "labels": label,
			"pull_request": map[string]any{}},
		{"number": 4, "state": "open", "title": "Ours", "body": series.marker(), "labels": label},
		{"number": 5, "state": "open", "title": "Ours, twice", "body": series.marker(), "labels": label},
	}
	g := start(t, s, "right")
	if _, i, err := Failing(t.Context(), g, series, "text", ""); err != nil || i.number != 4 {
		t.Fatalf("kept %d, %v; want 4", i.number, err)
	}
	if got := s.open(); !slices.Equal(got, []int{1, 2, 3, 4}) {
		t.Errorf("open: %v, want [1 2 3 4]", got)
	}
}

func TestManyIssuesAreAllSeen(t *testing.T) {
	s := &server{}
	for n := 1; n <= 250; n++ {
		s.issues = append(s.issues, map[string]any{"number": n, "state": "open", "body": "", "labels": []any{issueLabel}})
	}
	s.issues[229]["body"] = series.marker()
	if _, i, err := Green(t.Context(), start(t, s, "right"), series, ""); err != nil || i.number != 230 {
		t.Errorf("closed %d, %v; want 230", i.number, err)
	}
}

func TestReportIsOnlyText(t *testing.T) {
	got := body(series, "by @somebody\n```\n<!-- howdah:release -->\n# big", "")
	if !strings.HasPrefix(got, "````text\nby @somebody") || !strings.Contains(got, "\n````\n") {
		t.Errorf("not fenced:\n%s", got)
	}
	if long := body(series, strings.Repeat("ä", 2*maxBody), ""); len([]rune(long)) > 65_536 {
		t.Errorf("%d characters are more than an issue takes", len([]rune(long)))
	}
}

func TestRefusals(t *testing.T) {
	g := start(t, &server{}, "wrong")
	_, _, err := Failing(t.Context(), g, series, "text", "")
	if fault.CodeOf(err) != fault.Auth || fault.HintOf(err).String() == "" {
		t.Errorf("a forbidden token gives %v (%d)", err, fault.CodeOf(err))
	}
	g.api = "http://127.0.0.1:1"
	if _, _, err := Green(t.Context(), g, series, ""); fault.CodeOf(err) != fault.Retry {
		t.Errorf("a server that is away gives %v (%d)", err, fault.CodeOf(err))
	}
	var f *fault.Error
	for _, env := range []map[string]string{{}, {"GITHUB_REPOSITORY": "o"}, {"GITHUB_REPOSITORY": "o/n"},
		{"GITHUB_REPOSITORY": "o/n/x"}} {
		if _, err := IssuesOf(func(k string) string { return env[k] }); !errors.As(err, &f) {
			t.Errorf("%v is accepted", env)
		}
	}
}
