package stamp_test

import (
	"fmt"
	"time"

	"github.com/howdah/howdah/internal/stamp"
)

// The version that a server shows names the distribution and the commit that it is built from.
func ExampleStamp_Shown() {
	version, err := stamp.Parse("4.6.0-alpha.7")
	if err != nil {
		fmt.Println(err)
		return
	}
	s := stamp.Stamp{Name: "example", Version: version, Pin: "c6facd27e3f5f2f7f5b1c2a4d8e9f0a1b2c3d4e5"}
	fmt.Println(s.Shown())
	// Output: 4.6.0-alpha.7+example.c6facd27e
}

// A release's tag sorts by time, and says what it was made of.
func ExampleNewTag() {
	version, err := stamp.Parse("4.6.0-alpha.7")
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 5, 1, 4, 5, 6, 0, time.UTC)
	tag, err := stamp.NewTag(at, version, "c6facd27e3f5f2f7f5b1c2a4d8e9f0a1b2c3d4e5", "5561ce41")
	fmt.Println(tag, err)
	// Output: 20260501T040506Z-4.6.0-alpha.7-gc6facd27e-5561ce41 <nil>
}
