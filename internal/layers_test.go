package internal_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/howdah/howdah/"

// arrows is the architecture: for each package what of our own it may import, and of the outer world what is
// forbidden to it or allowed to it alone. It is a statement of policy, not of fact: do not change it to make a test
// pass, change it with the picture in docs/architecture.md.
var arrows = map[string]string{
	"magefiles":  "internal/cli internal/target",
	"cmd/howdah": "internal/cli internal/fault internal/nearest internal/target internal/term",
	"internal/cli": "internal/admin internal/author internal/build internal/candidate internal/config " +
		"internal/credential internal/daemonlog internal/distribution internal/environ internal/fault " +
		"internal/patchimport internal/process internal/release " +
		"internal/scratch internal/secret internal/session internal/ship internal/suite internal/target internal/term " +
		"internal/transaction internal/tree internal/view internal/worktree",
	"internal/session": "internal/config internal/credential internal/environ internal/fault internal/files " +
		"internal/github internal/lock internal/process internal/target internal/term internal/transaction",
	"internal/candidate": "internal/apply internal/config internal/diff internal/fault internal/files internal/github " +
		"internal/git internal/goroutine internal/datafile " +
		"internal/history internal/landed internal/lock internal/mainline internal/nearest internal/historypage " +
		"internal/plural internal/pullref internal/record internal/safety internal/series internal/session " +
		"internal/stamp internal/target internal/term internal/tree internal/upstream internal/verdict internal/view " +
		"internal/wording",
	"internal/author": "internal/apply internal/candidate internal/datafile internal/export internal/fault " +
		"internal/files internal/pullref internal/rewrite internal/safety internal/series internal/serieswriter " +
		"internal/session internal/target internal/term internal/tree internal/verdict",
	"internal/patchimport": "internal/apply internal/bash internal/candidate internal/diff internal/fault " +
		"internal/files internal/fork internal/git internal/gnused internal/importer internal/patchform internal/plural " +
		"internal/pullref internal/quilt internal/rewrite internal/safety internal/script internal/scriptfiles " +
		"internal/series internal/serieswriter internal/session internal/target internal/term internal/tree " +
		"internal/verdict internal/view",
	"internal/worktree": "internal/apply internal/candidate internal/config internal/conflict " +
		"internal/serieswriter internal/fault internal/git internal/plural internal/rewrite internal/series " +
		"internal/session internal/target internal/term internal/tree internal/verdict",
	"internal/serieswriter": "internal/candidate internal/config internal/fault internal/files " +
		"internal/plural internal/series internal/session internal/target internal/transaction internal/tree",
	"internal/build": "docker internal/base internal/builder internal/candidate internal/config " +
		"internal/deployment internal/fault internal/files internal/frontend internal/git internal/image internal/inspect " +
		"internal/lock internal/nearest internal/process internal/record internal/registry internal/release " +
		"internal/imagerun internal/script internal/session internal/stamp internal/target internal/term internal/tree " +
		"internal/upstream internal/view",
	"internal/ship": "internal/address internal/build internal/candidate internal/config internal/fault " +
		"internal/files internal/frontend internal/git internal/github internal/image internal/loopback " +
		"internal/plural internal/record internal/registry internal/release " +
		"internal/session internal/stamp internal/target internal/term internal/tree internal/view",
	"internal/admin": "internal/build internal/candidate internal/config internal/distribution internal/fault " +
		"internal/files internal/git internal/github internal/lock internal/loopback internal/miniature " +
		"internal/record internal/session internal/ship internal/stamp internal/target internal/term internal/tree " +
		"internal/upstream internal/view",
	"internal/term": "internal/environ internal/goroutine internal/fault internal/secret internal/target",
	"internal/view": "internal/fault internal/files internal/github internal/plural internal/record " +
		"internal/target internal/term internal/verdict",
	"internal/github":      "internal/environ internal/fault internal/pullref internal/secret internal/term internal/tree",
	"internal/plural":      "",
	"internal/pullref":     "internal/fault",
	"internal/environ":     "",
	"internal/goroutine":   "internal/fault",
	"internal/fault":       "",
	"internal/files":       "internal/fault",
	"internal/transaction": "internal/fault internal/files",
	"internal/scratch":     "internal/fault",
	"internal/target":      "internal/address internal/fault internal/nearest internal/stamp internal/upstreamref",
	"internal/upstreamref": "internal/fault",
	"internal/secret":      "",
	"internal/toml":        "internal/fault internal/markers",
	"internal/tree":        "",
	"internal/lines":       "",
	"internal/diff":        "internal/lines",
	"internal/renames":     "internal/diff",
	"internal/coreutils":   "",
	"internal/script": "internal/bash internal/builtin internal/diff internal/scriptfiles internal/dockerfile " +
		"internal/scriptchanges " +
		"internal/fault internal/filecommand internal/gitcommand internal/importer internal/plural internal/sed " +
		"internal/shell internal/placeholder internal/textcommand internal/tree",
	"internal/dockerfile": "internal/bash internal/scriptfiles internal/scriptchanges internal/fault internal/plural " +
		"internal/filecommand internal/importer " +
		"internal/shell internal/placeholder internal/tree",
	"internal/gitcommand": "internal/apply internal/arguments internal/diff internal/scriptfiles internal/scriptchanges " +
		"internal/filecommand " +
		"internal/importer internal/lines internal/plural internal/quilt internal/series internal/shell " +
		"internal/placeholder internal/textcommand internal/tree internal/verdict",
	"internal/filecommand": "internal/arguments internal/scriptfiles internal/scriptchanges internal/shell " +
		"internal/importer internal/placeholder internal/plural internal/tree",
	"internal/textcommand": "internal/arguments internal/bash internal/coreutils internal/scriptfiles " +
		"internal/scriptchanges " +
		"internal/importer " +
		"internal/rewrite internal/sed internal/shell internal/placeholder internal/tree",
	"internal/arguments": "internal/shell",
	"internal/builtin":   "internal/arguments internal/bash internal/scriptfiles internal/shell internal/placeholder",
	"internal/shell": "internal/bash internal/scriptfiles internal/scriptchanges internal/fault " +
		"internal/importer internal/sed " +
		"internal/placeholder internal/tree",
	"internal/scriptchanges": "internal/diff internal/scriptfiles internal/importer internal/plural " +
		"internal/rewrite internal/sed " +
		"internal/series internal/tree",
	"internal/scriptfiles": "internal/quilt internal/placeholder internal/tree",
	"internal/bash":        "internal/fault",
	"internal/sed":         "internal/fault internal/tree",
	"internal/placeholder": "",
	"internal/gnused":      "internal/fault internal/process internal/sed",
	"internal/process":     "internal/goroutine internal/fault internal/secret",
	"internal/mage":        "internal/fault internal/process internal/target internal/term",
	"internal/lock":        "internal/fault",
	"internal/address":     "internal/fault",
	"internal/config": "internal/address internal/environ internal/fault internal/files internal/markers " +
		"internal/nearest internal/secret internal/stamp internal/toml internal/upstreamref",
	"internal/credential": "internal/goroutine internal/address internal/secret",
	"internal/stamp":      "internal/fault",
	"internal/git": "internal/goroutine internal/environ internal/fault internal/process internal/secret " +
		"internal/tree",
	"internal/markers":   "",
	"internal/nearest":   "internal/fault",
	"internal/wording":   "internal/nearest",
	"internal/safety":    "internal/fault internal/tree",
	"internal/mail":      "internal/lines",
	"internal/patchform": "internal/diff internal/lines internal/mail internal/plural internal/tree",
	"internal/quilt":     "",
	"internal/schedule":  "",
	"internal/series": "internal/diff internal/expression internal/fault internal/files internal/latin " +
		"internal/markers internal/nearest internal/patchform internal/plural internal/pullref internal/quilt " +
		"internal/safety internal/schedule internal/toml internal/tree",
	"internal/treediff":   "internal/diff internal/renames internal/tree",
	"internal/content":    "internal/fault",
	"internal/roundtrip":  "internal/address",
	"internal/expression": "",
	"internal/conflict":   "internal/diff internal/plural internal/series internal/tree internal/treediff",
	"internal/verdict":    "internal/conflict internal/fault internal/safety internal/series internal/tree",
	"internal/apply": "internal/conflict internal/diff internal/fault internal/nearest internal/plural internal/renames " +
		"internal/safety internal/series internal/tree internal/treediff internal/verdict",
	"internal/rewrite": "internal/apply internal/diff internal/fault internal/safety internal/series " +
		"internal/tree internal/treediff internal/verdict",
	"internal/importer": "internal/diff internal/fault internal/patchform internal/mail internal/plural internal/quilt " +
		"internal/safety internal/series internal/tree",
	"internal/datafile": "internal/tree",
	"internal/export": "internal/diff internal/fault internal/mail internal/series internal/treediff " +
		"internal/verdict",
	"internal/applytest": "internal/apply internal/diff internal/fault internal/git internal/golden " +
		"internal/series internal/tree internal/verdict",
	"internal/fork": "internal/goroutine internal/diff internal/latin internal/renames internal/series " +
		"internal/tree",
	"internal/latin":       "",
	"internal/historypage": "internal/plural internal/verdict",
	"internal/clock":       "internal/fault internal/roundtrip",
	"internal/upstream": "internal/clock internal/environ internal/fault internal/git internal/nearest internal/plural " +
		"internal/pullref internal/secret internal/tree",
	"internal/mainline": "internal/files internal/git internal/goroutine internal/renames internal/tree " +
		"internal/treediff internal/verdict",
	"internal/landed": "internal/apply internal/diff internal/git internal/mainline internal/renames " +
		"internal/series internal/tree internal/verdict",
	"internal/history": "internal/goroutine internal/apply internal/diff internal/landed internal/mainline " +
		"internal/series internal/tree internal/verdict",
	"internal/daemonlog": "internal/process internal/secret internal/term",
	"internal/apt":       "internal/environ internal/fault internal/process",
	"internal/buildkitd": "",
	"internal/gobuild":   "internal/process",
	"internal/builder": "internal/apt internal/buildkitd internal/daemonlog internal/environ internal/fault " +
		"internal/goroutine " +
		"internal/files internal/gobuild internal/process internal/roundtrip internal/scratch internal/secret",
	"internal/frontend": "internal/fault",
	"internal/image": "internal/goroutine internal/apt internal/builder internal/fault internal/files " +
		"internal/frontend internal/secret " +
		"internal/tree",
	"internal/inspect": "internal/fault internal/secret",
	"internal/base": "internal/goroutine internal/apt internal/builder internal/environ internal/fault " +
		"internal/files internal/frontend " +
		"internal/image internal/lock internal/process",
	"internal/imagerun": "internal/goroutine internal/apt internal/environ internal/fault internal/files " +
		"internal/lock internal/process " +
		"internal/registry",
	"internal/registry": "internal/goroutine internal/address internal/clock internal/content internal/environ " +
		"internal/fault " +
		"internal/files internal/roundtrip internal/secret",
	"internal/release": "internal/goroutine internal/address internal/content internal/deployment " +
		"internal/fault internal/files " +
		"internal/releasejournal internal/record internal/registry internal/secret internal/stamp internal/target",
	"internal/releasejournal": "internal/fault internal/files internal/record internal/target",
	"internal/deployment":     "internal/address internal/record",
	"internal/record":         "internal/goroutine internal/content internal/fault internal/stamp",
	"internal/loopback":       "internal/goroutine internal/address internal/fault",
	"internal/registrytest":   "",
	"internal/distribution":   "internal/pullref internal/fault internal/stamp internal/transaction",
	"internal/golden":         "",
	"internal/gittest":        "internal/git internal/tree",
	"internal/miniature":      "internal/git internal/tree testdata/miniature",
	"internal/suite": "internal/buildkitd internal/environ internal/fault internal/files internal/gobuild " +
		"internal/goroutine internal/plural internal/process internal/scratch",
	"internal/bench":     "", // tests only: they may reach everywhere
	"docker":             "",
	"testdata/miniature": "",
}

