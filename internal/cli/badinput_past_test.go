package cli_test

import (
	"fmt"
	"path/filepath"
	"strings"
)

// heavySeries are series of many patches of what upstream has, and had.
func (p *past) heavySeries() (out []badInput) {
	add := func(name string, n int, patch func(i int) string) {
		out = append(out, badInput{name: "history: " + name, files: patches(n, patch)})
	}
	add("2,000 patches with unknown ids", 2000, func(i int) string {
		return misfit(p.file(i).name, unknownIDs(i, 40), i)
	})
	add("2,000 patches with unknown ids of nine digits", 2000, func(i int) string {
		return misfit(p.file(i).name, unknownIDs(i, 9), i)
	})
	add("2,000 patches of one file with unknown ids", 2000, func(i int) string {
		return misfit("config/locales/en.yml", unknownIDs(i, 40), i)
	})
	add("4,900 patches of files long gone", 4900, func(i int) string { return misfit(p.gone[i%len(p.gone)], "", i) })
	add("4,900 patches of files long gone with ids", 4900, func(i int) string {
		return misfit(p.gone[i%len(p.gone)], unknownIDs(i, 40), i)
	})
	add("a patch of 9,000 files long gone", 1, func(int) string {
		return times(9000, func(i int) string { return misfit(p.gone[i%len(p.gone)], "", i) })
	})
	add("2,000 misfits", 2000, func(i int) string { return misfit(p.file(i).name, "", i) })
	add("4,900 misfits", 4900, func(i int) string { return misfit(p.file(i).name, "", i) })
	add("2,000 misfits of one file", 2000, func(i int) string { return misfit("config/locales/en.yml", "", i) })
	add("2,000 misfits of large files", 2000, func(i int) string {
		return misfit([]string{"yarn.lock", "Gemfile.lock", "config/locales/de.yml", "config/locales/ja.yml",
			"app/javascript/mastodon/locales/de.json", "db/schema.rb"}[i%6], "", i)
	})
	add("2,000 misfits sent years ago", 2000, func(i int) string {
		return strings.Replace(mail(i, fmt.Sprintf("patch %d", i), misfit(p.file(i).name, "", i)), "2026",
			fmt.Sprint(2017+i%9), 1)
	})
	add("a patch of 9,000 misfits", 1, func(int) string {
		return times(9000, func(i int) string { return misfit(p.files[i%len(p.files)].name, "", i) })
	})
	add("900 patches that upstream has", 900, func(i int) string { return p.altered[i].diff })
	add("900 patches that upstream has, without ids", 900, func(i int) string {
		return withoutIndex(p.altered[i].diff)
	})
	add("900 patches that take back what upstream did", 900, func(i int) string { return reversed(p.altered[i].diff) })
	add("900 patches made for old states", 900, func(i int) string { return ownLines(p.altered[i].diff, i) })
	add("900 patches made for old states, without ids", 900, func(i int) string {
		return ownLines(withoutIndex(p.altered[i].diff), i)
	})
	add("900 patches made for the oldest states, without ids", 900, func(i int) string {
		return ownLines(withoutIndex(p.altered[len(p.altered)-1-i].diff), i)
	})
	removed := func(name string) string {
		return fmt.Sprintf("diff --git a/%s b/%[1]s\ndeleted file mode 100644\n--- a/%[1]s\n+++ /dev/null\n"+
			"@@ -1 +0,0 @@\n-x\n", name)
	}
	add("4,900 deletes of other contents", 4900, func(i int) string { return removed(p.file(i).name) })
	add("4,900 deletes of files long gone", 4900, func(i int) string { return removed(p.gone[i%len(p.gone)]) })
	moved := func(from, to string) string {
		return fmt.Sprintf("diff --git a/%s b/%s\nsimilarity index 100%%\n"+
			"rename from %[1]s\nrename to %[2]s\n", from, to)
	}
	add("4,900 renames", 4900, func(i int) string { return moved(p.file(i).name, fmt.Sprintf("new/%d", i)) })
	add("4,900 renames of files long gone", 4900, func(i int) string {
		return moved(p.gone[i%len(p.gone)], fmt.Sprintf("new/%d", i))
	})
	add("a patch of 4,900 renames", 1, func(int) string {
		return times(4900, func(i int) string { return moved(p.file(i).name, fmt.Sprintf("new/%d", i)) })
	})
	mode := func(name string) string {
		return fmt.Sprintf("diff --git a/%s b/%[1]s\nold mode 100644\nnew mode 100755\n", name)
	}
	add("4,900 modes", 4900, func(i int) string { return mode(p.file(i).name) })
	add("4,900 modes of files long gone", 4900, func(i int) string { return mode(p.gone[i%len(p.gone)]) })
	add("a patch of 4,900 modes", 1, func(int) string {
		return times(4900, func(i int) string { return mode(p.file(i).name) })
	})
	add("4,900 new files where upstream has one", 4900, func(i int) string { return added(p.file(i).name, "x\n") })
	add("4,900 new files", 4900, func(i int) string { return added(fmt.Sprintf("new/%d/%d", i/100, i), "x\n") })
	add("a hunk of 9 MB", 1, func(int) string {
		return fmt.Sprintf("diff --git a/yarn.lock b/yarn.lock\n--- a/yarn.lock\n+++ b/yarn.lock\n"+
			"@@ -1,1 +1,%d @@\n x\n+%s\n", 450_001,
			strings.ReplaceAll(strings.TrimSpace(lines(450_000, 1_000_000, "a long line ")), "\n", "\n+"))
	})
	add("100,000 hunks", 1, func(int) string {
		return strings.ReplaceAll(hunks(100_000), "Gemfile", "yarn.lock")
	})
	add("100,000 hunks of 1,000 files", 1000, func(i int) string {
		return strings.ReplaceAll(hunks(100), "Gemfile", p.file(i).name)
	})
	return out
}

