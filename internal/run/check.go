package run

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Prepare loads the database's schema.
func (s *Stack) Prepare(ctx context.Context) Check {
	out, err := s.ruby(ctx, "bundle", "exec", "rails", "db:setup")
	if err == nil && s.realRails {
		out, err = s.ruby(ctx, "bundle", "exec", "rails", "db:migrate")
	}
	return said("the database's schema is loaded, migrations run", err, out)
}

// ruby runs a command of the web image to its end.
func (s *Stack) ruby(ctx context.Context, args ...string) (string, error) {
	cmd := s.web.command(ctx, s.env("SAFETY_ASSURED=1", "DISABLE_DATABASE_ENVIRONMENT_CHECK=1"), append([]string{"/usr/bin/tini", "--"}, args...)...)
	out, err := cmd.CombinedOutput()
	_, _ = s.opt.Log.Write(out)
	return string(out), err
}

func said(what string, err error, out string) Check {
	if err != nil {
		lines := strings.Split(strings.TrimSpace(out), "\n")
		return Check{What: what, Says: fmt.Sprintf("%v: %s", err, strings.Join(lines[max(0, len(lines)-6):], " | "))}
	}
	return Check{What: what, OK: true}
}

// Checks looks at everything that the images promise. version is the one that the server should show.
func (s *Stack) Checks(ctx context.Context, version string) []Check {
	return []Check{
		s.health(ctx), s.instance(ctx, version), s.absent("the web image has no Node.js", s.web.root, "node", "npm", "yarn"), s.jemalloc(), s.yjit(ctx), s.redisClients(ctx),
		s.absent("the streaming image has neither Ruby nor a compiler", s.streaming.root, "ruby", "gem", "gcc", "cc", "make"), s.stream(ctx),
	}
}

// get asks the web server as a proxy would.
func get(ctx context.Context, address string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil, err
	}
	req.Host = "howdah.example"
	req.Header.Set("X-Forwarded-Proto", "https")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.StatusCode, data, err
}

func (s *Stack) health(ctx context.Context) Check {
	code, body, err := get(ctx, s.Web()+"/health")
	return Check{What: "/health answers", OK: err == nil && code == http.StatusOK, Says: strings.TrimSpace(fmt.Sprintf("%d %.40s", code, body))}
}

// instance reads the version and the post length that clients see.
func (s *Stack) instance(ctx context.Context, version string) Check {
	var seen struct {
		Version       string `json:"version"`
		Configuration struct {
			Statuses struct {
				Max int `json:"max_characters"`
			} `json:"statuses"`
		} `json:"configuration"`
	}
	code, body, err := get(ctx, s.Web()+"/api/v2/instance")
	if err == nil {
		err = json.Unmarshal(body, &seen)
	}
	c := Check{What: "/api/v2/instance shows " + version, OK: err == nil && code == http.StatusOK && seen.Version == version && seen.Configuration.Statuses.Max > 0}
	c.Says = fmt.Sprintf("version %q, max_characters %d", seen.Version, seen.Configuration.Statuses.Max)
	if err != nil {
		c.Says = err.Error()
	}
	return c
}

// absent looks for programs where programs lie.
func (s *Stack) absent(what, root string, programs ...string) Check {
	for _, dir := range []string{"bin", "usr/bin", "usr/local/bin", "usr/sbin", "opt/mastodon/bin", "usr/local/bundle/bin"} {
		for _, p := range programs {
			if _, err := os.Lstat(filepath.Join(root, dir, p)); err == nil {
				return Check{What: what, Says: "/" + dir + "/" + p + " is there"}
			}
		}
	}
	return Check{What: what, OK: true, Says: "none of " + strings.Join(programs, ", ")}
}

// jemalloc looks into the memory map of the Ruby process that serves.
func (s *Stack) jemalloc() Check {
	c := Check{What: "jemalloc is loaded in the Ruby process"}
	found, _ := filepath.Glob("/proc/[0-9]*/root")
	for _, link := range found {
		if at, err := os.Readlink(link); err != nil || at != s.web.root {
			continue
		}
		pid := filepath.Dir(link)
		comm, _ := os.ReadFile(filepath.Join(pid, "comm"))
		maps, _ := os.ReadFile(filepath.Join(pid, "maps"))
		if !strings.Contains(string(maps), "ruby") {
			continue
		}
		c.Says = fmt.Sprintf("%s (%s)", pid, strings.TrimSpace(string(comm)))
		if lib := jemallocLib.FindString(string(maps)); lib != "" {
			c.OK, c.Says = true, c.Says+" maps "+lib
			return c
		}
	}
	if c.Says == "" {
		c.Says = "no Ruby process found"
	}
	return c
}

var jemallocLib = regexp.MustCompile(`\S*libjemalloc\S*`)

