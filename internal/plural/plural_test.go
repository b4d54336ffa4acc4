package plural_test

import (
	"fmt"

	"github.com/howdah/howdah/internal/plural"
)

func ExampleOf() {
	fmt.Println(plural.Of(1, "change"))
	fmt.Println(plural.Of(2, "change"))
	fmt.Println(plural.Of(0, "entry"))
	fmt.Println(plural.Of(3, "patch"))
	fmt.Println(plural.Of(2, "day"))
	// Output:
	// 1 change
	// 2 changes
	// 0 entries
	// 3 patches
	// 2 days
}

func ExampleFew() {
	fmt.Println(plural.Few([]string{"a"}))
	fmt.Println(plural.Few([]string{"a", "b", "c"}))
	fmt.Println(plural.Few([]string{"a", "b", "c", "d"}))
	// Output:
	// a
	// a, b, c
	// a, b, c and 1 more
}
