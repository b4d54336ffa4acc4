package target

import (
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/fault"
)

// Caller is how this run was called, so that a printed command works when it is pasted.
type Caller struct {
	Program string // "go tool mage", or a binary as it was typed
	Words   bool   // the program takes "patch check" rather than "patch:check"
	Config  string // HOWDAH_CONFIG as it was set, or ""
	Docs    string // the address of docs/ for a program that has no such folder beside it; "" for a checkout's
}

// Elsewhere returns the caller for a command that a person will paste on another machine, as from a CI log: the
// binary by its name, and the distribution in the current folder.
func (c Caller) Elsewhere() Caller {
	if i := strings.LastIndexByte(c.Program, '/'); i >= 0 {
		c.Program = strings.Trim(c.Program[i+1:], "'")
	}
	c.Config = ""
	return c
}

// mageCache matches the file names of mage's compiled programs: a hash.
var mageCache = regexp.MustCompile(`^[0-9a-f]{40,64}(\.exe)?$`)

// CallerOf returns the caller for os.Args[0] and the value of HOWDAH_CONFIG. A run by `go run magefile.go` is named
// `go tool mage` as well, since `go run` turns every failure into exit code 1.
func CallerOf(arg0, config string) Caller {
	base := filepath.Base(arg0)
	if arg0 == "" || mageCache.MatchString(base) || base == "mage" || base == "magefile" ||
		strings.HasSuffix(base, ".test") {
		return Caller{Program: "go tool mage", Config: config}
	}
	if filepath.IsAbs(arg0) && strings.Contains(arg0, string(filepath.Separator)+"go-build") {
		return Caller{Program: "go tool mage", Config: config}
	}
	return Caller{Program: fault.Word(arg0), Config: config}
}

// Line returns a command as the caller would type it.
func (c Caller) Line(command fault.Command) string {
	var b strings.Builder
	if c.Config != "" {
		b.WriteString("HOWDAH_CONFIG=" + fault.Word(c.Config) + " ")
	}
	b.WriteString(c.program() + " " + c.Name(command.Target))
	for _, arg := range command.Args {
		b.WriteString(" " + fault.Word(arg))
	}
	return b.String()
}

// Name returns a target's name as the caller would type it.
func (c Caller) Name(name string) string {
	if c.Words {
		return strings.Replace(name, ":", " ", 1)
	}
	return name
}

// inText matches the names of targets in a message; "upstream:main" or "image:web" are not among them.
var inText = sync.OnceValue(func() *regexp.Regexp {
	var names []string
	for _, t := range All() {
		if t.Namespace() != "" {
			names = append(names, t.Name)
		}
	}
	return regexp.MustCompile(`\b(` + strings.Join(names, "|") + `)\b`)
})

// Text returns a message with the names of targets as the caller would type them.
func (c Caller) Text(message string) string {
	if !c.Words {
		return message
	}
	return inText().ReplaceAllStringFunc(message, c.Name)
}

// Hint returns a hint with its commands as the caller would type them, and pages of docs/ where the caller finds them.
func (c Caller) Hint(h fault.Hint) string {
	return page.ReplaceAllStringFunc(c.Text(h.Render(c.Line)), func(m string) string {
		before, name, _ := strings.Cut(m, "docs/")
		return before + c.Page(name)
	})
}

// page matches a page of docs/ that a hint names.
var page = regexp.MustCompile(`(^|[ (])docs/[a-z-]+\.md`)

// Page returns where the caller finds a page of docs/.
func (c Caller) Page(name string) string {
	if c.Docs == "" {
		return "docs/" + name
	}
	return c.Docs + "/" + name
}

func (c Caller) program() string {
	if c.Program == "" {
		return "go tool mage"
	}
	return c.Program
}

// Command returns the target with arguments and options as a value, to be rendered for the caller when it is printed.
func (t Target) Command(args ...string) fault.Command {
	return fault.Command{Target: t.Name, Args: args}
}
