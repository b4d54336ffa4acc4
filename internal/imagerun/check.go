package imagerun

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/process"
)

// domain is the one that the servers believe to be at.
const domain = "howdah.example"

// Prepare loads the database's schema and runs what migrations there are beside it.
func (s *Stack) Prepare(ctx context.Context) Check {
	tasks := []string{"bundle", "exec", "rails", "db:setup"}
	if s.mastodon {
		tasks = append(tasks, "db:migrate")
	}
	out, err := s.ruby(ctx, tasks...)
	s.first = out
	return checkOf("the database's schema is loaded, migrations run", err, out)
}

// ruby runs a command of the web image to its end.
func (s *Stack) ruby(ctx context.Context, args ...string) (string, error) {
	cmd := s.web.command(ctx, s.env("web", "BOOTSNAP_STATS=1", "SAFETY_ASSURED=1", "DISABLE_DATABASE_ENVIRONMENT_CHECK=1"),
		append([]string{"/usr/bin/tini", "--"}, args...)...)
	out, err := s.output(cmd)
	_, _ = s.opt.Log.WriteString(out)
	return out, err
}

func checkOf(what string, err error, out string) Check {
	if err != nil {
		return Check{What: what, Says: strings.TrimSuffix(fmt.Sprintf("%v: %s", err, last(out)), ": ")}
	}
	return Check{What: what, OK: true, Says: "done"}
}

// last is the end of what a program printed, in a line.
func last(out string) string {
	return strings.Join(process.LastLines(bootsnapLine.ReplaceAllString(out, ""), 6), " | ")
}

var bootsnapLine = regexp.MustCompile(`(?m)^bootsnap (hit|revalidated|miss|stale): (\d+)$`)

// bootsnap reports whether the very first start found its compiled files in the image, and found them valid.
func (s *Stack) bootsnap() Check {
	c := Check{What: "the first start uses Bootsnap's cache"}
	counts, total := map[string]int{}, 0
	for _, m := range bootsnapLine.FindAllStringSubmatch(s.first, -1) {
		n, _ := strconv.Atoi(m[2])
		counts[m[1]] += n
		total += n
	}
	if total == 0 {
		c.Skip, c.Says = true, "this tree has no Bootsnap"
		return c
	}
	c.OK = counts["hit"]*10 >= total*9
	c.Says = fmt.Sprintf("of %d files %d were valid, %d stale, %d valid at a second look, %d not there", total,
		counts["hit"], counts["stale"], counts["revalidated"], counts["miss"])
	return c
}

// Programs that do not belong into an image, by the names under which they would be found.
var (
	nodes     = regexp.MustCompile(`^(node|nodejs|npm|npx|corepack)$`)
	compilers = regexp.MustCompile(
		`^(ruby|irb|gem|bundler?)[0-9.]*$|` +
			`^(.+-)?(gcc|g\+\+|cc|c\+\+|cpp|clang|tcc|ld|as)(-[0-9.]+)?$|^(make|cc1|cc1plus|rustc|go)$`)
)

// Checks looks at everything that the images promise. version is the one that the server should show.
func (s *Stack) Checks(ctx context.Context, version string) []Check {
	puma := s.web.process("ruby")
	return []Check{
		s.health(ctx), s.instance(ctx, version), s.about(ctx, version),
		absent("the web image has no Node.js", s.web.root, nodes),
		puma.unprivileged("the web server"), puma.jemalloc(), s.yjit(ctx, puma), s.bootsnap(), s.redisClients(ctx),
		absent("the streaming image has neither Ruby nor a compiler", s.streaming.root, compilers),
		s.streaming.process("node").unprivileged("the streaming server"), s.composeHealth(ctx),
		s.stream(ctx), s.posts(ctx), s.media(ctx), s.readOnly(ctx),
	}
}

// get asks the web server as a proxy would.
func get(ctx context.Context, address string) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, err
	}
	req.Host = domain
	req.Header.Set("X-Forwarded-Proto", "https")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, data, err
}

// beginning is at most so many bytes of an answer; the sign at its end lets the start of a secret be masked.
func beginning(answer []byte, most int) string {
	if len(answer) <= most {
		return string(answer)
	}
	return strings.ToValidUTF8(string(answer[:most]), "") + "…"
}

func (s *Stack) health(ctx context.Context) Check {
	code, body, err := get(ctx, s.Web()+"/health")
	if err != nil {
		return checkOf("/health answers", err, "")
	}
	return Check{What: "/health answers", OK: code == http.StatusOK,
		Says: strings.TrimSpace(fmt.Sprintf("%d %s", code, beginning(body, 40)))}
}

