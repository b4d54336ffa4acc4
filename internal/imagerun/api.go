package imagerun

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// samples are small files of what Mastodon accepts, some hundred bytes to nine kilobytes each.
//
//go:embed media
var samples embed.FS

// kinds are the samples, and as what each is shown once Mastodon has converted it: the kind of attachment, and how the
// file that members see begins.
var kinds = []struct{ name, kind, begins string }{
	{"sample.jpg", "image", "\xff\xd8\xff"}, {"sample.png", "image", "\x89PNG"}, {"sample.webp", "image", "RIFF"},
	{"sample.heic", "image", "\xff\xd8\xff"}, {"sample.avif", "image", "\xff\xd8\xff"}, {"sample.gif", "gifv", "mp4"},
	{"sample.mp4", "video", "mp4"}, {"sample.mov", "video", "mp4"}, {"sample.webm", "video", "mp4"},
	{"sample.mp3", "audio", "mp3"},
}

// convertTime is how long Sidekiq may take to start and to convert one sample: on a busy machine minutes.
const convertTime = 5 * time.Minute

// client is a member of the server that talks to its API as a proxy passes it on.
type client struct{ address, token string }

// ask sends a request and returns the answer's code and body.
func (c client) ask(ctx context.Context, method, at, kind string, body io.Reader) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.address+at, body)
	if err != nil {
		return 0, nil, err
	}
	req.Host = domain
	req.Header.Set("X-Forwarded-Proto", "https")
	req.Header.Set("Authorization", "Bearer "+c.token)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	return resp.StatusCode, data, err
}

// posts writes a post as long as the server says it may be, which has to be accepted, and one that is longer by one
// character, which has to be refused.
func (s *Stack) posts(ctx context.Context) Check {
	c := Check{What: "a post of the longest length is accepted, one character more is refused"}
	if !s.mastodon {
		c.Skip, c.Says = true, "this tree has no posts"
		return c
	}
	_, body, err := get(ctx, s.Web()+"/api/v2/instance")
	m := maxCharacters.FindSubmatch(body)
	if err == nil && m == nil {
		err = fmt.Errorf("/api/v2/instance does not state max_characters")
	}
	if err != nil {
		return checkOf(c.What, err, "")
	}
	longest, _ := strconv.Atoi(string(m[1]))
	codes := []int{}
	for _, n := range []int{longest, longest + 1} {
		form := url.Values{"status": {strings.Repeat("ä", n)}, "visibility": {"private"}}.Encode()
		code, _, err := client{s.Web(), s.token}.ask(ctx, http.MethodPost, "/api/v1/statuses",
			"application/x-www-form-urlencoded", strings.NewReader(form))
		if err != nil {
			return checkOf(c.What, err, "")
		}
		codes = append(codes, code)
	}
	c.OK = codes[0] == http.StatusOK && codes[1] == http.StatusUnprocessableEntity
	c.Says = fmt.Sprintf("%d characters: %d, %d characters: %d", longest, codes[0], longest+1, codes[1])
	return c
}

// media uploads the samples through the API while Sidekiq runs, and looks at what members would see of each.
func (s *Stack) media(ctx context.Context) Check {
	c := Check{What: "uploads are converted by libvips and ffmpeg, those that take long by Sidekiq"}
	if !s.mastodon {
		c.Skip, c.Says = true, "this tree has no uploads"
		return c
	}
	sidekiq := &program{cmd: s.web.command(ctx, s.env("web", "MAX_THREADS=2"), "/usr/bin/tini", "--", "bundle", "exec",
		"sidekiq", "-c", "2")}
	if err := s.start(sidekiq); err != nil {
		return checkOf(c.What, err, "")
	}
	var good []string
	for _, k := range kinds {
		if err := s.convert(ctx, sidekiq, k.name, k.kind, k.begins); err != nil {
			c.Says = strings.TrimSpace(fmt.Sprintf("%s: %v; good: %s", k.name, err, strings.Join(good, " ")))
			return c
		}
		good = append(good, strings.TrimPrefix(path.Ext(k.name), "."))
	}
	done := 0
	err := await(ctx, convertTime, sidekiq, func() error { // Sidekiq counts its jobs in Redis every ten seconds
		jobs, err := s.redisCLI(ctx, "get", "stat:processed")
		if err != nil {
			return fmt.Errorf("%w: %s", err, jobs)
		}
		if done, _ = strconv.Atoi(strings.Trim(strings.TrimSpace(jobs), `"`)); done == 0 {
			return errors.New("no job is done by Sidekiq yet")
		}
		return nil
	})
	c.OK = err == nil
	c.Says = fmt.Sprintf("%s; %d jobs done by Sidekiq", strings.Join(good, " "), done)
	if err != nil {
		return checkOf(c.What, err, c.Says)
	}
	return c
}

// attachment is what the API says of an upload.
type attachment struct {
	ID, Type, URL string
}

// convert uploads one sample, waits until it is converted and reads the result.
func (s *Stack) convert(ctx context.Context, sidekiq *program, name, kind, begins string) error {
	data, err := samples.ReadFile("media/" + name)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err != nil || form.Close() != nil {
		return fmt.Errorf("writing the form: %w", err)
	}
	c := client{s.Web(), s.token}
	code, answer, err := c.ask(ctx, http.MethodPost, "/api/v2/media", form.FormDataContentType(), &body)
	if err != nil {
		return err
	}
	var a attachment
	if err := json.Unmarshal(answer, &a); err != nil || code != http.StatusOK && code != http.StatusAccepted {
		return fmt.Errorf("it answers %d %s", code, beginning(answer, 200))
	}
	err = await(ctx, convertTime, sidekiq, func() error {
		code, answer, err := c.ask(ctx, http.MethodGet, "/api/v1/media/"+a.ID, "", nil)
		if err != nil {
			return err
		}
		if code != http.StatusOK {
			return fmt.Errorf("it answers %d %s", code, beginning(answer, 200))
		}
		return json.Unmarshal(answer, &a)
	})
	if err != nil {
		return err
	}
	if a.Type != kind {
		return fmt.Errorf("it is %q, expected %q", a.Type, kind)
	}
	u, err := url.Parse(a.URL)
	if err != nil {
		return err
	}
	code, file, err := get(ctx, s.Web()+u.Path)
	switch {
	case err != nil:
		return err
	case code != http.StatusOK || len(file) == 0:
		return fmt.Errorf("%s answers %d with %d bytes", u.Path, code, len(file))
	case begins == "mp4" && !bytes.Contains(file[:min(12, len(file))], []byte("ftyp")),
		begins == "mp3" && !bytes.HasPrefix(file, []byte("ID3")) && file[0] != 0xff,
		begins != "mp4" && begins != "mp3" && !bytes.HasPrefix(file, []byte(begins)):
		return fmt.Errorf("%s begins with %q", u.Path, file[:min(12, len(file))])
	}
	return nil
}
