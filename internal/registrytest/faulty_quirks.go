package registrytest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// odd asks the store, as a registry with these quirks would answer.
func (f *Faulty) odd(r *http.Request) *carried {
	m := routeOf(r.URL.Path)
	out := &carried{header: http.Header{}}
	if m == nil {
		out.serve(f.Store, r)
		return out
	}
	name, what := m[1], m[2]
	kind, ref, _ := strings.Cut(what, "/")
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	uploads := strings.HasPrefix(ref, "uploads/")
	switch {
	case kind == "tags":
		return f.list(r, name)
	case reads && !uploads && f.quirk("reads lag") && f.young(name, ref):
		refuse(out, http.StatusNotFound, "MANIFEST_UNKNOWN", "not yet")
		return out
	case reads && kind == "manifests" && f.quirk("tags lag") && f.before(name, ref) != "":
		r = r.Clone(r.Context())
		r.URL.Path = "/v2/" + name + "/manifests/" + f.before(name, ref)
	case r.Method == http.MethodHead && kind == "blobs" && f.quirk("HEAD knows no blob"):
		refuse(out, http.StatusNotFound, "BLOB_UNKNOWN", "ask with GET")
		return out
	case r.Method == http.MethodPatch && f.quirk("no PATCH"):
		refuse(out, http.StatusMethodNotAllowed, "UNSUPPORTED", "send it whole")
		return out
	case r.Method == http.MethodDelete && kind == "manifests" && f.quirk("no DELETE"):
		refuse(out, http.StatusMethodNotAllowed, "UNSUPPORTED", "deleting is off")
		return out
	case r.Method == http.MethodPost && f.quirk("no mount"):
		r = r.Clone(r.Context())
		query := r.URL.Query()
		query.Del("mount")
		r.URL.RawQuery = query.Encode()
	}
	out.serve(f.Store, r)
	f.note(r, name, kind, ref, out)
	if f.quirk("no digest header") && out.sent != nil {
		out.sent.Del("Docker-Content-Digest")
	}
	return out
}

// note remembers when something was written, and how large it is.
func (f *Faulty) note(r *http.Request, name, kind, ref string, out *carried) {
	out.WriteHeader(http.StatusOK)
	if r.Method == http.MethodPut && out.status == http.StatusCreated {
		if d := r.URL.Query().Get("digest"); kind == "blobs" && d != "" {
			ref = d
		}
		f.mu.Lock()
		if f.born == nil {
			f.born = map[string]time.Duration{}
		}
		if _, known := f.born[name+" "+ref]; !known && f.Clock != nil {
			f.born[name+" "+ref] = f.Clock()
		}
		f.mu.Unlock()
	}
	if r.Method == http.MethodHead && kind == "blobs" && out.status == http.StatusNotFound && f.quirk("HEAD remembers") {
		f.mu.Lock()
		_, known := f.born[name+" "+ref]
		f.mu.Unlock()
		if known {
			*out = carried{header: http.Header{"Docker-Content-Digest": {ref}}}
			out.WriteHeader(http.StatusOK)
		}
	}
}

// young reports whether what a reference names was first written less than the lag ago.
func (f *Faulty) young(name, ref string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, known := f.born[name+" "+ref]
	return known && f.Clock() < at+f.Lag
}

// before returns what a tag stood for the lag ago, "" where that is what it stands for.
func (f *Faulty) before(name, tag string) string {
	then := f.Clock() - f.Lag
	for _, m := range f.Store.Moves() {
		if m.Repository == name && m.Tag == tag && m.at > then && m.Old != "" && m.New != "" {
			return m.Old
		}
	}
	return ""
}

// list answers a list of tags.
func (f *Faulty) list(r *http.Request, name string) *carried {
	out := &carried{header: http.Header{}}
	out.serve(f.Store, r)
	out.WriteHeader(http.StatusOK)
	if f.quirk("list without Link") {
		out.sent.Del("Link")
	}
	if !f.quirk("list unsorted") && !f.quirk("list lags") || out.status != http.StatusOK {
		return out
	}
	out.relist(func(tags []string) []string {
		if f.quirk("list lags") {
			then := f.Clock() - f.Lag
			for _, m := range f.Store.Moves() {
				if m.Repository == name && m.at > then && m.Old == "" {
					tags = slices.DeleteFunc(tags, func(t string) bool { return t == m.Tag })
				}
			}
		}
		if f.quirk("list unsorted") {
			slices.SortFunc(tags, func(a, b string) int { return strings.Compare(Digest([]byte(a)), Digest([]byte(b))) })
			tags = append(tags, tags[:len(tags)/3]...)
		}
		return tags
	})
	return out
}

// relist changes the tags of an answer that lists them.
func (c *carried) relist(change func([]string) []string) {
	var list struct {
		Name string   `json:"name"`
		Tags []string `json:"tags"`
	}
	if json.Unmarshal(c.body.Bytes(), &list) != nil {
		return
	}
	list.Tags = change(list.Tags)
	data, err := json.Marshal(list)
	if err != nil {
		panic(err)
	}
	c.body.Reset()
	c.body.Write(data)
	c.sent.Set("Content-Length", strconv.Itoa(len(data)))
}

// write sends a recorded answer on, damaged as a fault wants it.
func (c *carried) write(w http.ResponseWriter, fault string) {
	c.WriteHeader(http.StatusOK)
	switch fault {
	case "list cut off":
		c.sent.Del("Link")
		c.relist(func(tags []string) []string { return tags[:len(tags)*2/3] })
	case "list empty":
		c.sent.Del("Link")
		c.relist(func([]string) []string { return nil })
	}
	data := c.body.Bytes()
	if fault == "flip" && len(data) > 0 && c.status == http.StatusOK {
		data = slices.Clone(data)
		data[len(data)/2] ^= 1
	}
	for k, v := range c.sent {
		w.Header()[k] = v
	}
	w.WriteHeader(c.status)
	if fault == "cut" {
		_, _ = w.Write(data[:len(data)/2])
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(data)
}
