package github

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/secret"
)

// maxReply bounds what is read of one answer: a page of a hundred issues of the greatest size.
const maxReply = 16 << 20

// rest speaks GitHub's REST API, version 2022-11-28.
type rest struct {
	api    string // https://api.github.com, without a slash at the end
	token  string
	client *http.Client
}

// newREST is for the API at address; "" is GitHub's own.
func newREST(address, token string) rest {
	return rest{
		api: strings.TrimSuffix(cmp.Or(address, "https://api.github.com"), "/"), token: token,
		client: &http.Client{Timeout: 30 * time.Second, Transport: secret.Transport{}},
	}
}

// request is one question to the API.
type request struct {
	method, path string
	in           any    // sent as JSON; nil sends nothing
	needs        string // the hint where it is refused
	gone         string // that where what is asked for is switched off (410)
}

// call asks, and reads the answer into out; nil reads nothing.
func (r rest) call(ctx context.Context, ask request, out any) error {
	var body io.Reader
	if ask.in != nil {
		data, err := json.Marshal(ask.in)
		if err != nil {
			return fmt.Errorf("encoding a request: %w", err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, ask.method, r.api+ask.path, body)
	if err != nil {
		return fmt.Errorf("making a request: %w", err)
	}
	req.Header.Set("Accept", "application/vnd.github+json")
	req.Header.Set("Authorization", "Bearer "+r.token)
	req.Header.Set("X-Github-Api-Version", "2022-11-28")
	resp, err := r.client.Do(req)
	if err != nil {
		return fault.New(fault.Retry, "asking %s: %w", r.api, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return fault.New(fault.Retry, "reading the answer of %s: %w", r.api, err)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return refusal(ask, resp.StatusCode, data)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("decoding the answer to %s %q: %w", ask.method, ask.path, err)
	}
	return nil
}

// notFound is the API's answer 404: what there is not, and what the token may not see.
type notFound struct{ error }

// Unwrap returns the error with its exit code.
func (n notFound) Unwrap() error { return n.error }

func refusal(ask request, status int, data []byte) error {
	var said struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(data, &said) // an answer that is not JSON says nothing more than its status
	path, _, _ := strings.Cut(ask.path, "?")
	what := fmt.Sprintf("%s %s answered %d %q", ask.method, path, status, said.Message)
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fault.New(fault.Auth, "%s", what).WithHint("%s", ask.needs)
	case status == http.StatusNotFound:
		return notFound{fault.New(fault.Other, "%s", what)}
	case status == http.StatusGone:
		return fault.New(fault.Usage, "%s", what).WithHint("%s", ask.gone)
	case status >= http.StatusInternalServerError || status == http.StatusTooManyRequests:
		return fault.New(fault.Retry, "%s", what)
	default:
		return fault.New(fault.Other, "%s", what)
	}
}
