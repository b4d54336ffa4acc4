package cli_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// mail is a patch as git format-patch writes it.
func mail(n int, subject, patch string) string {
	return fmt.Sprintf("From %040x Mon Sep 17 00:00:00 2001\nFrom: A <a@example.org>\n"+
		"Date: Mon, 1 Jun 2026 00:00:00 +0000\n"+
		"Subject: [PATCH] %s\n\n---\n%s-- \n2.39.5\n\n", n+1, subject, patch)
}

// unfit is a patch that fits nowhere.
func unfit(n int) string {
	return fmt.Sprintf("diff --git a/Gemfile b/Gemfile\n--- a/Gemfile\n+++ b/Gemfile\n"+
		"@@ -1,2 +1,2 @@\n nothing %d\n-b\n+c\n", n)
}

func times(n int, text func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(text(i))
	}
	return b.String()
}

// heavyImports are what people may want to import, of ten megabytes at most, in every form.
func heavyImports() (out []badInput) {
	add := func(name string, exit int, at string, files map[string]any) *badInput {
		out = append(out, badInput{name: "import: " + name, files: files, exit: exit, at: at,
			args: []string{"patch:import", "from", "-dry", "-offline"}})
		return &out[len(out)-1]
	}
	one := func(name string, exit int, at string, text func() string) *badInput {
		return add(name, exit, at, map[string]any{"../from": made(text)})
	}
	long := func(n int) string { return strings.Repeat("long ", n/5) }
	one("a mailbox of one patch of 10 MB", 0, "clean", func() string {
		return mail(1, "big", added("new.txt", lines(900_000, 1_000_000, "")))
	})
	one("a mailbox of 2,000 patches that fit nowhere", 3, "", func() string {
		return times(2000, func(i int) string { return mail(i, fmt.Sprintf("patch %d", i), unfit(i)) })
	})
	one("a mailbox of 5,001 patches", 2, "from:", func() string {
		return times(5001, func(i int) string { return mail(i, fmt.Sprintf("patch %d", i), unfit(i)) })
	})
	one("a mailbox of 20,000 patches of one subject", 2, "from:", func() string {
		return times(20_000, func(i int) string { return mail(i, "the same", unfit(i)) })
	})
	one("a subject of 10 MB", 0, "clean", func() string { return mail(1, long(10_000_000), added("new.txt", "x\n")) })
	one("a header of 10 MB", 0, "clean", func() string {
		return strings.Replace(mail(1, "x", added("new.txt", "x\n")), "Date: ", "X: "+long(10_000_000)+"\nDate: ", 1)
	})
	one("a million headers", 2, "lines, at most 1000000", func() string {
		return strings.Replace(mail(1, "x", added("new.txt", "x\n")), "Date: ",
			strings.Repeat("X: y\n", 1_000_000)+"Date: ", 1)
	})
	one("an encoded subject of 10 MB", 0, "clean", func() string {
		return mail(1, "=?utf-8?q?"+strings.Repeat("=41", 3_000_000)+"?=", added("new.txt", "x\n"))
	})
	one("a mail of nested parts", 2, "from:", func() string {
		return "From: a@example.org\nSubject: x\n" + times(50_000, func(i int) string {
			return fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
		})
	})
	one("text in quoted-printable of 10 MB", 0, "clean", func() string {
		return strings.Replace(mail(1, "x", added("new.txt", strings.Repeat("=41\n", 900_000))), "Date: ",
			"Content-Transfer-Encoding: quoted-printable\nDate: ", 1)
	})
	one("a field of 900,000 folded lines", 0, "clean", func() string {
		return strings.Replace(mail(1, "x", added("new.txt", "x\n")), "Date: ",
			"X: y\n"+strings.Repeat(" y\n", 900_000)+"Date: ", 1)
	})
	one("a Content-Type of 900,000 parameters", 0, "clean", func() string {
		return strings.Replace(mail(1, "x", added("new.txt", "x\n")), "Date: ", "Content-Type: text/plain; "+
			times(900_000, func(i int) string { return fmt.Sprintf("a%d=b; ", i) })+"\nDate: ", 1)
	})
	one("two million lines that begin as a diff does", 2, "at most 1000000", func() string {
		return mail(1, "x", strings.Repeat("--- \n", 2_000_000)+added("new.txt", "x\n"))
	})
	one("a mailbox of 2,001 patches", 2, "more than 2000 patches, which is the limit of an import", func() string {
		return times(2001, func(i int) string { return mail(i, fmt.Sprintf("patch %d", i), unfit(i)) })
	})
	commits := func(n, files int) string {
		return times(n, func(i int) string {
			return fmt.Sprintf("commit %040x\nAuthor: A <a@example.org>\nDate:   Mon Jun 1 00:00:00 2026 +0000\n\n"+
				"    x %d\n\n%s", i+1, i, times(files, func(k int) string { return added(fmt.Sprintf("d%d/f%d", i, k), "x\n") }))
		})
	}
	one("a log of 4,900 commits", 2, "more than 2000 patches", func() string { return commits(4900, 15) })
	one("a log of 10,000 files", 3, "", func() string { return commits(2000, 5) })
	one("a log of 12,000 files", 2, "more than 10000 files", func() string { return commits(2000, 6) })
	one("a subject of two million folded lines", 2, "lines, at most 1000000", func() string {
		return mail(1, "x"+strings.Repeat("\n y", 2_000_000), added("new.txt", "x\n"))
	})
	one("a log of 2,000 commits", 3, "", func() string {
		return times(2000, func(i int) string {
			return fmt.Sprintf("commit %040x\nAuthor: A <a@example.org>\nDate:   Mon Jun 1 00:00:00 2026 +0000\n\n"+
				"    x %d\n\n%s", i+1, i, times(20, func(n int) string { return added(fmt.Sprintf("d%d/f%d", i, n), "x\n") }))
		})
	}).exits = []int{0, 2}
	folder := func(name string, exit int, at string, files map[string]any) *badInput {
		all := map[string]any{}
		for file, what := range files {
			all["../from/"+file] = what
		}
		return add(name, exit, at, all)
	}
	some := func(n int, patch func(i int) string) map[string]any {
		files := map[string]any{}
		for i := range n {
			files[fmt.Sprintf("%05d.patch", i)] = patch(i)
		}
		return files
	}
	folder("a folder of 2,000 patches that fit nowhere", 3, "", some(2000, unfit))
	folder("a folder of ten patches of 1 MB", 0, "clean", some(10, func(i int) string {
		return added(fmt.Sprintf("new%d.txt", i), lines(90_000, 1_000_000, ""))
	}))
	folder("a folder of 20 packed patches of a million lines", 2, "lines, at most 1000000", some(20, func(int) string {
		return zipped(added("new.txt", strings.Repeat("x\n", 900_000)))
	}))
	folder("a quilt series of 50,000 names", 2, "at most 2000 are allowed", map[string]any{"series": made(func() string {
		return times(50_000, func(i int) string { return fmt.Sprintf("%d.patch\n", i) })
	}), "0.patch": unfit(1)})
	folder("a folder with a pipe", 3, "a.patch", map[string]any{"a.patch": pipe{}}).exits = []int{2}
	folder("a folder with a link to /dev/zero", 3, "a.patch",
		map[string]any{"a.patch": link("/dev/zero")}).exits = []int{2, 7}
	folder("a folder with a link to itself", 3, "a.patch",
		map[string]any{"a.patch": link("a.patch")}).exits = []int{2, 7}
	folder("a folder with a folder for a patch", 2, "", map[string]any{"a.patch/x": "x"})
	folder("a folder with a patch of 17 MB", 3, "a.patch", map[string]any{"a.patch": made(func() string {
		return added("new.txt", strings.Repeat("x\n", 9<<20))
	})}).exits = []int{2}
	folder("a quilt series that is a pipe", 2, "series", map[string]any{"series": pipe{}, "a.patch": unfit(1)})
	folder("a quilt series that is /dev/zero", 2, "series",
		map[string]any{"series": link("/dev/zero"), "a.patch": unfit(1)}).exits = []int{7}
	folder("a quilt series of one line of 10 MB", 2, "series", map[string]any{"series": made(func() string {
		return strings.Repeat("a", 10_000_000) + "\n"
	}), "a.patch": unfit(1)})
	folder("a quilt series that names one patch 900,000 times", 2, "from: the folder has", map[string]any{
		"series": made(func() string { return strings.Repeat("a.patch\n", 900_000) }), "a.patch": unfit(1)})
	folder("a quilt series of 2,000 patches that fit nowhere", 3, "", func() map[string]any {
		files := some(2000, unfit)
		files["series"] = times(2000, func(i int) string { return fmt.Sprintf("%05d.patch\n", i) })
		return files
	}())
	heavyScripts(one)
	heavyDockerfiles(folder)
	heavyClones(one)
	for _, what := range []struct {
		name string
		make func(file string) error
	}{
		{"a gzip of a gigabyte", func(file string) error {
			f, err := os.Create(file)
			if err != nil {
				return err
			}
			z, zeros := gzip.NewWriter(f), make([]byte, 1<<20)
			for range 1 << 10 {
				if _, err := z.Write(zeros); err != nil {
					return err
				}
			}
			return errors.Join(z.Close(), f.Close())
		}},
		{"a zip", func(file string) error {
			return os.WriteFile(file, []byte("PK\x03\x04"+strings.Repeat("\x00", 99)), 0o644)
		}},
		{"an archive", packed},
	} {
		one(what.name, 2, "from:1: ", func() string { return "" }).make = func(_ *bench, dir string) error {
			return what.make(dir + "/from")
		}
	}
	return out
}

// zipped is a text as gzip packs it.
func zipped(text string) string {
	var b strings.Builder
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return b.String()
}
