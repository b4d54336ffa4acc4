package coreutils_test

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/coreutils"
)

// calls are calls of the programs, one a line.
const calls = `head -2
head -n3
head -n -2
head -c 5
head -c -3
head --lines=1
tail -2
tail -n +3
tail -c4
tail -c +4
tac
rev
cut -d: -f2
cut -d : -f 2-
cut -sd: -f1,3
cut -c1-3,5
cut -b2
cut -f1
tr a-z A-Z
tr [:lower:] [:upper:]
tr -d 0-9
tr -s e
tr -cd a-z\n
tr \n ,
tr \n \0
tr \012 \000
tr \0 \n
tr -d \012\7
tr -d \v\f
tr -s \40
tr a-c x
sort
sort -u
sort -r
sort -n
sort -z
sort -zr
uniq
uniq -c
uniq -d
uniq -u
wc -l
wc -c
wc -w
cat -n
base64
base64 -w0
base64 -w 10
base64 -d`

// TestAgainstThePrograms compares each call with the program itself, in two locales: what is certain is the same.
// With -short it starts the program for each fifth of these.
func TestAgainstThePrograms(t *testing.T) {
	texts := []string{"", "a\n", "no end", "b:1:x\na:2\n\na:2\nB:3\n", "10\n9\n9\n1\n", "eee\nee f\n  e\n", "aGVsbG8=\n",
		"über:x\nee\n", "x\n\n\n", "a_b\na-b\nab\n", "z\nA\nm\n",
		"9223372036854775807\n-2\n-9223372036854775808\n3\n", "\xbb0\n\xb5 0\n", "a\xff\na\n",
		"\u212a\nk\n", "\u0130b\n\u0130a\n", "\x01 a\x01\n", "a\u00a0b\u2003c\n", "\v \f a\r\n",
		"b\x00a\x00", "./b.patch\x00./a.patch"}
	certain := 0
	for call := range strings.Lines(calls) {
		fields := strings.Fields(call)
		if _, err := exec.LookPath(fields[0]); err != nil {
			t.Skipf("%s is not installed", fields[0])
		}
		f, ok := coreutils.Parse(fields[0], fields[1:])
		if !ok || len(f.Files) > 0 {
			t.Errorf("%s is not parsed", call)
			continue
		}
		for _, text := range texts {
			got, known := f.Run([][]byte{[]byte(text)})
			if !known {
				continue
			}
			if certain++; testing.Short() && certain%5 != 0 {
				continue
			}
			for _, locale := range []string{"C.UTF-8", "en_US.UTF-8"} {
				cmd := exec.CommandContext(t.Context(), fields[0], fields[1:]...)
				cmd.Env = []string{"LC_ALL=" + locale, "PATH=/usr/bin:/bin"}
				cmd.Stdin = strings.NewReader(text)
				want, _ := cmd.Output()
				if !bytes.Equal(got, want) {
					t.Errorf("%s of %q in %s: %q, want %q", strings.TrimSpace(call), text, locale, got, want)
				}
			}
		}
	}
	if certain < 300 {
		t.Errorf("only %d results are certain", certain)
	}
}

// TestUncertain holds what is left to the machine: options that are not here, and orders that locales decide.
func TestUncertain(t *testing.T) {
	for _, call := range []string{"sort -k2", "sort -t: -k1", "cut -d ab -f1", "tail -f", "head a b", "uniq in out",
		"tr a", `tr \400 x`, `tr \8 x`, "nl", "wc", "tr -c a-z x", "sort -o out"} {
		fields := strings.Fields(call)
		if f, ok := coreutils.Parse(fields[0], fields[1:]); ok {
			t.Errorf("%s is parsed: %v", call, f.Files)
		}
	}
	f, _ := coreutils.Parse("sort", nil)
	for _, text := range []string{"a\nB\n", "a_b\na-b\n", "ä\nb\n"} {
		if out, certain := f.Run([][]byte{[]byte(text)}); certain {
			t.Errorf("sort of %q is certain: %q", text, out)
		}
	}
}

// FuzzFilters runs any call on any text: none fails but by saying that it is not certain.
func FuzzFilters(f *testing.F) {
	for call := range strings.Lines(calls) {
		f.Add(strings.TrimSpace(call), "b:1\na:2\n")
	}
	f.Fuzz(func(t *testing.T, call, text string) {
		fields := strings.Fields(call)
		if len(fields) == 0 {
			return
		}
		if filter, ok := coreutils.Parse(fields[0], fields[1:]); ok {
			if out, certain := filter.Run([][]byte{[]byte(text)}); certain && len(out) > 100*(len(text)+10) {
				t.Errorf("%s makes %d bytes of %d", call, len(out), len(text))
			}
		}
	})
}
