package patchimport

import "testing"

// TestInterpreter: a script of another program than a shell is a command of that program, by its first line or its
// name; what neither says is the shell's, if a file says at all that it is a script.
func TestInterpreter(t *testing.T) {
	for _, test := range []struct {
		name, data, want string
		script           bool
	}{
		{"a.py", "import re\n", "python3", true},
		{"a", "#!/usr/bin/env python3\nimport re\n", "python3", true},
		{"a", "#!/usr/bin/env -S ruby -w\nputs 1\n", "ruby -w", true},
		{"a.rb", "#!/usr/bin/ruby -w\nputs 1\n", "ruby -w", true},
		{"a.pl", "print 1;\n", "perl", true},
		{"a.py", "#!/bin/sh\nsed -i s/a/b/ c\n", "", true},
		{"patch.sh", "sed -i s/a/b/ c\n", "", true},
		{"patch", "#!/bin/bash\nsed -i s/a/b/ c\n", "", true},
		{"a", "#!\nx\n", "", true},
		{"Makefile", "all:\n\tsed -i s/a/b/ c\n", "", false},
		{"notes.txt", "Hello\n", "", false},
		{"default.nix", "{ pkgs }: {}\n", "", false},
	} {
		if got := interpreter(test.name, []byte(test.data)); got != test.want {
			t.Errorf("%s, %q: %q, want %q", test.name, test.data, got, test.want)
		}
		if got := saysScript(test.name, []byte(test.data)); got != test.script {
			t.Errorf("%s, %q says that it is a script: %t", test.name, test.data, got)
		}
	}
}
