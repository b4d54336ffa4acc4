package importer_test

import (
	"encoding/base64"
	"fmt"
	"mime/quotedprintable"
	"regexp"
	"strings"
)

func replaced(text, expression, by string) string {
	return regexp.MustCompile(expression).ReplaceAllString(text, by)
}

// sides replaces a patch's a/ and b/ prefixes, and removes git's own header lines.
func sides(patch, old, fresh string) string {
	patch = replaced(patch, `(?m)^--- a/(.*)$`, "--- "+old)
	patch = replaced(patch, `(?m)^\+\+\+ b/(.*)$`, "+++ "+fresh)
	return replaced(patch, `(?m)^(?:diff --git|index|new file mode|deleted file mode) .*\n`, "")
}

func wide(text string, high, low func(rune) byte) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteByte(high(r))
		b.WriteByte(low(r))
	}
	return b.String()
}

// diffs returns the difference between upstream and a commit, in the forms in which people have diffs.
func (w *work) diffs(one string) map[string]string {
	diff := func(options ...string) string {
		return w.git(append(append([]string{"diff"}, options...), w.base, one)...)
	}
	plain := diff()
	byte0 := func(r rune) byte { return byte(r) }
	byte1 := func(r rune) byte { return byte(r >> 8) }
	all := map[string]string{
		"plain.patch":          plain,
		"full.patch":           diff("--full-index", "--binary"),
		"context.patch":        diff("-U8"),
		"function.patch":       diff("-W"),
		"no-prefix.patch":      diff("--no-prefix"),
		"prefixes.patch":       diff("--src-prefix=x/", "--dst-prefix=y/"),
		"versions.patch":       diff("--src-prefix=mastodon-4.5/", "--dst-prefix=ours-4.5/"),
		"deep.patch":           diff("--src-prefix=old/mastodon/", "--dst-prefix=new/mastodon/"),
		"colours.patch":        diff("--color=always"),
		"moved-colours.patch":  diff("--color=always", "--color-moved", "--ws-error-highlight=all"),
		"statistics.patch":     diff("--stat", "-p"),
		"graph.patch":          diff("--line-prefix=| "),
		"indented.patch":       diff("--line-prefix=    "),
		"p0.patch":             sides(plain, "$1", "$1"),
		"p2.patch":             sides(plain, "x/mastodon/$1", "y/mastodon/$1"),
		"absolute.patch":       sides(plain, "/home/mastodon/live/$1", "/home/mastodon/live/$1"),
		"absolute-orig.patch":  sides(plain, "/opt/mastodon.orig/$1\t2026-01-01", "/opt/mastodon/$1\t2026-01-02"),
		"orig.patch":           sides(plain, "$1.orig\t2026-01-01 10:00:00 UTC", "$1\t2026-01-01 10:00:01 UTC"),
		"bak.patch":            sides(plain, "a/$1.bak", "b/$1"),
		"dot.patch":            sides(plain, "./$1", "./$1"),
		"above.patch":          sides(plain, "../mastodon/$1", "../live/$1"),
		"quilt.patch":          "Description: Raise\n\n" + sides(plain, "m.orig/$1\t2026-01-01", "m/$1\t2026-01-02"),
		"crlf.patch":           strings.ReplaceAll(plain, "\n", "\r\n"),
		"cr.patch":             strings.ReplaceAll(plain, "\n", "\r"),
		"mark.patch":           "\ufeff" + plain,
		"mark-crlf.patch":      "\ufeff" + strings.ReplaceAll(plain, "\n", "\r\n"),
		"utf16.patch":          "\xff\xfe" + wide(plain, byte0, byte1),
		"utf16-big.patch":      "\xfe\xff" + wide(plain, byte1, byte0),
		"utf16-unmarked.patch": wide(plain, byte0, byte1),
		"trimmed.patch":        replaced(plain, `(?m)^ $`, ""),
		"end-trimmed.patch":    strings.TrimRight(plain, " \n") + "\n",
		"no-end.patch":         strings.TrimSuffix(plain, "\n"),
		"blank-end.patch":      plain + "\n\n",
		"prose.patch":          "Hello,\n\nplease:\n\n" + plain + "\nThank you!\n",
		"fenced.patch":         "# Limit\n\n```diff\n" + plain + "```\n",
		"reply.patch":          replaced(plain, `(?m)^`, "> "),
		"show.patch":           w.git("show", one),
		"show-fuller.patch":    w.git("show", "--format=fuller", "--color=always", one),
		"show-raw.patch":       w.git("show", "--format=raw", one),
		"show-oneline.patch":   w.git("show", "--oneline", one),
		"show-email.patch":     w.git("show", "--format=email", one),
		"mercurial.patch":      "# HG changeset patch\n# User Z\nRaise\n\n" + replaced(plain, `(?m)^index.*\n`, ""),
		"properties.patch": plain + "\nProperty changes on: lib\n" + strings.Repeat("_", 67) + "\n" +
			"Added: svn:executable\n## -0,0 +1 ##\n+*\n\\ No newline at end of property\n",
		"subversion.patch": replaced(sides(plain, "$1\t(revision 5)", "$1\t(working copy)"), `(?m)^--- ([^\t\n]*)`,
			"Index: $1\n===================================================================\n--- $1"),
	}
	for _, pair := range []string{"i/ w/", "c/ i/", "c/ w/", "o/ w/", "1/ 2/"} {
		old, fresh, _ := strings.Cut(pair, " ")
		all["mnemonic-"+old[:1]+".patch"] = diff("--src-prefix="+old, "--dst-prefix="+fresh)
	}
	body := "Because.\n---\n" + plain
	head := "From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001\n" +
		"From: =?UTF-8?q?Zo=C3=AB?= <z@localhost>\n" +
		"Subject: [PATCH] =?UTF-8?q?Raise=20=C3=BC?=\n =?UTF-8?q?_it?=\nMIME-Version: 1.0\n"
	var quoted strings.Builder
	q := quotedprintable.NewWriter(&quoted)
	_, _ = q.Write([]byte(body)) // a strings.Builder never fails
	_ = q.Close()
	packed := replaced(base64.StdEncoding.EncodeToString([]byte(body)), `.{76}`, "$0\n") + "\n"
	all["quoted.patch"] = head + "Content-Transfer-Encoding: quoted-printable\n\n" +
		strings.ReplaceAll(quoted.String(), "\r\n", "\n")
	all["quoted.eml"] = strings.ReplaceAll(all["quoted.patch"], "\n", "\r\n")
	all["packed.patch"] = head + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: BASE64\n\n" + packed
	all["attached.eml"] = head + "Content-Type: multipart/mixed; boundary=x\n\n--x\n" +
		"Content-Type: text/plain\n\nSee.\n--x\nContent-Type: application/octet-stream; name=a.patch\n" +
		"Content-Disposition: attachment; filename=a.patch\n" +
		"Content-Transfer-Encoding: base64\n\n" + packed + "\n--x--\n"
	all["flowed.eml"] = head + "Content-Type: text/plain; charset=utf-8; format=flowed\n\n" +
		replaced(body, `(?m)^ `, "  ")
	return all
}

