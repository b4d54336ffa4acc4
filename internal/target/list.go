package target

import (
	"strings"
	"unicode/utf8"
)

// group is a heading of the list, and its targets.
type group struct {
	want    string
	targets []Target
}

// groups has all targets by purpose; those that a person needs first come first.
var groups = []group{
	{"to begin", []Target{Demo, Init, PublishDoctor}},
	{"each day", []Target{PatchCheck, Release, UpstreamStatus, PublishStatus}},
	{"to change Mastodon", []Target{PatchFind, PatchEdit, PatchOverlay, PatchNew, PatchSave, PatchImport, PatchPin,
		PatchRemove}},
	{"to see what is changed", []Target{PatchShow, PatchDiff, PatchCheckout, PatchHistory}},
	{"when upstream moved", []Target{PatchRefresh, PatchDrop, UpstreamAck, VersionShow, VersionAccept}},
	{"when a release went wrong", []Target{PublishRollback, PublishHold, PublishResume, PublishPromote}},
	{"step by step", []Target{UpstreamFetch, ImageBuild, ImageVerify, ImageWhy, ImageRun, PublishTag, PublishPush}},
	{"at the registries", []Target{PublishCompose, PublishPrune, PublishServe}},
	{"on this machine", []Target{BuilderStatus, BuilderUp, BuilderDown, BasePin, BaseBuild, CacheStatus, CachePrune}},
	{"to leave", []Target{PatchExport}},
	{"to work on the tool, in its checkout", projectTargets},
}

// Listing returns the list of all targets by purpose, in lines of at most width columns; words is as for Help. With
// project, it also lists the targets for work on the tool itself.
func Listing(width int, words, project bool) string {
	const indent = 2
	column := 0
	for _, t := range All() {
		column = max(column, utf8.RuneCountInString(t.Name)+2*indent)
	}
	var b strings.Builder
	for i, g := range groups {
		if i == len(groups)-1 && !project {
			break
		}
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(g.want + ":\n")
		for _, t := range g.targets {
			name := t.Name
			if words {
				name = strings.Replace(name, ":", " ", 1)
			}
			head := strings.Repeat(" ", indent) + name
			for _, line := range wrap(t.Doc, max(width-column, 20)) {
				b.WriteString(head + strings.Repeat(" ", column-utf8.RuneCountInString(head)) + line + "\n")
				head = ""
			}
		}
	}
	return b.String()
}

// wrap breaks a text at spaces into lines of at most width columns.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
