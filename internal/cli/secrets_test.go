package cli_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	rt "github.com/howdah/howdah/internal/registrytest"
)

// secretVariables are planted by their names.
var secretVariables = strings.Fields(`PGPASSWORD MYSQL_PWD X_APIKEY X_API_KEY GPG_PASSPHRASE SMTP_PASS NPM_AUTHTOKEN
	AZURE_PAT REDIS_PASSWD REGISTRY_AUTH AWS_CREDENTIALS SECRET_KEY_BASE OTP_SECRET AWS_SECRET_ACCESS_KEY VAPID_PRIVATE_KEY
	GIT_CONFIG_VALUE_3 SENTRY_DSN SSHPASS DB_PASSWORD DEPLOY_TOKENS SIGNING_KEY ACCESS_TOKEN SESSION_COOKIE CLIENT_SECRET SMTP_PASSWORD NPM_CONFIG__AUTHTOKEN
	ACTIONS_RUNTIME_TOKEN ACTIONS_ID_TOKEN_REQUEST_TOKEN`)

// environment plants variables, addresses and documents in the environment.
func (b *leakBench) environment() []string {
	var env []string
	for i, name := range secretVariables {
		env = append(env, name+"="+b.planted.secret(name, i%2 == 0))
	}
	p := b.planted
	return append(env,
		"GITHUB_ACTOR=someone", "GITHUB_TOKEN="+p.secret("GITHUB_TOKEN", false),
		"DOCKERHUB_USERNAME=someone", "DOCKERHUB_TOKEN="+p.secret("DOCKERHUB_TOKEN", true),
		"HOWDAH_SOURCE_TOKEN="+p.secret("HOWDAH_SOURCE_TOKEN", false),
		"DATABASE_URL=postgres://u:"+url.PathEscape(p.secret("DATABASE_URL", true))+"@localhost/x",
		"REDIS_URL=redis://:"+p.secret("REDIS_URL", false)+"@localhost/0",
		"MIRROR=https://h.example/x?private_token="+url.QueryEscape(p.secret("MIRROR", true)),
		"SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T0/B0/"+p.secret("SLACK_WEBHOOK_URL", false),
		`DOCKER_AUTH_CONFIG={"auths":{"h.example":{"auth":"`+base64Std("me:"+p.secret("DOCKER_AUTH_CONFIG", true))+`"}}}`,
		"GEM_MIRROR=https://me:"+url.PathEscape(p.secret("GEM_MIRROR", true))+"@gems.example/",
		"DEPLOY_SECRET="+p.secret("DEPLOY_SECRET 1", false)+"\n"+p.secret("DEPLOY_SECRET 2", false),
		"BUNDLE_GEMS__EXAMPLE=https://me:"+p.secret("BUNDLE_GEMS__EXAMPLE", false)+"@gems.example/",
		"npm_config_//r.example/:_authToken="+p.secret("npm_config", false),
		"BUNDLE_GEMS__EXAMPLE__COM=someone:"+p.secret("bundler login", false),
		"BUNDLE_GEM__FURY__IO="+p.secret("bundler token", false),
		"npm_config_//s.example/:_password="+base64Std(p.secret("npm password", true)),
		"npm_config__auth="+base64Std("someone:"+p.secret("npm auth", true)),
		"GOPROXY=direct,https://someone:"+p.secret("GOPROXY", false)+"@go.example|off",
		"NPMRC=//r.example/:_authToken="+p.secret("NPMRC", false)+"\n//u.example/:_authToken=${NPM_TOKEN}\n",
		"MY_NETRC=machine h.example login someone\n\tpassword "+p.secret("netrc in a variable", false)+"\n",
		`PULL_DOCKERCONFIGJSON={"auths":{"h.example":{"username":"someone","password":"`+p.secret("plain docker", false)+
			`"}},"proxies":{"default":{"httpsProxy":"http://me:`+p.secret("docker proxies", false)+`@proxy.example"}}}`,
		"BASIC_AUTH=someone:"+p.secret("BASIC_AUTH", false),
		"SSH_PRIVATE_KEY=-----BEGIN OPENSSH PRIVATE KEY-----\n"+p.secret("SSH_PRIVATE_KEY",
			false)+"\n-----END OPENSSH PRIVATE KEY-----",
	)
}