var maxCharacters = regexp.MustCompile(`"max_characters":(\d+)`)

var longest = regexp.MustCompile(`MAX_CHARS = (\d+)`)

// instance reads the version and the post length that clients see, and compares the latter with the tree's.
func (s *Stack) instance(ctx context.Context, version string) Check {
	c := Check{What: "/api/v2/instance shows " + version}
	var seen struct {
		Version       string `json:"version"`
		Configuration struct {
			Statuses struct {
				Max int `json:"max_characters"`
			} `json:"statuses"`
		} `json:"configuration"`
	}
	code, body, err := get(ctx, s.Web()+"/api/v2/instance")
	if err == nil && code != http.StatusOK {
		err = fmt.Errorf("it answers %d", code)
	}
	if err == nil {
		err = json.Unmarshal(body, &seen)
	}
	if err != nil {
		c.Says = err.Error()
		return c
	}
	posts := seen.Configuration.Statuses.Max
	c.OK, c.Says = seen.Version == version && posts > 0, fmt.Sprintf("version %q, max_characters %d", seen.Version, posts)
	source, _ := files.Read(s.web.root, "opt/mastodon/app/validators/status_length_validator.rb", files.MaxSmall)
	if m := longest.FindSubmatch(source); m != nil && string(m[1]) != strconv.Itoa(posts) {
		c.OK, c.Says = false, c.Says+", while the tree says "+string(m[1])
	}
	return c
}

// absent looks for programs in the whole image. Scripts of Mastodon's own are no programs.
func absent(what, root string, programs *regexp.Regexp) Check {
	c := Check{What: what, OK: true}
	seen := 0
	c.Says = "was not found"
	err := filepath.WalkDir(root, func(at string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		seen++
		name := path.Base(at)
		info, err := d.Info()
		if err != nil || !programs.MatchString(name) || info.Mode().IsRegular() && info.Mode()&0o111 == 0 {
			return err
		}
		if in, err := filepath.Rel(root, at); err == nil && c.OK {
			c.OK, c.Says = false, "/"+in+" is there"
		}
		return nil
	})
	if err != nil {
		return checkOf(what, err, "")
	}
	if c.OK {
		c.Says = fmt.Sprintf("none among %d files", seen)
	}
	return c
}

// yjit asks the image's Ruby, and looks for the machine code in the process that serves.
func (s *Stack) yjit(ctx context.Context, puma running) Check {
	c := Check{What: "YJIT is on"}
	out, err := s.ruby(ctx, "ruby", "-e", "puts RUBY_DESCRIPTION, defined?(RubyVM::YJIT) ? RubyVM::YJIT.enabled? : "+
		"'built without'")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	code := anonymousCode(puma.maps)
	switch yjit := lines[len(lines)-1]; {
	case err != nil:
		return checkOf(c.What, err, out)
	case yjit == "true":
		c.OK = code > 0
		c.Says = fmt.Sprintf("%s; process %d has %d KiB of machine code in memory", lines[0], puma.pid, code>>10)
	case yjit == "built without":
		c.Skip, c.Says = true, "this base's Ruby is built without YJIT"
	default:
		c.Says = lines[0]
	}
	return c
}

// redisClients asks Redis who talks to it: it takes TLS only.
func (s *Stack) redisClients(ctx context.Context) Check {
	c := Check{What: "both talk to a Redis that accepts TLS only"}
	if !s.mastodon {
		c.What = "streaming talks to a Redis that accepts TLS only" // a miniature's web server has no Redis
	}
	if err := s.plainRedis(ctx); err == nil {
		c.Says = "Redis answers without TLS"
		return c
	}
	out, err := s.redisCLI(ctx, "client", "list")
	if err != nil {
		return checkOf(c.What, err, out)
	}
	web, streaming := strings.Count(out, " user=web "), strings.Count(out, " user=streaming ")
	c.OK, c.Says = (web > 0 || !s.mastodon) && streaming > 0,
		fmt.Sprintf("connections over TLS: web %d, streaming %d", web, streaming)
	return c
}

var errNoAnswer = errors.New("no answer")

// plainRedis tries to reach Redis without TLS; an error is what should come of it.
func (s *Stack) plainRedis(ctx context.Context) error {
	conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(s.redis))
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return err
	}
	answer, err := io.ReadAll(io.LimitReader(conn, 1<<10)) // "+PONG", or an error of one line
	if strings.Contains(string(answer), "PONG") {
		return nil
	}
	return errors.Join(errNoAnswer, err)
}
