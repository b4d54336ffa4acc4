package diff_test

import (
	"fmt"

	"github.com/howdah/howdah/internal/diff"
)

// A diff is parsed, and its hunk is applied although lines were added above it.
func ExampleFile_Apply() {
	files, err := diff.Parse([]byte(`diff --git a/limit.rb b/limit.rb
--- a/limit.rb
+++ b/limit.rb
@@ -1,3 +1,3 @@
 class Limit
-  MAX = 500
+  MAX = 512
 end
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	after, placed, err := files[0].Apply([]byte("# frozen_string_literal: true\n\nclass Limit\n  MAX = 500\nend\n"))
	fmt.Printf("%s%d lines away, %v\n", after, placed[0].Offset, err)
	// Output:
	// # frozen_string_literal: true
	//
	// class Limit
	//   MAX = 512
	// end
	// 2 lines away, <nil>
}

// Each side changes a line of its own: no conflict.
func ExampleMerge() {
	merged, conflicts := diff.Merge([]byte("a\nb\nc\n"), []byte("A\nb\nc\n"), []byte("a\nb\nC\n"))
	fmt.Printf("%s%d conflicts\n", merged, len(conflicts))
	// Output:
	// A
	// b
	// C
	// 0 conflicts
}
