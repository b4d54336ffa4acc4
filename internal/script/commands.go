package script

import (
	"strings"
)

// quiet are commands that change no file of the tree, whatever they print.
var quiet = set(`
	docker podman docker-compose systemctl service journalctl supervisorctl apt apt-get apk dnf yum brew pip
	pip3 useradd groupadd adduser addgroup usermod chown chgrp ldconfig sync sleep wait kill pkill date id
	whoami hostname uname mktemp jq nproc which type hash ulimit umask tput clear corepack sha256sum md5sum sha1sum
	gpg ssh-keyscan ls stat du df ps pgrep free less more diff cmp file locale-gen update-locale dpkg
	dpkg-query jobs disown bg fg times history logger wall stty reset rails rake foreman kubectl helm skopeo
	crane nginx redis-cli psql pg_dump createdb tail head sort uniq wc cut tr column fold nl od xxd hexdump
	env printenv export-env rbenv rvm nvm asdf mise strings cat echo printf true false : test [ exit return
	shift seq basename dirname pwd grep ffmpeg identify nohup ionice alias unalias notify-send mail sendmail
`)

// asking are those of them whose result is a question.
var asking = set(`which type hash id pgrep ps diff cmp dpkg dpkg-query docker podman systemctl redis-cli psql
	kubectl gpg sha256sum stat ls`)

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
		":":         (*machine).nothing,
		"true":      (*machine).nothing,
		"false":     (*machine).no,
		"cd":        (*machine).cd,
		"pushd":     (*machine).cd,
		"popd":      (*machine).popd,
		"pwd":       (*machine).pwd,
		"exit":      (*machine).exit,
		"return":    (*machine).leave,
		"break":     (*machine).leave,
		"continue":  (*machine).leave,
		"set":       (*machine).setOptions,
		"shopt":     (*machine).shopt,
		"trap":      (*machine).trap,
		"shift":     (*machine).shiftParams,
		"unset":     (*machine).unset,
		"read":      (*machine).readLine,
		"mapfile":   (*machine).readAll,
		"readarray": (*machine).readAll,
		"getopts":   (*machine).getopts,
		"eval":      (*machine).eval,
		"test":      (*machine).test,
		"[":         (*machine).test,
		"echo":      (*machine).echo,
		"printf":    (*machine).printf,
		"cat":       (*machine).cat,
		"grep":      (*machine).grep,
		"egrep":     (*machine).grep,
		"fgrep":     (*machine).grep,
		"dirname":   (*machine).paths,
		"basename":  (*machine).paths,
		"realpath":  (*machine).paths,
		"readlink":  (*machine).paths,
		"seq":       (*machine).seq,
		"uname":     (*machine).uname,
		"command":   (*machine).wrapped,
		"builtin":   (*machine).wrapped,
		"exec":      (*machine).wrapped,
		"sudo":      (*machine).wrapped,
		"doas":      (*machine).wrapped,
		"nice":      (*machine).wrapped,
		"time":      (*machine).wrapped,
		"env":       (*machine).wrapped,
		"nohup":     (*machine).wrapped,
		"bash":      (*machine).shell,
		"sh":        (*machine).shell,
		"dash":      (*machine).shell,
		"zsh":       (*machine).shell,
		"source":    (*machine).sourced,
		".":         (*machine).sourced,
		"xargs":     (*machine).xargs,
		"find":      (*machine).find,
		"su":        (*machine).su,
		"runuser":   (*machine).su,
		"ls":        (*machine).ls,
		"envsubst":  (*machine).envsubst,
		"cmp":       (*machine).compareFiles,
		"diff":      (*machine).compareFiles,
		"mktemp":    (*machine).mktemp,
		"expr":      (*machine).expr,
		"which":     (*machine).which,
		"type":      (*machine).which,
		"hash":      (*machine).which,
	}
	for _, name := range []string{"head", "tail", "tac", "rev", "cut", "tr", "sort", "uniq", "wc", "base64"} {
		builtins[name] = (*machine).filter
	}
	writers = map[string]func(*machine, *call) status{
		"sed":      (*machine).sedCommand,
		"gsed":     (*machine).sedCommand,
		"cp":       (*machine).cp,
		"install":  (*machine).install,
		"mv":       (*machine).mv,
		"rm":       (*machine).rm,
		"unlink":   (*machine).rm,
		"rmdir":    (*machine).rmdir,
		"mkdir":    (*machine).mkdir,
		"touch":    (*machine).touch,
		"truncate": (*machine).truncate,
		"chmod":    (*machine).chmod,
		"tee":      (*machine).tee,
		"patch":    (*machine).patchProgram,
		"git":      (*machine).git,
		"rsync":    (*machine).rsync,
		"curl":     (*machine).download,
		"tar":      (*machine).tar,
		"awk":      (*machine).awk,
		"gawk":     (*machine).awk,
		"mawk":     (*machine).awk,
		"bsdtar":   (*machine).tar,
		"wget":     (*machine).download,
		"yarn":     (*machine).packages,
		"npm":      (*machine).packages,
		"bundle":   (*machine).packages,
		"bundler":  (*machine).packages,
		"gem":      (*machine).packages,
		"pnpm":     (*machine).packages,
		"ln":       (*machine).link,
	}
}