// unread plants what other programs read in the user's home: no target reads it, and so none can give it away.
func (b *leakBench) unread() {
	hidden := &planted{cores: b.planted.cores}
	b.file(".npmrc", "//npm.example.org/:_authToken="+hidden.secret("the user's .npmrc", false)+"\n")
	b.file(".yarnrc.yml", "npmAuthToken: "+hidden.secret("the user's .yarnrc.yml", false)+"\n")
	b.file(".bundle/config", "BUNDLE_GEMS__EXAMPLE__COM: \"me:"+hidden.secret("the user's bundle config", false)+"\"\n")
	b.file(".gem/credentials", ":rubygems_api_key: "+hidden.secret("the user's gem credentials", false)+"\n")
	b.file(".git-credentials", "https://me:"+hidden.secret("git's store", false)+"@other.example\n")
}

// TestSecretsDoNotLeave plants secrets in every way in which the program can come to know one, against servers that
// give all of them back in twenty-seven forms, and finds none in what is printed, written, published or called.
// With -short a third of git's ways is tried.
func TestSecretsDoNotLeave(t *testing.T) {
	b := newLeakBench(t)
	env := b.environment()
	forms := b.formed()
	b.unread()
	known := append([]string{}, b.planted.texts...) // by every run
	server := newEcho(t, known, nil)
	b.git(server, env)
	b.refusals(env)
	b.dockers(env)
	b.github(server, env)
	b.forms(env, forms)
	b.arguments(env)
	b.release(env, known)
	b.planted.leaks(t, "what is left", b.dir)
	least := 60
	if testing.Short() {
		least = 50
	}
	if n := len(b.planted.cores); n < least {
		t.Errorf("only %d secrets are planted", n)
	}
	t.Logf("%d secrets, %d bytes printed, %d masked", len(b.planted.cores), b.output.Len(),
		strings.Count(b.output.String(), "***"))
}

// git plants what git itself gets by the user's configuration: the program knows it only when git sends it.
func (b *leakBench) git(server *echo, env []string) {
	asking := func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return true
		}
		return false
	}
	for i, way := range []struct {
		name   string
		config func(secret, host string) string
		env    func(secret string) []string
		asks   bool
		netrc  bool
	}{
		{name: "credential helper", asks: true, config: func(s, _ string) string {
			b.file("helper", "#!/bin/sh\ntest \"$1\" = get && printf 'username=helped\\npassword=%s\\n' '"+s+"'\n")
			return "[credential]\n\thelper = " + filepath.Join(b.home, "helper") + "\n"
		}},
		{name: "extra header", config: func(s, _ string) string {
			return "[http]\n\textraHeader = \"Authorization: Basic " + base64Std("u:"+s) + "\"\n"
		}},
		{name: "bearer header", config: func(s, host string) string {
			return "[http \"" + host + "\"]\n\textraHeader = \"Authorization: Bearer " + s + "\"\n"
		}},
		{name: "own header", config: func(s, _ string) string { return "[http]\n\textraHeader = X-Deploy: " + s + "\n" }},
		{name: "login in insteadOf", config: func(s, host string) string {
			return "[url \"" + strings.Replace(host, "://", "://me:"+s+"@", 1) + "\"]\n\tinsteadOf = " + host + "\n"
		}, asks: true},
		{name: "query in insteadOf", config: func(s, host string) string {
			return "[url \"" + host + "/git?access_token=" + s + "&x=\"]\n\tinsteadOf = " + host + "\n"
		}},
		{name: "cookie file", config: func(s, host string) string {
			u, _ := url.Parse(host)
			b.file("cookies", u.Hostname()+"\tFALSE\t/\tFALSE\t0\tsession\t"+s+"\n")
			return "[http]\n\tcookieFile = " + filepath.Join(b.home, "cookies") + "\n"
		}},
		{name: "netrc", asks: true, config: func(s, host string) string {
			u, _ := url.Parse(host)
			b.file(".netrc", "machine "+u.Hostname()+" login me password "+s+"\n")
			return ""
		}, netrc: true},
		{name: "netrc of lines", asks: true, config: func(s, host string) string {
			u, _ := url.Parse(host)
			b.file(".netrc", "machine other.example login you password none\n"+
				"machine "+u.Hostname()+"\n\tlogin me\n\tpassword "+s+"\n")
			return ""
		}, netrc: true},
		{name: "netrc default", asks: true, config: func(s, _ string) string {
			b.file(".netrc", "default login me password "+s+"\n")
			return ""
		}, netrc: true},
		{name: "askpass", asks: true, config: func(s, _ string) string {
			b.file("askpass", "#!/bin/sh\ncase $1 in Username*) echo me;; *) echo '"+s+"';; esac\n")
			return ""
		}, env: func(string) []string { return []string{"GIT_ASKPASS=" + filepath.Join(b.home, "askpass")} }},
	} {
		if testing.Short() && i%3 != 0 {
			continue
		}
		first := asking
		if !way.asks {
			first = nil
		}
		s := (&planted{cores: b.planted.cores}).secret("git "+way.name, false)
		host := newEcho(b.t, []string{s}, first)
		b.file(".gitconfig", way.config(s, host.URL))
		more := append(slices.Clone(env), "HOWDAH_UPSTREAM_URL="+host.URL+"/mastodon.git")
		if way.env != nil {
			more = append(more, way.env(s)...)
		}
		out := b.run("git's "+way.name, more, "upstream:fetch")
		heard := strings.Join(host.asked, "\n")
		if !slices.ContainsFunc([]string{s, base64Std("me:" + s), base64Std("helped:" + s), base64Std("u:" + s)},
			func(sent string) bool { return strings.Contains(heard, sent) }) {
			b.t.Errorf("git's %s was never sent:\n%s\n%s", way.name, heard, out)
		}
		if !strings.Contains(out, "raw=***") {
			b.t.Errorf("git's %s: the echo is not shown masked:\n%s", way.name, out)
		}
		b.must(os.RemoveAll(filepath.Join(b.home, ".netrc")))
		b.file(".gitconfig", "")
	}
	out := b.run("the environment, of git's server", append(append([]string{}, env...),
		"HOWDAH_UPSTREAM_URL="+server.URL+"/mastodon.git"), "upstream:fetch")
	if !strings.Contains(out, "raw=***") {
		b.t.Errorf("the echo is not shown masked:\n%s", out)
	}
}

