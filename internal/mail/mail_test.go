package mail_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/mail"
)

const logOfTwo = `commit 2222222222222222222222222222222222222222
Author: Ada <ada@localhost>
Date:   Fri Jan 2 10:00:00 2026 +0000

    Second

diff --git a/f b/f
index 1111111..2222222 100644
--- a/f
+++ b/f
@@ -1 +1 @@
-two
+three

commit 1111111111111111111111111111111111111111 (HEAD -> main, tag: v1)
Merge: 3333333 4444444
Author: Ada <ada@localhost>
Date:   Thu Jan 1 10:00:00 2026 +0000

    First

    With a message.

diff --git a/f b/f
index 0000001..1111111 100644
--- a/f
+++ b/f
@@ -1 +1 @@
-one
+two
`

// TestLog reads the output of git log: the oldest commit comes first, and each line keeps its number.
func TestLog(t *testing.T) {
	all, err := mail.Split([]byte(logOfTwo))
	if err != nil || len(all) != 2 {
		t.Fatalf("%d mails, %v", len(all), err)
	}
	want := mail.Head{Author: "Ada <ada@localhost>", Date: "Thu, 01 Jan 2026 10:00:00 +0000", Subject: "First",
		Message: "With a message."}
	if got := mail.ReadHead(all[0].Data); got != want {
		t.Errorf("the first is %+v, want %+v", got, want)
	}
	for _, m := range all {
		before, _, _ := bytes.Cut(m.Data, []byte("diff --git"))
		at := m.Line + bytes.Count(before, []byte("\n"))
		if line := strings.Split(logOfTwo, "\n")[at-1]; !strings.HasPrefix(line, "diff --git") {
			t.Errorf("its diff begins on line %d, which is %q", at, line)
		}
	}
}

// TestOrder refuses a log whose order nothing tells.
func TestOrder(t *testing.T) {
	same := strings.ReplaceAll(logOfTwo, "Fri Jan 2", "Thu Jan 1")
	for name, test := range map[string]struct {
		log string
		ok  bool
	}{
		"blob ids":          {same, true},
		"neither":           {strings.ReplaceAll(same, "index ", "similarity "), false},
		"dates":             {strings.ReplaceAll(logOfTwo, "index ", "similarity "), true},
		"nothing in common": {strings.Replace(strings.ReplaceAll(same, "index ", "x "), "a/f b/f", "a/g b/g", 1), true},
	} {
		if _, err := mail.Split([]byte(test.log)); (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestMailsInOrder: mails keep the order of their file, unless the blob ids say that the last was made first.
func TestMailsInOrder(t *testing.T) {
	one := func(name, ids string) string {
		return "From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001\nFrom: a <a@localhost>\n" +
			"Subject: [PATCH] " + name + "\n\n---\ndiff --git a/f b/f\nindex " + ids + "\n--- a/f\n+++ b/f\n" +
			"@@ -1 +1 @@\n-x\n+y\n-- \n2.39.5\n\n"
	}
	const none = "0000000"
	for name, test := range map[string]struct{ box, first string }{
		"oldest first":      {one("A", "1111111..2222222") + one("B", "2222222..3333333"), "A"},
		"newest first":      {one("B", "2222222..3333333 100644") + one("A", "1111111..2222222 100644"), "A"},
		"there and back":    {one("A", "1111111..2222222") + one("B", "2222222..1111111"), "A"},
		"nothing in common": {one("B", "2222222..3333333") + one("A", "4444444..5555555"), "B"},
		"removed, and new":  {one("B", "1111111.."+none) + one("A", none+"..5555555"), "B"},
		"ids of two sizes":  {one("B", "22222229..3333333") + one("A", "1111111..2222222"), "A"},
	} {
		all, err := mail.Split([]byte(test.box))
		if err != nil || len(all) != 2 {
			t.Fatalf("%s: %d mails, %v", name, len(all), err)
		}
		if got := mail.ReadHead(all[0].Data).Subject; got != test.first {
			t.Errorf("%s: %s is the first, want %s", name, got, test.first)
		}
	}
}

// TestFlowed: the blank before a line of a mail in format=flowed is taken away where all lines that need one have it.
func TestFlowed(t *testing.T) {
	const head = "From: a <a@localhost>\nSubject: x\nContent-Type: text/plain; format=flowed\n\n"
	for body, want := range map[string]string{
		"  context\n From here\n >quoted\n-x\n+y\n": " context\nFrom here\n>quoted\n-x\n+y\n",
		" context\n From here\n-x\n+y\n":            " context\n From here\n-x\n+y\n",
		"  context\n other\n":                       "  context\n other\n",
	} {
		all, err := mail.Split([]byte(head + body))
		if err != nil || len(all) != 1 || !bytes.HasSuffix(all[0].Data, []byte("\n\n"+want)) {
			t.Errorf("%q: %q, %v; want %q", body, all[0].Data, err, want)
		}
	}
}

// FuzzRead reads anything: each mail has a place in what was read.
func FuzzRead(f *testing.F) {
	f.Add([]byte(logOfTwo))
	f.Add([]byte("1234567 One line\ndiff --git a/f b/f\n"))
	f.Add([]byte("From 1111111111111111111111111111111111111111 Mon Sep 17 00:00:00 2001\nFrom: =?utf-8?q?x?= <y>\n" +
		"Subject: [PATCH] x\n y\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n"))
	f.Add([]byte("From: a\nContent-Type: text/plain; format=flowed\nContent-Transfer-Encoding: base64\n\neA==\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := mail.Split(data)
		if err != nil {
			return
		}
		lines := 1 + bytes.Count(data, []byte("\n"))
		for _, m := range all {
			if m.Line < 1 || m.Line > lines {
				t.Fatalf("a mail begins on line %d of %d", m.Line, lines)
			}
			mail.ReadHead(m.Data)
		}
	})
}