func (s *Stack) yjit(ctx context.Context) Check {
	c := Check{What: "YJIT is on"}
	out, err := s.ruby(ctx, "ruby", "-e", "puts defined?(RubyVM::YJIT) ? RubyVM::YJIT.enabled? : 'built without'")
	c.Says = strings.TrimSpace(out)
	switch {
	case err == nil && strings.HasSuffix(c.Says, "true"):
		c.OK = true
	case strings.Contains(c.Says, "without"):
		c.Skip, c.Says = true, "this base's Ruby is built without YJIT"
	}
	return c
}

// redisClients asks Redis who talks to it: it takes TLS only.
func (s *Stack) redisClients(ctx context.Context) Check {
	c := Check{What: "both talk to a Redis that accepts TLS only"}
	if plain, err := net.DialTimeout("tcp", "127.0.0.1:"+strconv.Itoa(s.redis), time.Second); err == nil {
		_, _ = plain.Write([]byte("PING\r\n"))
		_ = plain.SetReadDeadline(time.Now().Add(time.Second))
		answer, _ := io.ReadAll(plain)
		_ = plain.Close()
		if strings.Contains(string(answer), "PONG") {
			c.Says = "Redis answers in plain text"
			return c
		}
	}
	out, err := s.redisCLI(ctx, "client", "list")
	n := strings.Count(out, "id=") - 1 // but for this one
	c.OK, c.Says = err == nil && n > 0, fmt.Sprintf("%d connections over TLS", max(n, 0))
	if !s.realRails && !c.OK {
		c.Skip, c.Says = true, "this tree has no Redis client"
	}
	return c
}

// token makes an account with a token, in the database.
const token = `
a = Account.create!(username: 'howdah')
u = User.create!(email: 'howdah@howdah.example', password: SecureRandom.hex, agreement: true, confirmed_at: Time.now.utc, account: a, approved: true, bypass_registration_checks: true)
o = Doorkeeper::Application.create!(name: 'howdah', redirect_uri: 'urn:ietf:wg:oauth:2.0:oob', scopes: 'read')
t = Doorkeeper::AccessToken.create!(application_id: o.id, resource_owner_id: u.id, scopes: 'read')
puts "TOKEN=#{t.token} ACCOUNT=#{a.id}"
`

// listen is a client of the streaming server; it uses the image's own WebSocket library.
const listen = `
const { WebSocket } = await import('ws');
const ws = new WebSocket(process.env.STREAM);
ws.on('open', () => console.log('OPEN'));
ws.on('message', (m) => { console.log('MESSAGE ' + m); process.exit(0); });
ws.on('error', (e) => { console.log('ERROR ' + e.message); process.exit(1); });
setTimeout(() => { console.log('TIMEOUT'); process.exit(1); }, 20000);
`

var tokenLine = regexp.MustCompile(`TOKEN=(\S+) ACCOUNT=(\d+)`)

// stream proves the streaming server: a client with a token of the database receives what is published in Redis.
func (s *Stack) stream(ctx context.Context) Check {
	c := Check{What: "a WebSocket client with a token receives an event published in Redis, over TLS"}
	if !s.realRails {
		c.Skip, c.Says = true, "this tree has no accounts"
		return c
	}
	out, err := s.ruby(ctx, "bundle", "exec", "rails", "runner", token)
	m := tokenLine.FindStringSubmatch(out)
	if err != nil || m == nil {
		return said(c.What, fmt.Errorf("making a token: %w", err), out)
	}
	address := fmt.Sprintf("ws://127.0.0.1:%d/api/v1/streaming?stream=user&access_token=%s", s.wsPort, m[1])
	client := s.streaming.command(ctx, []string{"STREAM=" + address}, "node", "--input-type=module", "-e", listen)
	var heard strings.Builder
	client.Stdout, client.Stderr = &heard, s.opt.Log
	if err := client.Start(); err != nil {
		return said(c.What, err, "")
	}
	ended := make(chan error, 1)
	go func() { ended <- client.Wait() }()
	for range 40 { // the subscription needs a moment after the socket is open
		time.Sleep(250 * time.Millisecond)
		_, _ = s.redisCLI(ctx, "publish", "timeline:"+m[2], `{"event":"update","payload":"{\"id\":\"howdah\"}"}`)
		select {
		case err = <-ended:
			c.OK = err == nil && strings.Contains(heard.String(), "howdah")
			c.Says = strings.Join(strings.Fields(heard.String()), " ")
			return c
		default:
		}
	}
	err = <-ended
	return said(c.What, fmt.Errorf("no event came: %w", err), heard.String())
}

// waitFor waits until an address answers 200, for two minutes at most.
func waitFor(ctx context.Context, address string) error {
	var last error
	for range 240 {
		code, _, err := get(ctx, address)
		if err == nil && code == http.StatusOK {
			return nil
		}
		if last = err; err == nil {
			last = fmt.Errorf("%s answers %d", address, code)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(500 * time.Millisecond):
		}
	}
	return last
}

// waitPort waits until something listens, for half a minute at most.
func waitPort(ctx context.Context, port int) error {
	for range 150 {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err == nil {
			return c.Close()
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(200 * time.Millisecond):
		}
	}
	return fmt.Errorf("nothing listens on port %d", port)
}
