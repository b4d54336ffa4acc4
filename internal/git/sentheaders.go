package git

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/secret"
)

// sentHeaders reads the headers that git sends over http, which git writes to a pipe and to no disk, and hands what is
// secret of them to the context (see [secret.With]): the answers of credential helpers and of ~/.netrc,
// http.extraHeader, cookies, a proxy's login, and tokens in addresses that url.insteadOf makes. git asks for these
// itself, and no other way shows what it got.
type sentHeaders struct {
	read  *os.File
	pipe  *os.File // git's end; marks go there too
	known func(values ...string)

	reading goroutine.All

	mu     sync.Mutex
	marks  int
	passed chan int
	broken chan struct{} // closed when nothing more is read
}

// sentEnv makes git write headers, unredacted, to the first of a command's extra files.
var sentEnv = []string{"GIT_TRACE_CURL=3", "GIT_TRACE_CURL_NO_DATA=1", "GIT_TRACE_REDACT=0"}

func newSentHeaders(ctx context.Context) (*sentHeaders, error) {
	read, pipe, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe: %w", err)
	}
	s := &sentHeaders{read: read, pipe: pipe, known: func(values ...string) { secret.Learn(ctx, values...) },
		passed: make(chan int), broken: make(chan struct{})}
	s.reading.Go(s.follow)
	return s, nil
}

// mark stands around a number where everything that was sent before has to be known; it may fall into a long line.
const mark = 0

func (s *sentHeaders) follow() {
	defer close(s.broken)
	in := bufio.NewReader(s.read)
	var line bytes.Buffer
	for {
		b, err := in.ReadByte()
		if err != nil {
			return
		}
		switch b {
		case mark:
			number, err := in.ReadString(mark)
			if err != nil {
				return
			}
			s.learn(line.String()) // as far as it goes; the rest follows, and then all of it is learned
			var n int
			if _, err := fmt.Sscanf(number, "%d", &n); err == nil {
				s.passed <- n
			}
		case '\n':
			s.learn(line.String())
			line.Reset()
		default:
			if line.Len() < maxHeader {
				line.WriteByte(b)
			}
		}
	}
}

// maxHeader is more than servers take of one header.
const maxHeader = 256 << 10

// learn reads a line such as "12:00:00.000000 http.c:845  => Send header: Authorization: Basic …".
func (s *sentHeaders) learn(line string) {
	_, header, ok := strings.Cut(line, "=> Send header: ")
	if !ok {
		return
	}
	if method, target, ok := strings.Cut(header, " "); ok && strings.ToUpper(method) == method &&
		!strings.HasSuffix(method, ":") {
		target, _, _ = strings.Cut(target, " ")
		if strings.HasPrefix(target, "/") {
			target = "https://host" + target
		}
		s.known(secret.Address(target)...)
		return
	}
	if name, value, ok := strings.Cut(header, ": "); ok {
		s.known(secret.Header(name, value)...)
	}
}

// wait returns when everything is known that was sent before. It is called while git may still write.
func (s *sentHeaders) wait() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.marks++
	if _, err := fmt.Fprintf(s.pipe, "\x00%d\x00", s.marks); err != nil {
		return
	}
	select {
	case <-s.passed:
	case <-s.broken:
	}
}

// close ends the reading. A daemon of a credential helper may keep git's end open.
func (s *sentHeaders) close() {
	s.wait()
	_ = s.pipe.Close()
	_ = s.read.Close()
	s.reading.Wait()
}

// after is a writer before which everything is known that git sent until then: what a server says back is masked.
type after struct {
	sent *sentHeaders
	to   io.Writer
}

func (a after) Write(p []byte) (int, error) {
	a.sent.wait()
	if a.to == nil {
		return len(p), nil
	}
	return a.to.Write(p)
}
