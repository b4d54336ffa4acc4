package mail

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/lines"
)

var (
	// mercurial is the line that begins a commit in the output of hg export.
	mercurial = lines.NewFinder(`# HG changeset patch\r?$`, "# HG changeset patch")
	// stacked is how stg export begins a patch, as git am finds it: a subject, a blank line, and who made it.
	stacked = regexp.MustCompile(`^[^\n]*\S[^\n]*\n\r?\n(?:From|Author|Date): `)
	diffs   = lines.NewFinder(`diff |--- \S|Index: `, "diff ", "--- ", "Index: ")
	noID    = strings.Repeat("0", 40)
)

// isStacked reports whether data is a patch of stg export, and not a mail.
func isStacked(data []byte) bool {
	at := stacked.FindIndex(data)
	if at == nil {
		return false
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	_, _, isField := cutField(bytes.TrimRight(line, "\r"))
	return !isField && !Separator(line) && !diffs.Matches(line) && diffs.Matches(data)
}

// fromStack is a patch of stg export as a mail: its subject, then author and date, then the message.
func fromStack(data []byte) []byte {
	top, rest := data, []byte(nil)
	if at := diffTop.First(data); at != nil {
		top, rest = data[:at[0]], data[at[0]:]
	}
	var h Head
	subject, body, _ := strings.Cut(strings.ReplaceAll(string(top), "\r\n", "\n"), "\n")
	body = strings.TrimLeft(body, "\n")
	for {
		line, after, _ := strings.Cut(body, "\n")
		name, value, ok := strings.Cut(line, ": ")
		switch value = strings.TrimSpace(value); {
		case ok && (name == "From" || name == "Author"):
			h.Author = value
		case ok && name == "Date":
			if at, is := when(value); is {
				value = rfc(at)
			}
			h.Date = value
		default:
			h.Message = subject + "\n\n" + strings.TrimSpace(body)
			return written(data, withoutRule(rest), noID, h)
		}
		body = after
	}
}

// withoutRule is what follows the line between a message and its diff.
func withoutRule(rest []byte) []byte {
	line, after, _ := bytes.Cut(rest, []byte("\n"))
	if string(bytes.TrimRight(line, " \t\r")) == "---" {
		return after
	}
	return rest
}

// fromMercurial is a commit of hg export as a mail. Its date is in seconds, and its zone in seconds west of Greenwich.
func fromMercurial(commit []byte) []byte {
	var h Head
	_, rest, _ := bytes.Cut(commit, []byte("\n"))
	for bytes.HasPrefix(rest, []byte("#")) {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		text := strings.TrimRight(string(line), "\r")
		if user, ok := strings.CutPrefix(text, "# User "); ok {
			h.Author = user
		}
		if date, ok := strings.CutPrefix(text, "# Date "); ok {
			h.Date = rfc(inSeconds(date))
		}
		rest = after
	}
	message := rest
	if at := diffs.First(rest); at != nil {
		message, rest = rest[:at[0]], rest[at[0]:]
	}
	h.Message = strings.ReplaceAll(string(message), "\r\n", "\n")
	return written(commit, rest, noID, h)
}

// inSeconds reads a date of Mercurial's.
func inSeconds(date string) time.Time {
	words := strings.Fields(date)
	if len(words) != 2 {
		return time.Time{}
	}
	at, err := strconv.ParseInt(words[0], 10, 64)
	west, wrong := strconv.Atoi(words[1])
	if err != nil || wrong != nil || at < 0 || at > 1<<40 || west < -24*3600 || west > 24*3600 {
		return time.Time{}
	}
	return time.Unix(at, 0).In(time.FixedZone("", -west))
}
