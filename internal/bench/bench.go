// Package bench holds nothing but benchmarks: the same work done by Howdah and by the programs that people use for it
// today, side by side, on the history of a real upstream. HOWDAH_TEST_UPSTREAM names its repository; a peer that is
// not installed is skipped, aloud.
package bench