// refusals plants credentials where configuration refuses them, and says so.
func (b *leakBench) refusals(env []string) {
	hidden := &planted{cores: b.planted.cores}
	for way, kv := range map[string]string{
		"token in a query":      "HOWDAH_UPSTREAM_URL=https://h.example/x.git?access_token=%s",
		"query on loopback":     "HOWDAH_UPSTREAM_URL=http://127.0.0.1:1/x.git?access_token=%s",
		"unnamed query":         "HOWDAH_UPSTREAM_URL=https://h.example/x.git?%s",
		"fragment":              "HOWDAH_UPSTREAM_URL=https://h.example/x.git#%s",
		"login in upstream":     "HOWDAH_UPSTREAM_URL=https://me:%s@h.example/x.git",
		"login in push":         "HOWDAH_SOURCE_PUSH=https://%s@h.example/x.git",
		"login in a registry":   "HOWDAH_REGISTRIES=me:%s@h.example/x",
		"login of a gem mirror": "HOWDAH_GEM_MIRROR=https://me:%s@h.example/",
		"query of a mirror":     "HOWDAH_NPM_REGISTRY=https://h.example/?token=%s",
		"query of the source":   "HOWDAH_SOURCE_REPOSITORY=https://h.example/x?token=%s",
		"scheme":                "HOWDAH_UPSTREAM_URL=git://h.example/x.git?auth=%s",
	} {
		s := hidden.secret(way, false)
		out := b.run(way, append(append([]string{}, env...), fmt.Sprintf(kv, s)), "upstream:fetch")
		if !strings.Contains(out, "error: ") {
			b.t.Errorf("%s is let pass:\n%s", way, out)
		}
	}
}