// only says which packages may import something of the outer world, by prefix.
var only = map[string][]string{
	"os/exec": {"internal/apt", "internal/git", "internal/builder", "internal/base", "internal/imagerun",
		"internal/gobuild", "internal/gittest", "internal/registrytest", "internal/process", "internal/suite",
		"internal/gnused", "magefiles"},
	"github.com/moby/buildkit": {"internal/builder", "internal/frontend", "internal/image", "internal/dockerfile"},
	"github.com/google/go-containerregistry": {"internal/address", "internal/content", "internal/credential",
		"internal/record", "internal/registry", "internal/release", "internal/stamp", "internal/image", "internal/inspect",
		"internal/base", "internal/imagerun"},
	"github.com/distribution/distribution": {"internal/loopback"},
	"github.com/magefile/mage":             {"internal/mage", "magefiles"},
	"github.com/pelletier/go-toml":         {"internal/config", "internal/toml"},
	"net/http": {"internal/builder", "internal/clock", "internal/roundtrip", "internal/secret", "internal/loopback",
		"internal/registry", "internal/registrytest", "internal/release", "internal/github", "internal/upstream",
		"internal/imagerun"},
}

// pure packages touch neither disk, process, network nor clock.
var pure = []string{"internal/tree", "internal/pullref", "internal/lines", "internal/diff", "internal/renames",
	"internal/latin", "internal/mail", "internal/patchform", "internal/quilt", "internal/schedule",
	"internal/script", "internal/nearest", "internal/expression",
	"internal/wording", "internal/safety", "internal/series", "internal/treediff", "internal/apply",
	"internal/conflict", "internal/verdict",
	"internal/markers", "internal/rewrite", "internal/importer", "internal/export", "internal/stamp",
	"internal/historypage", "internal/target", "internal/coreutils", "internal/placeholder",
	"internal/scriptfiles", "internal/sed",
	"internal/scriptchanges", "internal/bash", "internal/shell", "internal/builtin", "internal/textcommand",
	"internal/arguments", "internal/filecommand", "internal/gitcommand", "internal/dockerfile", "internal/record",
	"internal/deployment",
	"internal/upstreamref", "internal/goroutine"}

