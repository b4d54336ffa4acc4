package safety

import (
	"testing"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

func TestCheckMode(t *testing.T) {
	for _, tt := range []struct {
		old, mode tree.Mode
		code      fault.Code
	}{
		{0, tree.Regular, 0}, {tree.Regular, tree.Executable, 0}, {tree.Symlink, tree.Symlink, 0},
		{0, tree.Submodule, fault.Gate}, {tree.Submodule, tree.Regular, fault.Gate},
		{0, tree.Folder, fault.Usage}, {0, 0o104755, fault.Usage}, {0, 0o100600, fault.Usage},
		{tree.Regular, tree.Symlink, fault.Gate}, {tree.Symlink, tree.Executable, fault.Gate},
	} {
		var code fault.Code
		if refused := CheckMode("x", tt.old, tt.mode); refused != nil {
			code = refused.Code
		}
		if code != tt.code {
			t.Errorf("from %s to %s: %d, want %d", tt.old, tt.mode, code, tt.code)
		}
	}
}

func TestCheckTarget(t *testing.T) {
	for target, safe := range map[string]bool{
		"x": true, "../packs/sw.js": true, "./x": true, "../x/y": true,
		"": false, "/etc/passwd": false, "../../x": false, "..": true, "../..": false, "x/../y": false, "a\x1b": false,
		"a\xff": false,
		`..\x`:  false, "../.git/config": false, "../.GIT": false, "../lib/GIT~1/x": false, "a\u200cb": false,
	} {
		if refused := CheckTarget("public/link", target); (refused == nil) != safe {
			t.Errorf("to %q: %v", target, refused)
		}
	}
	for _, name := range []string{".gitmodules", "lib/.gitattributes", ".GITIGNORE", ".mailmap.git/../.gitmodules"} {
		if CheckTarget(name, "x") == nil {
			t.Errorf("a link at %q is let through", name)
		}
	}
}
