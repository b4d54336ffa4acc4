package cli_test

import (
	"crypto/sha1"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"testing"
	"time"
)

// yardstick is the variable by which this program does a fixed piece of work and ends.
const yardstick = "HOWDAH_TEST_YARDSTICK"

// unhurried is the processor time that the work takes on a machine for which [mostTime] is meant.
const unhurried = 600 * time.Millisecond

// workWhereAsked does the work: it makes, counts and sorts lines and hashes them, with some 200 MB of memory, which is
// what judging a large patch does too.
func workWhereAsked() {
	if os.Getenv(yardstick) == "" {
		return
	}
	by := rand.New(rand.NewSource(1))
	lines, counts, all := make([]string, 700_000), map[string]int{}, []byte{}
	for i := range lines {
		lines[i] = strconv.Itoa(by.Intn(400_000)) + " a line of a text"
		counts[lines[i]]++
		all = append(all, lines[i]...)
	}
	slices.Sort(lines)
	fmt.Println(lines[0], len(counts), sha1.Sum(all))
	os.Exit(0)
}

// slowness is how many times as long as on such a machine the work takes here and now, beside whatever else runs: from
// 1 to 3.
func slowness(t *testing.T) float64 {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), yardstick+"=1")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	t.Logf("the yardstick takes %v, %v where a limit holds as it is written", took, unhurried)
	return min(max(1, float64(took)/float64(unhurried)), 3)
}