// exports returns the difference between upstream and a commit as Mercurial and StGit export it.
func (w *work) exports(one string) map[string]string {
	plain := w.git("diff", w.base, one)
	from := "From: Zoë <z@localhost>\nDate: Fri, 2 Jan 2026 11:00:00 +0100\n\nMembers asked.\n"
	return map[string]string{
		"hg.patch": "# HG changeset patch\n# User Zoë <z@localhost>\n# Date 1767348000 -3600\n" +
			"#      Fri Jan 02 11:00:00 2026 +0100\n# Node ID 1111111111111111111111111111111111111111\n" +
			"# Parent  0000000000000000000000000000000000000000\nRaise the limit\n\nMembers asked.\n\n" + plain,
		"stg.patch": "Raise the limit\n\n" + from + "---\n f | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\n" +
			plain,
	}
}

// mails returns the commits from upstream to a branch, in the forms that put several of them into one file.
func (w *work) mails(branch string) map[string]string {
	span := w.base + ".." + branch
	box := w.git("format-patch", "--stdout", span)
	separated := func(by string) string { return replaced(box, `(?m)^From [0-9a-f]{40} .*$`, by) }
	all := map[string]string{
		"git.patch":         box,
		"git.patch.txt":     box,
		"crlf.mbox":         strings.ReplaceAll(box, "\n", "\r\n"),
		"mark.mbox":         "\ufeff" + box,
		"lore.mbox":         separated("From mboxrd@z Thu Jan  1 00:00:00 1970"),
		"thunderbird.mbox":  separated("From - Thu Nov 26 10:00:00 2026"),
		"mboxo.mbox":        separated("From z@localhost  Thu Nov  6 10:00:00 2026 +0100"),
		"gmail.mbox":        separated("From 123456789@xxx Thu Nov 26 10:00:00 +0000 2026\nX-Gmail-Labels: a,b"),
		"folded.mbox":       separated("From MAILER-DAEMON Thu Nov 26 10:00:00 2026\nReceived: from x\n\tby y; Thu"),
		"mboxrd.mbox":       w.git("format-patch", "--stdout", "--pretty=mboxrd", span),
		"log.patch":         w.git("log", "-p", span),
		"log-reverse.patch": w.git("log", "-p", "--reverse", span),
		"log-colour.patch":  w.git("log", "-p", "--color=always", "--stat", span),
		"log-oneline.patch": w.git("log", "-p", "--oneline", span),
		"log-fuller.patch":  w.git("log", "-p", "--format=fuller", "--date=iso", span),
		"log-deep.patch":    w.git("log", "-p", "-M", "--src-prefix=a/live/", "--dst-prefix=b/live/", span),
		"log-email.patch":   w.git("log", "-p", "--reverse", "--format=email", span),
	}
	var lengths strings.Builder
	for _, m := range strings.SplitAfter(box, "-- \n2.") {
		lengths.WriteString(strings.Replace(m, "\nSubject: ", fmt.Sprintf("\nContent-Length: %d\nSubject: ", len(m)), 1))
	}
	all["mboxcl.mbox"] = lengths.String()
	return all
}