// heavyChanges are the other kinds of changes, many of them.
func (p *past) heavyChanges() (out []badInput) {
	add := func(name string, text func() string) {
		files := series("")
		files["patches/series.toml"] = made(text)
		out = append(out, badInput{name: "history: " + name, files: files})
	}
	edit := func(name, find string) string {
		return fmt.Sprintf("{ file = %q, find = %q, replace = \"x\" },\n", name, find)
	}
	one := func(name, find string) string { return "edit = [ " + edit(name, find) + " ]" }
	add("5,000 edits whose text is not found", func() string {
		return many(5000, func(i int) string { return one(p.file(i).name, fmt.Sprintf("nothing %d", i)) })
	})
	add("5,000 edits of one file whose text is not found", func() string { return many(5000, p.mostOften) })
	add("5,000 edits of files long gone", func() string {
		return many(5000, func(i int) string { return one(p.gone[i%len(p.gone)], "e") })
	})
	add("30 changes of 1,000 edits", func() string {
		return many(30, func(k int) string {
			return "edit = [\n" + times(1000, func(i int) string {
				return edit(p.file(k*1000+i).name, fmt.Sprintf("nothing %d", i))
			}) + "]"
		})
	})
	add("5,000 edits that are made", func() string {
		return many(5000, func(i int) string {
			return fmt.Sprintf("edit = [ { file = %q, match = '\\A(?s:.)', replace = \"x\" } ]", p.file(i).name)
		})
	})
	add("2,000 edits that look like a file's text", func() string {
		return many(2000, func(i int) string {
			return one("config/locales/en.yml", fmt.Sprintf("created_msg: Note %d", i))
		})
	})
	add("4,900 changes for versions and days", func() string {
		return many(4900, func(i int) string {
			return fmt.Sprintf("for = \">= 4.%d, < 5.%d\"\nfrom = \"01-01\"\nuntil = \"12-31\"\n%s", i%3, i%7,
				one(p.file(i).name, fmt.Sprintf("nothing %d", i)))
		})
	})
	add("100 changes that landed by unknown commits", func() string {
		return many(100, func(i int) string {
			return fmt.Sprintf("landed = \"mastodon/mastodon#%d\"\ncommit = \"%040x\"", i+1, i+1)
		})
	})
	add("100 changes that landed by commits", func() string {
		return many(100, func(i int) string {
			return fmt.Sprintf("landed = \"mastodon/mastodon#%d\"\ncommit = %q", i+1, p.altered[i*9].commit)
		})
	})
	add("50 pull requests of unknown commits", func() string {
		return many(50, func(i int) string {
			return fmt.Sprintf("pull = \"mastodon/mastodon#%d\"\ncommit = \"%040x\"", i+1, i+1)
		})
	})
	locked := func(name string, kinds func(i int) string) {
		text := many(2000, kinds)
		files := series(text)
		files["series.lock"] = fmt.Sprintf("upstream = %q\n", p.altered[0].commit) + times(2000, func(i int) string {
			return fmt.Sprintf("[[change]]\nname = \"c%d\"\nsha256 = \"%064x\"\ncommit = %q\n", i, i,
				p.altered[i%900].commit)
		})
		out = append(out, badInput{name: "history: " + name, files: files})
	}
	locked("a lock of 900 commits", func(i int) string { return one(p.file(i).name, fmt.Sprintf("nothing %d", i)) })
	overlay := func(name string, n, each int, file func(i int) string, content func() string) {
		files := series(many(n, func(i int) string { return fmt.Sprintf("overlay = \"o%d\"", i) }))
		for i := range n * each {
			files[fmt.Sprintf("patches/overlays/o%d/%s", i/each, file(i))] = made(content)
		}
		out = append(out, badInput{name: "history: " + name, files: files})
	}
	small := func() string { return "x\n" }
	there := func(i int) string { return p.file(i).name }
	gone := func(i int) string { return p.gone[i%len(p.gone)] }
	overlay("an overlay of 9,000 files that upstream has", 1, 9000, there, small)
	overlay("100 overlays of 90 files that upstream has", 100, 90, there, small)
	overlay("an overlay of 9,000 files long gone", 1, 9000, func(i int) string { return "o/" + gone(i) }, small)
	overlay("an overlay of 9,000 new files", 1, 9000, func(i int) string { return fmt.Sprintf("new/%d/%d", i/100, i) },
		small)
	overlay("1,000 overlays of 9 files", 1000, 9, there, small)
	overlay("five overlays of 1.8 MB", 5, 1, there, func() string { return lines(200_000, 1_000_000, "a") })
	return out
}

