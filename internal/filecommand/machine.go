package filecommand

import (
	"slices"

	"github.com/howdah/howdah/internal/shell"
)

// installers are the commands that change the machine that they run on, by the operand or option that makes them do
// so; one with an empty set always does.
var installers = map[string]map[string]bool{
	"apt": ofDebian, "apt-get": ofDebian, "dnf": ofDebian, "yum": ofDebian,
	"apk": shell.Set("add del upgrade fix"), "dpkg": shell.Set("-i --install --add-architecture -r -P"),
	"pip": ofLanguage, "pip3": ofLanguage, "gem": ofLanguage, "npm": shell.Set("-g --global"), "yarn": shell.Set("global"),
	"useradd": {}, "groupadd": {}, "adduser": {}, "addgroup": {}, "usermod": {}, "locale-gen": {}, "update-locale": {},
}

var (
	ofDebian   = shell.Set("install upgrade dist-upgrade full-upgrade remove purge autoremove reinstall")
	ofLanguage = shell.Set("install uninstall update")
)

// ChangesMachine reports whether a command that changes no file of the tree changes the machine that it runs on.
func ChangesMachine(c *shell.Call) bool {
	by, found := installers[c.Name]
	return found && (len(by) == 0 || slices.ContainsFunc(c.Args, func(a shell.Word) bool { return by[a.Text] }))
}
