package mail

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/lines"
)

// Head is what stands above a patch's diff.
type Head struct {
	Author  string // "Name <address>"
	Date    string // as the mail has it
	Subject string // without "[PATCH 1/2]"
	Message string // what follows the subject
}

var (
	tag     = regexp.MustCompile(`^(?:(?i:re:)\s*)?(?:\[[^\]]*\]\s*)+`)
	diffTop = lines.NewFinder(`---[ \t]*$|diff --git |Index: |=====|--- |GIT binary patch`,
		"---", "diff --git ", "Index: ", "=====", "GIT binary patch")
)

// ReadHead reads what stands above the diff of a decoded mail or of a patch of a quilt series (DEP-3). Without a field
// of either, everything is zero.
func ReadHead(data []byte) Head {
	top := data
	if at := diffTop.First(data); at != nil {
		top = data[:at[0]]
	}
	var h Head
	head, body, ok := cutHead(top)
	if !ok {
		head, body = top, nil
	}
	all, ok := fields(bytes.TrimRight(head, "\r\n"))
	if !ok {
		return h
	}
	for _, f := range all {
		value := strings.TrimSpace(f[1])
		switch {
		case is(f, "from"), is(f, "author") && h.Author == "":
			h.Author = value
		case is(f, "date"):
			h.Date = value
		case is(f, "subject"):
			h.Subject = tag.ReplaceAllString(value, "")
		}
	}
	if h.Author == "" && h.Subject == "" {
		return Head{}
	}
	h.Message = strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n"))
	h.inBody()
	return h
}

// inBody takes over what a mail's first lines say of a patch that another person sent, as git am does.
func (h *Head) inBody() {
	rest, found := h.Message, false
	for {
		line, after, _ := strings.Cut(rest, "\n")
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			break
		}
		switch value = strings.TrimSpace(value); name {
		case "From":
			h.Author = value
		case "Date":
			h.Date = value
		case "Subject":
			h.Subject = tag.ReplaceAllString(value, "")
		default:
			ok = false
		}
		if !ok {
			break
		}
		rest, found = after, true
	}
	if found {
		h.Message = strings.TrimSpace(rest)
	}
}
