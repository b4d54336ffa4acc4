package script

import (
	"github.com/howdah/howdah/internal/builtin"
	"github.com/howdah/howdah/internal/filecommand"
	"github.com/howdah/howdah/internal/gitcommand"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/textcommand"
)

// programs returns the commands that the import knows. What it does not know may change files.
func programs() shell.Commands {
	return shell.Commands{Quiet: quiet, Asking: asking, Silent: silent,
		Machine: filecommand.ChangesMachine}.With(builtin.Commands(), textcommand.Commands(),
		filecommand.Commands(), gitcommand.Commands())
}

// quiet are commands that change no file of the tree, whatever they print.
var quiet = shell.Set(`
	docker podman docker-compose systemctl service journalctl supervisorctl apt apt-get apk dnf yum brew pip
	pip3 useradd groupadd adduser addgroup usermod chown chgrp ldconfig sync sleep wait kill pkill date id
	whoami hostname uname mktemp jq nproc which type hash ulimit umask tput clear corepack sha256sum md5sum sha1sum
	gpg ssh-keyscan ls stat du df ps pgrep free less more diff cmp file locale-gen update-locale dpkg
	dpkg-query jobs disown bg fg times history logger wall stty reset rails rake foreman kubectl helm skopeo
	crane nginx redis-cli psql pg_dump createdb tail head sort uniq wc cut tr column fold nl od xxd hexdump
	env printenv export-env rbenv rvm nvm asdf mise strings cat echo printf true false : test [ exit return
	shift seq basename dirname pwd grep ffmpeg identify nohup ionice alias unalias notify-send mail sendmail
`)

// asking are those of them whose exit code says what they found.
var asking = shell.Set(`which type hash id pgrep ps diff cmp dpkg dpkg-query systemctl redis-cli psql
	gpg sha256sum stat ls`)

// silent are the commands that fail without a word.
var silent = shell.Set("true false test [ : grep egrep fgrep echo printf return break continue exit read")
