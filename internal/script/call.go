package script

import (
	"path"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// call is one simple command, expanded.
type call struct {
	spot
	name string
	args []word // without the name
}

// first is the first argument that is not known, or nil.
func (c *call) first() *word {
	for i := range c.args {
		if !c.args[i].known() {
			return &c.args[i]
		}
	}
	return nil
}

// texts are the arguments as they stand.
func (c *call) texts() []string {
	var out []string
	for _, a := range c.args {
		out = append(out, a.s)
	}
	return out
}

// call follows a simple command.
func (m *machine) call(c *syntax.CallExpr) {
	*m.steps++
	at := m.stmtAt
	if len(c.Args) == 0 {
		m.status = succeeded
		for _, a := range c.Assigns {
			m.assign(a)
		}
		m.harmless(at)
		return
	}
	args := m.fields(c.Args)
	if len(args) == 0 {
		m.harmless(at)
		return
	}
	restore := m.prefixed(c.Assigns)
	m.dispatch(&call{spot: at, name: args[0].s, args: args[1:]}, args[0])
	restore()
}

// saved is a variable as it was.
type saved struct {
	v        expand.Variable
	had      bool
	why      string
	doubtful bool
}

func (m *machine) saved(name string) (old saved) {
	old.v, old.had = m.vars[name]
	old.why, old.doubtful = m.doubts[name]
	return old
}

func (m *machine) restore(name string, old saved) {
	delete(m.vars, name)
	delete(m.doubts, name)
	if old.had {
		m.vars[name] = old.v
	}
	if old.doubtful {
		m.doubts[name] = old.why
	}
}

// prefixed sets the variables of one command, and gives what takes them back.
func (m *machine) prefixed(assigns []*syntax.Assign) func() {
	before := map[string]saved{}
	for _, a := range assigns {
		if _, again := before[a.Name.Value]; !again {
			before[a.Name.Value] = m.saved(a.Name.Value)
		}
		m.assign(a)
	}
	return func() {
		for name, old := range before {
			m.restore(name, old)
		}
	}
}

// dispatch runs a command by its name.
func (m *machine) dispatch(c *call, name word) {
	if !name.known() && !strings.HasPrefix(name.s, start) {
		if !m.nested(c, name.s) {
			m.status = m.unclear(c.spot, name.doubt())
		}
		return
	}
	if f, found := m.funcs[c.name]; found && m.unsure[c.name] == "" {
		m.invoke(f, c.args)
		return
	}
	if why := m.unsure[c.name]; why != "" {
		m.status = m.unclear(c.spot, why)
		return
	}
	if dir := path.Dir(c.name); dir == "/bin" || dir == "/usr/bin" || dir == "/usr/local/bin" {
		c.name = path.Base(c.name)
	}
	switch {
	case builtins[c.name] != nil:
		m.status = builtins[c.name](m, c)
		return
	case m.heldLine != 0:
		if !quiet[c.name] {
			m.held(c.spot)
		}
		m.status = succeeded
		return
	case writers[c.name] != nil:
		m.status = writers[c.name](m, c)
		return
	case strings.Contains(c.name, "/"):
		if !m.nested(c, c.name) {
			m.status = m.foreign(c)
		}
		return
	case quiet[c.name]:
		m.printsUnknown(c.name)
		m.harmless(c.spot)
		m.status = succeeded
		if asking[c.name] {
			m.status = status{why: "what " + c.name + " finds"}
		}
		return
	}
	m.status = m.foreign(c)
}

// held notes a command that a failed guard keeps from running.
func (m *machine) held(s spot) {
	m.undecided(s, "%s", m.heldWhy)
}

// printsUnknown says that what the command prints is not known.
func (m *machine) printsUnknown(name string) {
	if m.out != nil {
		m.out.why = "what " + name + " prints"
	}
}

// print prints a text.
func (m *machine) print(data []byte) {
	if m.out == nil {
		return
	}
	if len(m.out.data)+len(data) > maxOutput {
		m.out.why = "an output that is too long"
		return
	}
	m.out.data = append(m.out.data, data...)
}

// foreign notes a program that is not followed. The files that it names are uncertain afterwards.
func (m *machine) foreign(c *call) status {
	m.printsUnknown(c.name)
	m.doubtNamed(c)
	m.undecided(c.spot, "not expressible: %s may change files", base(c.name))
	return status{why: "what " + base(c.name) + " does"}
}

// doubtNamed makes the files that a command names uncertain.
func (m *machine) doubtNamed(c *call) {
	for _, a := range c.args {
		name := a.s
		if _, value, found := strings.Cut(name, "="); found && strings.HasPrefix(name, "-") {
			name = value
		}
		p, known := m.place(name, true)
		if !known || p.name == "" || strings.HasPrefix(name, "-") {
			continue
		}
		switch {
		case m.world.read(p) != nil:
			m.doubt(c.spot, p, base(c.name)+" may have changed it")
		case p.disk == inTree && m.world.isFolder(p):
			for _, one := range m.world.files(p) {
				m.doubt(c.spot, one, base(c.name)+" may have changed it")
			}
		}
	}
}

// quiet are commands that change no file of the tree, whatever they print.
var quiet = set(`docker podman docker-compose systemctl service journalctl supervisorctl apt apt-get apk dnf yum brew pip pip3
	useradd groupadd adduser addgroup usermod chown chgrp ldconfig sync sleep wait kill pkill date id whoami hostname uname nproc
	which type hash ulimit umask trap tput clear corepack sha256sum md5sum sha1sum gpg ssh-keyscan ls stat du df ps pgrep free less more
	diff cmp file locale-gen update-locale dpkg dpkg-query jobs disown bg fg times history logger wall stty reset rails rake foreman
	kubectl helm skopeo crane nginx redis-cli psql pg_dump createdb tail head sort uniq wc cut tr column fold nl od xxd hexdump
	env printenv export-env rbenv rvm nvm asdf mise strings cat echo printf true false : test [ exit return shift seq basename dirname pwd grep
	ffmpeg identify nohup ionice alias unalias notify-send mail sendmail`)

// asking are those of them whose result is a question.
var asking = set("which type hash id pgrep ps diff cmp dpkg dpkg-query docker podman systemctl redis-cli psql kubectl gpg sha256sum stat ls")

func set(names string) map[string]bool {
	out := map[string]bool{}
	for _, n := range strings.Fields(names) {
		out[n] = true
	}
	return out
}

// builtins are followed even where a failed guard holds the rest: they change the shell, not the files.
var builtins map[string]func(*machine, *call) status

// writers are the programs that may write files.
var writers map[string]func(*machine, *call) status

func init() {
	builtins = map[string]func(*machine, *call) status{
		":": (*machine).nothing, "true": (*machine).nothing, "false": (*machine).no, "cd": (*machine).cd, "pushd": (*machine).cd,
		"popd": (*machine).popd, "pwd": (*machine).pwd, "exit": (*machine).exit, "return": (*machine).leave, "break": (*machine).leave,
		"continue": (*machine).leave, "set": (*machine).setOptions, "shopt": (*machine).nothing, "shift": (*machine).shiftParams,
		"unset": (*machine).unset, "read": (*machine).readLine, "mapfile": (*machine).readAll, "readarray": (*machine).readAll,
		"getopts": (*machine).getopts, "eval": (*machine).eval, "test": (*machine).test, "[": (*machine).test,
		"echo": (*machine).echo, "printf": (*machine).printf, "cat": (*machine).cat, "grep": (*machine).grep, "egrep": (*machine).grep,
		"fgrep": (*machine).grep, "dirname": (*machine).paths, "basename": (*machine).paths, "realpath": (*machine).paths,
		"readlink": (*machine).paths, "seq": (*machine).seq, "uname": (*machine).uname, "command": (*machine).wrapped,
		"builtin": (*machine).wrapped, "exec": (*machine).wrapped, "sudo": (*machine).wrapped, "doas": (*machine).wrapped,
		"nice": (*machine).wrapped, "time": (*machine).wrapped, "env": (*machine).wrapped, "nohup": (*machine).wrapped,
		"bash": (*machine).shell, "sh": (*machine).shell, "dash": (*machine).shell, "zsh": (*machine).shell, "source": (*machine).sourced,
		".": (*machine).sourced, "xargs": (*machine).xargs, "find": (*machine).find, "su": (*machine).su, "runuser": (*machine).su,
		"wc": (*machine).wc,
	}
	writers = map[string]func(*machine, *call) status{
		"sed": (*machine).sedCommand, "gsed": (*machine).sedCommand, "cp": (*machine).cp, "install": (*machine).install,
		"mv": (*machine).mv, "rm": (*machine).rm, "unlink": (*machine).rm, "rmdir": (*machine).rmdir, "mkdir": (*machine).mkdir,
		"touch": (*machine).touch, "chmod": (*machine).chmod, "tee": (*machine).tee, "patch": (*machine).patchProgram,
		"git": (*machine).git, "rsync": (*machine).rsync, "curl": (*machine).download, "wget": (*machine).download,
		"yarn": (*machine).packages, "npm": (*machine).packages, "bundle": (*machine).packages, "bundler": (*machine).packages,
		"gem": (*machine).packages, "pnpm": (*machine).packages, "ln": (*machine).link,
	}
}

// dispatchArgs runs a command that another one builds.
func (m *machine) dispatchArgs(c *call, args []word) status {
	*m.steps++
	m.dispatch(&call{spot: c.spot, name: args[0].s, args: args[1:]}, args[0])
	return m.status
}
