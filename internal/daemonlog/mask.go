package daemonlog

import (
	"encoding/gob"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/term"
)

// init turns this program into the process that masks, where it was started as that: mage writes its own main.
func init() {
	if len(os.Args) == 3 && os.Args[0] == masker {
		if err := serve(os.Stdin, os.Args[1], os.Args[2]); err != nil {
			fmt.Fprint(os.Stdout, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) == 1 && os.Args[0] == panicMasker {
		servePanics()
		os.Exit(0)
	}
}

// serve masks what comes from a daemon until it ends, with the secrets of whoever connects to the socket. It closes
// standard output when it is ready for both.
func serve(daemon io.Reader, file, socket string) error {
	syscall.Umask(0o077) // the socket is its owner's, too
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	defer listener.Close()
	listener.(*net.UnixListener).SetUnlinkOnClose(false) // the next one may listen there already
	log, err := newBounded(file)
	if err != nil {
		return err
	}
	if err := os.Stdout.Close(); err != nil {
		return err
	}
	secrets := term.NewSecrets()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go learn(conn, secrets)
		}
	}()
	copyMasked(log, daemon, secrets)
	return nil
}

// learn takes values from a command, and answers each message with a byte when they are known.
func learn(conn net.Conn, secrets term.Secrets) {
	defer conn.Close()
	in := gob.NewDecoder(conn)
	for {
		var values []string
		if in.Decode(&values) != nil {
			return
		}
		secrets.Add(values...)
		if _, err := conn.Write([]byte{'\n'}); err != nil {
			return
		}
	}
}

// copyMasked writes whole lines, masked. It reads on when they cannot be written: with a full pipe the daemon would
// stop.
func copyMasked(to io.Writer, from io.Reader, secrets term.Secrets) {
	stream := secret.NewStream(secrets.Mask)
	part := make([]byte, 64<<10)
	for {
		n, err := from.Read(part)
		_, _ = io.WriteString(to, stream.Take(part[:n]))
		if err != nil {
			_, _ = io.WriteString(to, stream.End())
			return
		}
	}
}