// dockers plants what publishing logs in with: Docker's configuration, its helpers, and the tokens that registries
// give.
func (b *leakBench) dockers(env []string) {
	hidden := &planted{cores: b.planted.cores}
	password, helped := hidden.secret("docker auth", true), hidden.secret("docker helper", false)
	identity, bearer := hidden.secret("docker identity token", false), hidden.secret("registry bearer", false)
	plain, token := hidden.secret("docker plain password", false), hidden.secret("docker registry token", false)
	proxied := hidden.secret("proxy login", false)
	b.file("bin/docker-credential-planted",
		"#!/bin/sh\necho '{\"ServerURL\":\"helped.example\",\"Username\":\"me\",\"Secret\":\""+helped+"\"}'\n")
	stored := hidden.secret("docker credentials store", false)
	b.file("bin/docker-credential-store", "#!/bin/sh\ncase $(cat) in *stored.example*) echo "+
		"'{\"ServerURL\":\"stored.example\",\"Username\":\"me\",\"Secret\":\""+stored+"\"}';; "+
		"*) echo 'credentials not found in native keychain'; exit 1;; esac\n")
	login := base64Std("me:" + password)
	b.file(".docker/config.json", `{"auths":{"basic.example":{"auth":"`+login+`"},"bearer.example":{"auth":"`+login+`"},
		"identity.example":{"auth":"`+base64Std("<token>:x")+`","identitytoken":"`+identity+`"},
		"plain.example":{"username":"me","password":"`+plain+`"},"token.example":{"registrytoken":"`+token+`"}},
		"credHelpers":{"helped.example":"planted"}}`)
	// The proxy is the registry, whatever its name: plain HTTP goes through it.
	sends := map[string][]string{"basic": {password, proxied}, "bearer": {password, bearer, proxied},
		"identity": {identity, bearer, proxied}, "helped": {helped, proxied}, "stored": {stored, proxied},
		"plain": {plain, proxied}, "token": {token, proxied}}
	var proxy *echo
	proxy = newEcho(b.t, nil, func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.URL.Path == "/token":
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"token":%q,"access_token":%q}`, bearer, bearer)
			return true
		case r.Header.Get("Authorization") != "":
			proxy.calls++
			host, _, _ := strings.Cut(r.URL.Host, ".")
			message, _ := json.Marshal(proxy.text(sends[host], fmt.Sprint(r.Header)))
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"errors":[{"code":"NAME_INVALID","message":%s}]}`, message)
			return true
		case strings.HasPrefix(r.URL.Host, "basic") || strings.HasPrefix(r.URL.Host, "helped") ||
			strings.HasPrefix(r.URL.Host, "plain") ||
			strings.HasPrefix(r.URL.Host, "stored"):
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		default:
			w.Header().Set("WWW-Authenticate", `Bearer realm="http://`+r.URL.Host+`/token",service="x"`)
		}
		http.Error(w, "", http.StatusUnauthorized)
		return true
	})
	address := strings.Replace(proxy.URL, "://", "://me:"+proxied+"@", 1)
	for _, host := range []string{"basic.example", "bearer.example", "identity.example", "helped.example",
		"plain.example", "token.example", "stored.example"} {
		if host == "stored.example" {
			b.file(".docker/config.json", `{"credsStore":"store"}`)
		}
		proxy.asked = nil
		more := append(append([]string{}, env...), "HTTP_PROXY="+address, "http_proxy="+address,
			"HOWDAH_REGISTRIES="+host+"/mini", "HOWDAH_INSECURE="+host,
			"HOWDAH_SOURCE_REPOSITORY=https://example.org/mini")
		out := b.run("publishing to "+host, more, "publish:doctor")
		out += b.run("publishing to "+host, more, "publish:status")
		if !strings.Contains(out, "***") || !strings.Contains(strings.Join(proxy.asked, "\n"), "Authorization") {
			b.t.Errorf("%s: nothing was sent or shown:\n%s\n%s", host, out, strings.Join(proxy.asked, "\n"))
		}
	}
}

// github plants nothing more: its API gives back what the environment holds, and an issue takes a report.
func (b *leakBench) github(server *echo, env []string) {
	more := append(append([]string{}, env...), "GITHUB_API_URL="+server.URL, "GITHUB_REPOSITORY=o/r")
	b.must(os.MkdirAll(filepath.Join(b.dir, "mine", "dist"), 0o755))
	before := len(server.asked)
	b.run("ci:notice", more, "ci:notice", "patch-check", "failure")
	b.run("patch:check", more, "patch:check")
	if len(server.asked) == before {
		b.t.Error("GitHub's API was not asked")
	}
}

