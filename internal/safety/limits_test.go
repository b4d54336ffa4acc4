package safety

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

// TestPathLimits reaches each limit of a path, and goes beyond it by one: docs/safety.md has the numbers.
func TestPathLimits(t *testing.T) {
	long := strings.Repeat(strings.Repeat("n", 127)+"/", 31) // 31 folders, 3,968 bytes
	for _, test := range []struct{ name, path, says string }{
		{"255 bytes in a name", "app/" + strings.Repeat("n", 255), ""},
		{"256 bytes in a name", "app/" + strings.Repeat("n", 256), "a name in a path has 256 bytes, at most 255 are allowed"},
		{"256 bytes in a folder's name", strings.Repeat("n", 256) + "/x", "a name in a path has 256 bytes"},
		{"64 parts", strings.Repeat("a/", 63) + "a", ""},
		{"65 parts", strings.Repeat("a/", 64) + "a", "a path has 65 parts, at most 64 are allowed"},
		{"4,096 bytes", long + strings.Repeat("n", 128), ""},
		{"4,097 bytes", long + strings.Repeat("n", 129), "a path has 4097 bytes, at most 4096 are allowed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			refused := CheckPath(test.path, nil)
			switch {
			case test.says == "" && refused != nil:
				t.Errorf("at the limit: %.200v", refused)
			case test.says == "":
			case refused == nil || refused.Code != fault.Gate || !strings.HasPrefix(refused.Error(), test.says):
				t.Errorf("beyond the limit: %.200v, want %q with exit 7", refused, test.says)
			}
		})
	}
}
