package imagerun

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
)

// tokenProgram creates an account and an access token. It skips Mastodon's registration rules, such as a reachable
// mail server.
const tokenProgram = `
a = Account.create!(username: 'howdah')
u = User.new(email: 'howdah@howdah.example', password: SecureRandom.hex, agreement: true, confirmed_at: Time.now.utc, account: a, approved: true)
u.save!(validate: false)
u.update_columns(approved: true) # saving decides by the server's mode of registration
o = Doorkeeper::Application.create!(name: 'howdah', redirect_uri: 'urn:ietf:wg:oauth:2.0:oob', scopes: 'read write')
t = Doorkeeper::AccessToken.create!(application_id: o.id, resource_owner_id: u.id, scopes: 'read write')
puts "TOKEN=#{t.token} ACCOUNT=#{a.id}"
`

// listenProgram is a client of the streaming server that uses the image's own WebSocket library. It first checks that
// a wrong token is refused, and then prints what is published to the right one.
const listenProgram = `
const { WebSocket } = await import('ws');
const { STREAM, REFUSE } = process.env;
setTimeout(() => { console.log('TIMEOUT'); process.exit(1); }, 30000);
const fail = (why) => { console.log(why); process.exit(1); };
function listen() {
  const ws = new WebSocket(STREAM);
  ws.on('open', () => console.log('OPEN'));
  ws.on('message', (m) => { console.log('MESSAGE ' + m); if (String(m).includes('howdah')) process.exit(0); });
  ws.on('error', (e) => fail('ERROR ' + e.message));
}
if (REFUSE) {
  const ws = new WebSocket(STREAM + 'wrong');
  ws.on('unexpected-response', (_, response) => { console.log('REFUSED ' + response.statusCode); listen(); });
  ws.on('open', () => fail('LET IN'));
  ws.on('error', (e) => fail('ERROR ' + e.message));
} else listen();
`

var tokenLine = regexp.MustCompile(`TOKEN=(\S+) ACCOUNT=(\d+)`)

var errNoToken = errors.New("no token came out")

// stream checks the streaming server: a client with a token of the database receives what is published in Redis.
func (s *Stack) stream(ctx context.Context) Check {
	c := Check{What: "a WebSocket client with a token receives an event published in Redis, over TLS"}
	timeline, query, env := "timeline:7", "stream=7&access_token=any", []string(nil) // the miniature checks no account
	if s.mastodon {
		c.What += "; a wrong token is refused"
		account, token, err := s.makeToken(ctx)
		if err != nil {
			return checkOf(c.What, err, "")
		}
		s.token = token
		timeline, query, env = "timeline:"+account, "stream=user&access_token="+token, []string{"REFUSE=1"}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	env = append(env, fmt.Sprintf("STREAM=ws://127.0.0.1:%d/api/v1/streaming?%s", s.wsPort, query))
	client := &program{cmd: s.streaming.command(ctx, env, "node", "--input-type=module", "-e", listenProgram)}
	var received syncedText
	client.cmd.Stdout, client.cmd.Stderr = &received, s.opt.Log
	if err := s.begin(client); err != nil {
		return checkOf(c.What, err, "")
	}
	every := time.NewTicker(250 * time.Millisecond)
	defer every.Stop()
	for { // the subscription starts a moment after the socket opens
		select {
		case <-client.done:
			if err := s.wait(client); err != nil {
				return checkOf(c.What, err, received.String())
			}
			c.OK = strings.Contains(received.String(), "howdah")
			c.Says = strings.Join(strings.Fields(received.String()), " ")
			return c
		case <-every.C:
			if strings.Contains(received.String(), "OPEN") {
				_, _ = s.redisCLI(ctx, "publish", timeline, `{"event":"update","payload":"{\"id\":\"howdah\"}"}`)
			}
		}
	}
}

// makeToken creates an access token, and returns its account's id and the token.
func (s *Stack) makeToken(ctx context.Context) (account, made string, err error) {
	out, err := s.ruby(ctx, "bundle", "exec", "rails", "runner", tokenProgram)
	m := tokenLine.FindStringSubmatch(out)
	if err == nil && m == nil {
		err = errNoToken
	}
	if err != nil {
		return "", "", fmt.Errorf("making a token: %w: %s", err, last(out))
	}
	return m[2], m[1], nil
}

// syncedText is a strings.Builder that two goroutines may use at the same time.
type syncedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (n *syncedText) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *syncedText) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}
