package mail

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/lines"
)

var (
	// logged is the line that begins a commit in the output of git log and git show.
	logged = lines.NewFinder(`commit ([0-9a-f]{7,40})\b.*\r?\n(?:Merge:|Author:|Reflog:|tree |parent |author )`, "commit ")
	// oneLine is a commit in the output of git log --oneline -p.
	oneLine = lines.NewFinder(`([0-9a-f]{7,40}) (\S.*)\r?\ndiff --git `, strings.Split("0123456789abcdef", "")...)
	rawDate = regexp.MustCompile(`^(.*>) ([0-9]{1,12}) ([+-][0-9]{4})$`)
)

// isLog reports whether data is the output of git log or git show, or what another program exported of commits.
func isLog(data []byte) bool {
	data = bytes.TrimLeft(data, " \t\r\n")
	return isStacked(data) || mercurial.Begins(data) || logged.Begins(data) ||
		oneLine.Begins(data) && !logged.Matches(data)
}

// commits takes the output of git log or git show apart: each commit becomes a mail as git format-patch writes it.
func commits(data []byte) (all []Mail) {
	starts, read := mercurial.All(data), fromMercurial
	switch {
	case len(starts) > 0:
	case isStacked(data):
		starts, read = [][]int{{len(data) - len(bytes.TrimLeft(data, " \t\r\n"))}}, fromStack
	default:
		starts, read = logged.All(data), fromLog
	}
	if len(starts) == 0 {
		starts, read = oneLine.All(data), fromLine
	}
	line, counted := 1, 0
	for n, at := range starts {
		end := len(data)
		if n+1 < len(starts) {
			end = starts[n+1][0]
		}
		line, counted = line+bytes.Count(data[counted:at[0]], []byte("\n")), at[0]
		all = append(all, Mail{Line: line, Data: read(data[at[0]:end]), Logged: true})
	}
	return all
}

// fromLine is a commit of git log --oneline as a mail.
func fromLine(commit []byte) []byte {
	head, rest, _ := bytes.Cut(commit, []byte("\n"))
	_, subject, _ := strings.Cut(strings.TrimRight(string(head), "\r"), " ")
	at := strings.Repeat("0", 40)
	return append(fmt.Appendf(nil, "From %s Mon Sep 17 00:00:00 2001\nSubject: [PATCH] %s\n\n", at, subject), rest...)
}

// fromLog is a commit of git log as a mail: git indents its message by four blanks.
func fromLog(commit []byte) []byte {
	head, rest, _ := bytes.Cut(commit, []byte("\n"))
	id := strings.Fields(string(head))[1]
	id += noID[len(id):] // of --abbrev-commit
	var author, date string
	for len(bytes.TrimSpace(rest)) > 0 {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		rest = after
		text := strings.TrimRight(string(line), "\r")
		if text == "" {
			break
		}
		name, value, _ := strings.Cut(text, " ")
		value = strings.TrimSpace(value)
		switch name {
		case "Author:":
			author = value
		case "author":
			author = value
			if m := rawDate.FindStringSubmatch(value); m != nil {
				author, date = m[1], m[2]+" "+m[3]
			}
		case "Date:", "AuthorDate:":
			date = value
		}
	}
	var message []string
	for len(rest) > 0 {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		text := strings.TrimRight(string(line), "\r")
		if text != "" && !strings.HasPrefix(text, "    ") {
			break
		}
		message, rest = append(message, strings.TrimPrefix(text, "    ")), after
	}
	at, _ := when(date)
	return written(commit, rest, id, Head{Author: author, Date: rfc(at), Message: strings.Join(message, "\n")})
}

// rfc is a date as a mail has it, "" where there is none.
func rfc(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Format(time.RFC1123Z)
}

// written is a commit as a mail: its diff, with a head above it. The message begins with the subject.
func written(commit, rest []byte, id string, h Head) []byte {
	subject, body, _ := strings.Cut(strings.TrimSpace(h.Message), "\n")
	var b bytes.Buffer
	fmt.Fprintf(&b, "From %s Mon Sep 17 00:00:00 2001\n", id)
	if h.Author != "" {
		fmt.Fprintf(&b, "From: %s\n", h.Author)
	}
	if h.Date != "" {
		fmt.Fprintf(&b, "Date: %s\n", h.Date)
	}
	fmt.Fprintf(&b, "Subject: [PATCH] %s\n\n", strings.TrimSpace(subject))
	if body = strings.TrimSpace(body); body != "" {
		fmt.Fprintf(&b, "%s\n", body)
	}
	above := bytes.Count(commit, []byte("\n")) - bytes.Count(rest, []byte("\n"))
	for n := bytes.Count(b.Bytes(), []byte("\n")); n < above-1; n++ { // errors name the lines of the log
		b.WriteByte('\n')
	}
	b.WriteString("---\n")
	b.Write(rest)
	return b.Bytes()
}

// when reads a date in the forms of git log.
func when(date string) (time.Time, bool) {
	for _, layout := range []string{"Mon Jan 2 15:04:05 2006 -0700", "2006-01-02 15:04:05 -0700", time.RFC3339,
		"Mon, 2 Jan 2006 15:04:05 -0700", time.DateOnly} {
		if at, err := time.Parse(layout, date); err == nil {
			return at, true
		}
	}
	var seconds int64
	var zone string
	if n, err := fmt.Sscanf(date, "%d %5s", &seconds, &zone); n == 2 && err == nil {
		if at, err := time.Parse("-0700", zone); err == nil {
			return time.Unix(seconds, 0).In(at.Location()), true
		}
	}
	return time.Time{}, false
}
