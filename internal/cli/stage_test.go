package cli_test

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/crane"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/lock"
	rt "github.com/howdah/howdah/internal/registrytest"
)

func TestMain(m *testing.M) {
	panicWhereAsked()
	killWhereAsked()
	measureWhereAsked()
	workWhereAsked()
	testscript.Main(withPrograms{m}, map[string]func(){"fabricate": cli.Fabricate, "howdah": runStandIn})
}

// withPrograms runs the tests with a folder for what they compile.
type withPrograms struct{ tests *testing.M }

// Run runs them.
func (w withPrograms) Run() int {
	dir, err := os.MkdirTemp("", "howdah-test")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	compiledDir, cli.Templates = dir, filepath.Join(dir, "templates")
	return w.tests.Run()
}

// registries are what a script publishes to: `registry NAME` starts one, with $NAME its address.
type registries struct {
	t      *testing.T
	byName map[string]*rt.Proxy
	held   *lock.Lock
}

// startRegistry is `registry NAME`.
func startRegistry(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: registry NAME")
	}
	name, all := args[0], of(ts)
	all.byName[name] = rt.New(all.t, serve(all.t.Context(), all.t, ts.MkAbs("registry-"+name)))
	ts.Setenv(name, all.byName[name].Address)
}

// fault is `fault NAME METHOD PATH STATUS|down [FROM]`: requests that match are answered so from the FROM-th on; with
// down, the registry is gone from then on. `! fault NAME` mends all, and begins anew what is asked.
func fault(ts *testscript.TestScript, neg bool, args []string) {
	p := of(ts).byName[args[0]]
	if p == nil {
		ts.Fatalf("no registry %q", args[0])
	}
	if neg {
		p.Mend()
		p.Forget()
		return
	}
	if len(args) < 4 {
		ts.Fatalf("usage: fault NAME METHOD PATH STATUS|down [FROM]")
	}
	rule := rt.Rule{Method: args[1], Path: args[2],
		Do: func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
			p.Down()
			rt.Reset(w, r, pass)
		}}
	if code, err := strconv.Atoi(args[3]); err == nil {
		rule.Do = rt.Status(code, "")
	}
	if len(args) > 4 {
		rule.From, _ = strconv.Atoi(args[4])
	}
	p.Break(rule)
}

// asked is `asked NAME REGEXP`: since the last time, the registry was asked for what matches, "METHOD PATH"; `! asked`:
// it was not.
func asked(ts *testscript.TestScript, neg bool, args []string) {
	p := of(ts).byName[args[0]]
	if p == nil || len(args) != 2 {
		ts.Fatalf("usage: asked NAME REGEXP")
	}
	got := p.Requests(args[1])
	p.Forget()
	if (len(got) > 0) == neg {
		ts.Fatalf("asked %s:\n%s", args[0], strings.Join(got, "\n"))
	}
}

// envOf is `envof NAME IMAGE:TAG`: it prints the environment in the image's configuration.
func envOf(ts *testscript.TestScript, _ bool, args []string) {
	p := of(ts).byName[args[0]]
	if p == nil || len(args) != 2 {
		ts.Fatalf("usage: envof NAME IMAGE:TAG")
	}
	data, err := crane.Config(p.Address + "/" + args[1])
	var file v1.ConfigFile
	if err == nil {
		err = json.Unmarshal(data, &file)
	}
	ts.Check(err)
	_, err = ts.Stdout().Write([]byte(strings.Join(file.Config.Env, "\n") + "\n"))
	ts.Check(err)
}

// atWork is `atwork PATH`: another run is at work with what a lock guards; `! atwork`: it has ended.
func atWork(ts *testscript.TestScript, neg bool, args []string) {
	all := of(ts)
	if neg {
		ts.Check(all.held.Release())
		return
	}
	held, err := lock.Share(all.t.Context(), ts.MkAbs(args[0]), func() error { return nil })
	ts.Check(err)
	all.held = held
}

// secretToken is what the locked server knows, and lets read but not write.
const secretToken = "canary-0123456789"

// lockedServer is a git server over https that asks for a login, and lets nobody in.
func lockedServer(e *testscript.Env) (address string, err error) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, token, _ := r.BasicAuth(); token == secretToken {
			http.Error(w, "you may not write here", http.StatusForbidden)
			return
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="locked"`)
		http.Error(w, "who are you?", http.StatusUnauthorized)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	e.Defer(s.Close)
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	return s.URL, os.WriteFile(filepath.Join(e.WorkDir, "locked.pem"), cert, 0o644)
}

func of(ts *testscript.TestScript) *registries { return ts.Value("registries").(*registries) }
