package internal_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// said is every text that the program may print, as an expression: "…" and what a format fills in stand for anything.
func said(t *testing.T) []*regexp.Regexp {
	t.Helper()
	var all []*regexp.Regexp
	for _, f := range sourceFiles(t, "..") {
		if f.isTest() {
			continue
		}
		for _, line := range messagesOf(f, nil) {
			_, line, _ = strings.Cut(line, ": ")
			for text := range strings.SplitSeq(line, "\n    hint: ") {
				text = regexp.QuoteMeta(strings.TrimSpace(text))
				text = filledIn.ReplaceAllString(text, ".+?")
				if len(strings.ReplaceAll(text, ".+?", "")) >= 8 {
					all = append(all, regexp.MustCompile("^"+text))
				}
			}
		}
	}
	return all
}

// filledIn is a verb of a format, or what the list of messages has in place of a value.
var filledIn = regexp.MustCompile(`%(\\?\[\d\\?\])?[+#]?[\d\\.]*[a-zA-Z]|…`)

// quoted finds what is a message in the code of a page, without what differs from run to run before it.
func quoted(code shown) (message string, ok bool) {
	lead := leads.FindString(code.text)
	if lead == "" && (code.block || !isProse(code.text) || foreign.MatchString(code.text)) {
		return "", false
	}
	message = position.ReplaceAllString(code.text[len(lead):], "")
	return message, commandOf(code.text) == "" && commandOf(message) == ""
}

var (
	leads    = regexp.MustCompile(`^(error|hint|warning|next): `)
	position = regexp.MustCompile(`^[\w./-]+:([0-9N]+|line): `)
	// examples are quoted as what is not printed any more, or are a number put into a report. The message that whoever
	// follows CONTRIBUTING.md changes is no code of that page, so that it may be changed.
	examples = []string{"there are []", "1 change applies"}
	// foreign is code of others: a command of another program, a template, a key.
	foreign = regexp.MustCompile(`^([{\[<./$-]|(git|mage|go|docker|kubectl|quilt|grep|cp|tootctl|FROM|RUN|file:line:) ?)`)
)

// TestDocsQuoteMessages finds each message that the pages quote among those that the program may print. A "…" in a page
// stands for what differs from case to case. Golden files and scripts do not count: they may be old, or show input.
// docs/troubleshooting.md quotes other programs too: it has its own test.
func TestDocsQuoteMessages(t *testing.T) {
	all, texts := said(t), strings.Join(literals(t, "."), "\x00")
	found := 0
	eachCode(t, func(page string, code shown) {
		message, ok := quoted(code)
		if !ok || strings.HasSuffix(page, "/troubleshooting.md") {
			return
		}
		found++
		if !slices.Contains(examples, message) && !printed(message, all, texts) {
			t.Errorf("%s:%d quotes %q, which the program does not print", page, code.line, message)
		}
	})
	if found < 20 {
		t.Errorf("found only %d quoted messages: the test looks in the wrong place", found)
	}
}

// printed reports whether a message is one of the formats, or each of its parts is in one of the texts.
func printed(message string, all []*regexp.Regexp, texts string) bool {
	for _, one := range all {
		if one.MatchString(strings.ReplaceAll(message, "…", "x")) {
			return true
		}
	}
	for part := range strings.SplitSeq(message, "…") {
		if part = strings.TrimSpace(part); !strings.Contains(texts, part) {
			return false
		}
	}
	return true
}

// TestDocsQuotesAreSeen finds a message that is printed in other words.
func TestDocsQuotesAreSeen(t *testing.T) {
	formats := []*regexp.Regexp{regexp.MustCompile(`^the clone .+? is shallow`)}
	for text, want := range map[string]bool{
		"error: the clone x is shallow": true, "error: the clone x is deep": false, "the clone … is shallow": true,
		"error: howdah.toml:3: the clone x is shallow": true, "warning: nothing of the kind": false,
	} {
		message, ok := quoted(shown{text: text})
		if !ok || printed(message, formats, "") != want {
			t.Errorf("%q: quoted %t, printed %t", text, ok, !want)
		}
	}
	for _, text := range []string{"git log -p", "patch:check -offline", "find = \"x\"", "next: howdah patch check"} {
		if message, ok := quoted(shown{text: text}); ok {
			t.Errorf("%q is taken for the message %q", text, message)
		}
	}
}