func TestArrows(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-tags", "mage", "-f",
		`{{.ImportPath}} {{join .Imports " "}}`, "../...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg, imports := strings.TrimPrefix(fields[0], module), fields[1:]
		if pkg == "internal" {
			continue // these tests
		}
		allowed, known := arrows[pkg]
		if !known {
			t.Errorf("%s: not in the picture; add it to arrows and to docs/architecture.md", pkg)
			continue
		}
		seen++
		for _, imp := range imports {
			if own, ok := strings.CutPrefix(imp, module); ok && !slices.Contains(strings.Fields(allowed), own) {
				t.Errorf("%s imports %s, which its row does not allow", pkg, own)
			}
			for prefix, who := range only {
				if (imp == prefix || strings.HasPrefix(imp, prefix+"/")) && !slices.Contains(who, pkg) {
					t.Errorf("%s imports %s, which is for %s only", pkg, imp, strings.Join(who, ", "))
				}
			}
			outside := slices.Contains([]string{"os", "os/exec", "net"}, imp) ||
				strings.HasPrefix(imp, "net/") && imp != "net/url"
			if outside && slices.Contains(pure, pkg) {
				t.Errorf("%s imports %s, but is to be pure", pkg, imp)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d packages seen: the test looks in the wrong place", seen)
	}
}

func TestPackageComments(t *testing.T) {
	format := `{{.ImportPath}}{{"\t"}}{{.Doc}}`
	out, err := exec.CommandContext(t.Context(), "go", "list", "-tags", "mage", "-f", format, "../...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		pkg, doc, _ := strings.Cut(strings.TrimRight(line, "\n"), "\t")
		if doc == "" && !strings.HasSuffix(pkg, "internal") {
			t.Errorf("%s has no package comment that says what goes in and what comes out", pkg)
		}
	}
}
