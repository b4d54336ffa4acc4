package shell

// options are those of the shell that the import follows, beside errexit.
type options struct {
	NullGlob, GlobStar, DotGlob, NoCaseGlob, ExtGlob bool
	noUnset, noGlob, pipeFail, allExport, errTrace   bool
}

// Option is set -o NAME.
func (m *Machine) Option(name string, on bool) {
	switch name {
	case "errexit":
		m.Errexit = on
	case "nounset":
		m.Options.noUnset = on
	case "noglob":
		m.Options.noGlob = on
	case "pipefail":
		m.Options.pipeFail = on
	case "allexport":
		m.Options.allExport = on
	case "errtrace":
		m.Options.errTrace = on
	}
}