// heavyImports are imports that change many of upstream's files.
func (p *past) heavyImports() (out []badInput) {
	add := func(name string, make func(dir string) error, text func() string) {
		c := badInput{name: "import: history: " + name, files: map[string]any{"../from": made(text)},
			args: []string{"patch:import", "from", "-dry"}}
		if make != nil {
			c.make = func(_ *bench, dir string) error { return make(filepath.Join(dir, "from")) }
			delete(c.files, "../from")
		}
		out = append(out, c)
	}
	add("a script of 10 MB", nil, func() string {
		return "#!/bin/sh\n" + times(150_000, func(i int) string {
			return fmt.Sprintf("sed -i 's/e%d/x/' %s\n", i, p.file(i).name)
		})
	})
	for _, n := range []int{1190, 5000} {
		add(fmt.Sprintf("a script of %d sed lines", n), nil, func() string {
			return "#!/bin/sh\n" + times(n, func(i int) string { return fmt.Sprintf("sed -i s/e/x/ %s\n", p.file(i).name) })
		})
	}
	add("a script of 240 sed lines that differ", nil, func() string {
		return "#!/bin/sh\n" + times(240, func(i int) string {
			return fmt.Sprintf("sed -i s/e/x%d/ %s\n", i, p.file(i).name)
		})
	})
	add("a script that edits all files", nil, func() string {
		return "#!/bin/sh\nfind app -name '*.rb' | xargs sed -i s/Mastodon/Howdah/\n" +
			"sed -i s/e/x/ app/javascript/mastodon/locales/*\ngrep -rl Mastodon . | xargs sed -i s/Mastodon/Howdah/\n"
	})
	add("a script that removes and moves folders", nil, func() string {
		return "#!/bin/sh\nrm -rf spec\nmv app/javascript app/script\ncp -r app app2\ncp -r config config2\n"
	})
	mails := func(name string, n int, patch func(i int) string) {
		add(name, nil, func() string {
			return times(n, func(i int) string { return mail(i, fmt.Sprintf("patch %d", i), patch(i)) })
		})
	}
	mails("a mailbox of 5,000 mails", 5000, func(i int) string { return misfit(p.file(i).name, "", i) })
	mails("a mailbox of 2,000 misfits", 2000, func(i int) string {
		return misfit(p.file(i).name, unknownIDs(i, 40), i)
	})
	mails("a mailbox of 2,000 patches of files long gone", 2000, func(i int) string { return misfit(p.gone[i], "", i) })
	mails("a mailbox of 900 patches for old states", 900, func(i int) string { return ownLines(p.altered[i].diff, i) })
	beside := func(n int, name func(i int) string, dockerfile string) func(string) error {
		return func(dir string) error {
			for i := range n {
				if err := put(filepath.Join(dir, name(i)), fmt.Sprintf("x%d\n", i)); err != nil {
					return err
				}
			}
			return put(filepath.Join(dir, "Dockerfile"), dockerfile)
		}
	}
	number := func(i int) string { return fmt.Sprintf("f%d", i) }
	add("a Dockerfile of 990 copies", beside(990, number, "FROM x\nWORKDIR /opt/mastodon\n"+
		times(990, func(i int) string { return fmt.Sprintf("COPY f%d %s\n", i, p.file(i).name) })), nil)
	add("a Dockerfile that copies 9,000 files", beside(9000, number, "FROM x\nWORKDIR /opt/mastodon\nCOPY . .\n"), nil)
	add("a Dockerfile that copies 9,000 files over upstream's",
		beside(9000, func(i int) string { return p.files[i].name }, "FROM x\nWORKDIR /opt/mastodon\nCOPY . .\n"), nil)
	add("a Dockerfile that copies 19,000 files twice", beside(19_000,
		func(i int) string { return fmt.Sprintf("d%d/f%d", i/1000, i) },
		"FROM x\nWORKDIR /opt/mastodon\nCOPY . .\nCOPY . more\n"), nil)
	return out
}
