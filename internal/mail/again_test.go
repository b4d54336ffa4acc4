package mail_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/howdah/howdah/internal/mail"
)

// TestDecodedAgain: the mails of a mailbox are decoded where it is taken apart, and once more where each is read. The
// second time nothing is left to decode.
func TestDecodedAgain(t *testing.T) {
	const patch = "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n  a\n-  b\n+  c\n  d\n"
	const stuffed = "--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n   a\n-  b\n+  c\n   d\n"
	parts := func(inner string) string {
		return "--x\nContent-Type: text/plain\n\nhello\n--x\n" + inner + "\n\n" + patch + "\n--x--\n"
	}
	for name, one := range map[string]string{
		"attached": "Content-Type: multipart/mixed; boundary=\"x\"\n\n" +
			parts("Content-Type: text/x-patch; name=\"1.patch\"\nContent-Disposition: attachment; filename=\"1.patch\""),
		"inline": "Content-Type: multipart/mixed; boundary=x\n\n" +
			parts("Content-Type: text/x-patch\nContent-Disposition: inline; filename=\"1.patch\""),
		"folded": "Content-Type: multipart/mixed;\n boundary=\"x\"\n\n" + parts("Content-Type: text/plain"),
		"flowed": "Content-Type: text/plain; charset=utf-8; format=flowed\n\n" + stuffed,
		"printable": "Content-Type: text/plain; format=fixed\nContent-Transfer-Encoding: quoted-printable\n\n" +
			"--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n=20 a\n-  b\n+  c\n=20 d\n",
		"plain": "Content-Type: text/plain; charset=UTF-8\n\n" + patch,
	} {
		first := "From: A <a@example.org>\nSubject: [PATCH] one\nMIME-Version: 1.0\n" + one
		from := func(n int) string {
			return fmt.Sprintf("From %040x Mon Sep 17 00:00:00 2001\n", n)
		}
		all, err := mail.Split([]byte(from(1) + first + "\n" + from(2) + first))
		if err != nil || len(all) != 2 {
			t.Errorf("%s: %d mails, %v, want 2", name, len(all), err)
			continue
		}
		for _, m := range all {
			again, err := mail.Split(m.Data)
			if err != nil || len(again) != 1 || !bytes.Equal(again[0].Data, m.Data) {
				t.Errorf("%s: decoded once:\n%s\nand again (%v):\n%v", name, m.Data, err, again)
			}
			if !bytes.Contains(m.Data, []byte(patch)) {
				t.Errorf("%s: the patch is not in it:\n%s", name, m.Data)
			}
		}
	}
}
