package importer

import (
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/series"
)

const oneMail = `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001
From: =?UTF-8?q?J=C3=B6rg?= <j@localhost>
Subject: [PATCH 1/2] Two for
 one
Content-Transfer-Encoding: quoted-printable

Because=20of it.
---
diff --git a/f b/f
--- a/f
+++ b/f
@@ -1 +1 @@
-one
+two
--=20
2.39.5

`

// FuzzMailbox: whatever is read as a mailbox, the imported series can be read again.
func FuzzMailbox(f *testing.F) {
	f.Add([]byte(oneMail))
	f.Add([]byte(oneMail + oneMail))
	f.Add([]byte("From: x\nContent-Transfer-Encoding: base64\n\nZGlmZiAtLWdpdCBhL2YgYi9m\n"))
	f.Add([]byte("diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+two\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		imported, err := Source{}.Mailbox(t.Context(), "mails", data)
		if err != nil {
			return
		}
		readable(t, imported)
	})
}

// FuzzQuilt: the same for a quilt series with one patch.
func FuzzQuilt(f *testing.F) {
	patch := []byte("--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+two\n")
	f.Add([]byte("x.patch\n"), patch)
	f.Add([]byte("# no\nx.patch -p0 # why\n"), []byte("Index: f\n=====\n--- f.orig\n+++ f\n@@ -1 +1 @@\n-one\n+two\n"))
	f.Add([]byte("x.patch -p2"), []byte("--- a/b/f\n+++ a/b/f\n@@ -1 +1 @@\n-one\n+two\n"))
	f.Fuzz(func(t *testing.T, text, patch []byte) {
		imported,
			err := Source{}.Folder(t.Context(),
			series.Folder{Name: "p", FS: fstest.MapFS{"series": {Data: text}, "x.patch": {Data: patch}}})
		if err != nil {
			return
		}
		readable(t, imported)
	})
}

// readable loads the imported changes as a series.
func readable(t *testing.T, i *Import) {
	t.Helper()
	files := fstest.MapFS{"series.toml": {Data: i.Text()}}
	for name, data := range i.Files {
		files[name] = &fstest.MapFile{Data: data}
	}
	s, err := series.Load([]series.Folder{{Name: "p", FS: files}})
	if err != nil {
		t.Fatalf("what was imported cannot be read: %v\n%s", err, i.Text())
	}
	if len(s.Changes) != len(i.Changes) {
		t.Fatalf("%d changes were imported, %d are read", len(i.Changes), len(s.Changes))
	}
	for n, c := range s.Changes {
		if c.Refused != nil || c.Name != i.Changes[n].Name || len(c.Patch.Files) != len(i.Changes[n].Patch.Files) {
			t.Fatalf("%q is read back as %q: %v", i.Changes[n].Name, c.Name, c.Refused)
		}
	}
}
