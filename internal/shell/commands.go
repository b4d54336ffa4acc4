package shell

import (
	"maps"
	"strings"
)

// quiet are commands that change no file of the tree, whatever they print.
var quiet = Set(`
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
var asking = Set(`which type hash id pgrep ps diff cmp dpkg dpkg-query systemctl redis-cli psql
	gpg sha256sum stat ls`)

func Set(names string) map[string]bool {
	out := map[string]bool{}
	for _, n := range strings.Fields(names) {
		out[n] = true
	}
	return out
}

// Command follows one command of the script.
type Command func(*Machine, *Call) Status

// Commands are those that are followed, by name.
type Commands struct {
	Always  map[string]Command // also where a failed guard holds the rest: they change the shell, not the files
	Writing map[string]Command // the programs that may write files
}

// Joined are the commands of several packages.
func Joined(list ...Commands) Commands {
	all := Commands{Always: map[string]Command{}, Writing: map[string]Command{}}
	for _, one := range list {
		maps.Copy(all.Always, one.Always)
		maps.Copy(all.Writing, one.Writing)
	}
	return all
}
