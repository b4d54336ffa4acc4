package cli_test

import (
	"fmt"
	"strings"
	"time"
)

// pullHead is the newest commit of the miniature's pull request 7, and landedCommits are commits of its upstream.
const pullHead = "e02cda05f691df915b894877c62840db6bc9148d"

var landedCommits = []string{"660fedc57f2c8a94cf85f0be4d529900bc0f6ae7", "3d877c4c385ba1c98e368b38a6aa8942b17646c0",
	"f2f44e494482a1e8a80c4cc5ef06548b11b45ce4", "9374fa0d45ba24327e16c4341785281257ec7b9e",
	"109efbf24f5920db95cd7b15bf0f85f843fc5958"}

// askingInputs are series that ask git or upstream's history once for each of many things.
func askingInputs() (out []badInput) {
	add := func(name string, exit int, at string, toml func() string, patches map[string]any) {
		files := series("")
		files["patches/series.toml"] = made(toml)
		for name, text := range patches {
			files["patches/"+name] = text
		}
		out = append(out, badInput{name: "asks: " + name, files: files, exit: exit, at: at})
	}
	pulls := func(n int, pull string) func() string {
		return func() string {
			return many(n, func(i int) string { return fmt.Sprintf(pull+"\ncommit = %q", i+1, pullHead) })
		}
	}
	add("51 changes of one pull request", 2, "at most 50 changes may be", func() string {
		return many(51, func(int) string { return fmt.Sprintf("pull = \"miniature/mastodon#7\"\ncommit = %q", pullHead) })
	}, nil)
	add("50 pull requests", 3, "changes need you", pulls(50, `pull = "miniature/mastodon#%d"`), nil)
	add("pull requests of 50 repositories", 3, "changes need you", pulls(50, `pull = "fork%d/mastodon#7"`), nil)
	add("51 pull requests", 2, "at most 50 changes may be", pulls(51, `pull = "fork%d/mastodon#7"`), nil)
	add("overlays of 51 repositories", 2, "at most 50 changes may be", func() string {
		return many(51, func(i int) string {
			return fmt.Sprintf("overlay = { repository = \"https://example.org/%d\", commit = %q, files = { \"a\" = \"a\" } }",
				i, pullHead)
		})
	}, nil)
	add("2,000 changes that have landed", 3, "", func() string {
		return many(2000, func(i int) string {
			return fmt.Sprintf("landed = \"miniature/mastodon#%d\"\ncommit = %q", i+2, landedCommits[i%len(landedCommits)])
		})
	}, nil)
	out[len(out)-1].exits = []int{0}
	add("101 commits that have landed", 2, "at most 100 commits may have landed", func() string {
		return many(101, func(i int) string {
			return fmt.Sprintf("landed = \"miniature/mastodon#2\"\ncommit = \"%039d1\"", i+1)
		})
	}, nil)
	patchOf := func(i int) string { return fmt.Sprintf("patch = \"%d.patch\"", i) }
	patches := func(n int, text func(i int) string) map[string]any {
		all := map[string]any{}
		for i := range n {
			all[fmt.Sprintf("%d.patch", i)] = text(i)
		}
		return all
	}
	begun := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	add("2,000 patches of different dates", 3, "changes need you", func() string { return many(2000, patchOf) },
		patches(2000, func(i int) string {
			return strings.Replace(mail(i, "x", unfit(i)), "Mon, 1 Jun 2026 00:00:00 +0000",
				begun.Add(time.Duration(i)*time.Hour).Format(time.RFC1123Z), 1)
		}))
	gone := func(name string) string {
		return fmt.Sprintf("diff --git a/%s b/%[1]s\n--- a/%[1]s\n+++ b/%[1]s\n@@ -1 +1 @@\n-y\n+x\n", name)
	}
	add("2,000 patches of files that are gone", 3, "changes need you", func() string { return many(2000, patchOf) },
		patches(2000, func(i int) string { return gone(fmt.Sprintf("f%d", i)) }))
	add("a patch of 5,000 files that are gone", 3, "1 change needs you", func() string { return many(1, patchOf) },
		patches(1, func(int) string { return times(5000, func(i int) string { return gone(fmt.Sprintf("f%d", i)) }) }))
	add("seven patches of 69,300 files that are gone", 2, "more than 20000 files in all",
		func() string { return many(7, patchOf) }, patches(7, func(k int) string {
			return times(9900, func(i int) string { return gone(fmt.Sprintf("f%d-%d", k, i)) })
		}))
	add("four patches of 20,000 files that are gone", 3, "4 changes need you", func() string { return many(4, patchOf) },
		patches(4, func(k int) string {
			return times(5000, func(i int) string { return gone(fmt.Sprintf("f%d-%d", k, i)) })
		}))
	add("2,000 patches that fill one folder", 2, "more than 160 MiB", func() string { return many(2000, patchOf) },
		patches(2000, func(i int) string {
			return times(9, func(n int) string { return added(fmt.Sprintf("f%d-%d", i, n), "x\n") })
		}))
	return out
}