// forms shows what the program was never told.
func (b *leakBench) forms(env []string, forms []string) {
	server := newEcho(b.t, nil, func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintln(w, strings.Join(forms, "\n"))
		return true
	})
	out := b.run("known by form", append(append([]string{}, env...),
		"HOWDAH_UPSTREAM_URL="+server.URL+"/mastodon.git"), "upstream:fetch")
	if n := strings.Count(out, "***"); n < len(forms) {
		b.t.Errorf("%d of %d forms are masked:\n%s", n, len(forms), out)
	}
}

// arguments gives a secret to targets that hand it on to git: no program is started with it, and the target says so.
func (b *leakBench) arguments(env []string) {
	hidden := &planted{cores: b.planted.cores}
	const why = "of git holds a secret, which every user of this machine could read; git is not started"
	for _, args := range [][]string{{"upstream:fetch", "-ref=%s"}, {"patch:check", "-ref=%s"},
		{"image:build", "-dry", "-ref=%s"}, {"patch:check", "-ref=a-%s-b"}, {"patch:diff", "-ref=%s"}} {
		s := hidden.secret("argument of "+strings.Join(args, " "), false)
		for i, arg := range args {
			args[i] = strings.ReplaceAll(arg, "%s", s)
		}
		before, err := os.ReadFile(filepath.Join(b.dir, "argv"))
		b.must(err)
		out, code := b.exit("a secret as an argument", append(slices.Clone(env), "DEPLOYMENT_TOKEN="+s), args...)
		if code != 1 || !strings.Contains(out, why) {
			b.t.Errorf("%s: exit %d:\n%s", args[0], code, out)
		}
		started, err := os.ReadFile(filepath.Join(b.dir, "argv"))
		b.must(err)
		started = started[len(before):]
		if way := b.planted.leak(string(started)); way != "" || strings.Contains(string(started), "\nfetch\n") {
			b.t.Errorf("%s: a program was started with the secret of %s:\n%s", args[0], way, started)
		}
	}
}

// release publishes with everything planted, first against a registry that refuses in many words, then whole; journal,
// record, page, summary and layers are among what is read afterwards.
func (b *leakBench) release(env []string, known []string) {
	store := filepath.Join(b.dir, "registry")
	proxy := rt.New(b.t, serve(b.t.Context(), b.t, store))
	more := append(slices.Clone(env), "HOWDAH_REGISTRIES="+proxy.Address+"/mini",
		"HOWDAH_SOURCE_REPOSITORY=https://example.org/mini")
	lock, err := os.ReadFile(filepath.Join("testdata", "script", "publish.txtar"))
	b.must(err)
	_, bases, ok := strings.Cut(string(lock), "-- bases.lock --\n")
	if !ok {
		b.t.Fatal("no bases.lock in publish.txtar")
	}
	bases, _, _ = strings.Cut(bases, "\n-- ")
	b.must(os.WriteFile(filepath.Join(b.dir, "mine", "bases.lock"), []byte(bases+"\n"), 0o644))
	b.fabricate(more)
	refusal, err := json.Marshal((&echo{}).text(known[:20], "")) // below what an answer may have
	b.must(err)
	proxy.Break(rt.Rule{Method: "PUT", Path: "/manifests/edge", Do: rt.Status(400,
		`{"errors":[{"code":"NAME_INVALID","message":`+string(refusal)+`}]}`)})
	out := b.run("a refused release", more, "publish:push")
	if !strings.Contains(out, "***") {
		b.t.Errorf("the refusal is not shown:\n%s", out)
	}
	proxy.Mend()
	out = b.run("a release", more, "publish:resume")
	if !strings.Contains(out, "finished") {
		b.t.Errorf("the release is not whole:\n%s", out)
	}
	reason := "because of " + known[0]
	b.run("a hold", more, "publish:hold", "-reason="+reason)
	b.run("the history", more, "patch:history", "-months=1")
	b.run("the images", more, "image:verify")
	b.planted.leaks(b.t, "the registry", store)
}

func (b *leakBench) fabricate(env []string) {
	b.t.Helper()
	cmd := exec.CommandContext(b.t.Context(), "fabricate") // TestMain puts it there
	cmd.Dir, cmd.Env = b.dir, append(append([]string{}, b.env...), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.t.Fatalf("%v\n%s", err, out)
	}
}
