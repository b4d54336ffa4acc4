package base

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/process"
)

// unpacking reads what debootstrap reports with --debian-installer, and shows how far it is: after "P: NOW END CODE"
// come the arguments, "PA: …", and the format, "PF: …". Errors are "E: CODE", "EA: …" and "EF: …", information "I: …"
// likewise; within a download "P: NOW END" comes alone.
type unpacking struct {
	progress func(format string, args ...any)
	what     string   // "downloading packages"
	now, end int64    // bytes, packages or a percentage, as unitOf says
	code     string   // of the step
	next     string   // the code of the message whose arguments are read
	args     []string // of that message
	errors   []string
}

// The units of debootstrap's counts; those of other codes are shown as a percentage.
const (
	inBytes    = "bytes"
	inPackages = "packages"
)

var unitOf = map[string]string{
	"DOWNDEBS": inBytes,
	"SIZEDEBS": inPackages, "EXTRACTPKGS": inPackages, "INSTCORE": inPackages, "UNPACKREQ": inPackages,
	"CONFREQ": inPackages, "UNPACKBASE": inPackages, "CONFBASE": inPackages,
}

// slow are the codes of information on steps that have no count.
var slow = map[string]bool{"RESOLVEREQ": true, "RESOLVEBASE": true, "RELEASESIG": true}

// read takes a line.
func (u *unpacking) read(line string) {
	kind, rest, ok := strings.Cut(line, ": ")
	if !ok {
		return
	}
	switch kind {
	case "P":
		var code string
		n, _ := fmt.Sscan(rest, &u.now, &u.end, &code)
		if n < 2 {
			return
		}
		if n == 3 {
			u.code, u.args = code, nil
			return // the words follow
		}
		u.show()
	case "E", "W", "I":
		u.next, u.args = rest, nil
	case "PA", "EA", "WA", "IA":
		u.args = append(u.args, rest)
	case "PF":
		u.what = u.text(rest)
		u.show()
	case "EF":
		u.errors = append(u.errors, u.text(rest))
	case "IF":
		if slow[u.next] {
			u.what, u.now, u.end = u.text(rest), 0, 0
			u.show()
		}
	}
}

// text is a message with its arguments, as it goes on in a line of ours.
func (u *unpacking) text(format string) string {
	args := u.args
	for strings.Contains(format, "%s") && len(args) > 0 {
		format = strings.Replace(format, "%s", args[0], 1)
		args = args[1:]
	}
	format = strings.TrimRight(format, ".")
	return strings.ToLower(format[:min(1, len(format))]) + format[min(1, len(format)):]
}

func (u *unpacking) show() {
	switch unit := unitOf[u.code]; {
	case u.end <= 0:
		u.progress("%s", u.what)
	case unit == inBytes:
		u.progress("%s, %.1f of %.1f MB", u.what, float64(u.now)/1e6, float64(u.end)/1e6)
	case unit == inPackages:
		u.progress("%s, %d of %d", u.what, u.now, u.end)
	default:
		u.progress("%s, %d%%", u.what, 100*u.now/u.end)
	}
}

// said is what an error of debootstrap shows: its own, else the end of its log.
func (u *unpacking) said(log []byte) string {
	if len(u.errors) > 0 {
		return strings.Join(u.errors, "\n")
	}
	return strings.Join(process.LastLines(string(log), 8), "\n")
}
