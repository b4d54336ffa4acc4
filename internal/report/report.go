// Package report is all that people and machines read: it takes plain values and gives bytes: text for a
// terminal or a log, Markdown for GitHub's summary, workflow commands, and the JSON files under dist/.
// [Terminal] and [Story] put those bytes where they belong.
package report
