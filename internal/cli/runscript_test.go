package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/miniature"
	"github.com/howdah/howdah/internal/view"
)

// ranScript is a script that only running it decides. It writes down what it sees of the machine: PORT is a server's
// there, FOLDER a folder there, with a file in it.
const ranScript = `#!/bin/bash
set -e
cd /home/mastodon/live

# Longer posts
perl -pi -e 's/MAX_CHARS = (\d+)/"MAX_CHARS = " . $1 * 10/e' app/validators/status_length_validator.rb

# Robots
ruby - <<'RUBY'
File.write("public/robots.txt", "User-agent: Bad\nDisallow: /\n", mode: "a")
RUBY

# Our theme
sed -i '/^default:/a ours: styles/ours.scss' config/themes.yml
awk '{ print } END { print "// ours" }' app/javascript/styles/application.scss > /tmp/styles
mv /tmp/styles app/javascript/styles/application.scss

# What it sees
if (exec 3<>/dev/tcp/127.0.0.1/PORT) 2> /dev/null; then echo connected > public/network.txt; fi
ruby -rsocket -e 'File.write("public/seen.txt", <<TEXT)
server #{TCPSocket.new("127.0.0.1", PORT) && "found" rescue "none"}
name #{Addrinfo.getaddrinfo("localhost.example.org", 80) && "found" rescue "none"}
interfaces #{Socket.getifaddrs.map(&:name).uniq - ["lo"]}
file #{File.read("FOLDER/file") rescue "none"}
variable #{ENV["HOWDAH_TEST_SECRET"] || "none"}
keys #{ENV.keys.grep(/HOWDAH|TOKEN|PROXY|SSH/i)}
home #{Dir.children(Dir.home).grep(/ssh|docker|netrc/)}
TEXT'
mkdir -p FOLDER && touch FOLDER/mark
`

// TestRunScript imports a script with -run: what perl, ruby and awk did comes in as a change for each comment, and the
// series makes the tree that the script left. The script reaches no server, file or variable of this machine.
func TestRunScript(t *testing.T) {
	needsSandbox(t)
	dir := t.TempDir()
	mine, folder := filepath.Join(dir, "mine"), filepath.Join(dir, "machine")
	write(t, filepath.Join(folder, "file"), "a file of this machine")
	up, err := cli.WriteUpstream(filepath.Join(dir, "mastodon.git"))
	if err == nil {
		err = errors.Join(os.Mkdir(mine, 0o755), miniature.WriteDistribution(mine, up.Dir, up))
	}
	if err != nil {
		t.Fatal(err)
	}
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	port := fmt.Sprint(server.Addr().(*net.TCPAddr).Port)
	text := strings.NewReplacer("PORT", port, "FOLDER", folder).Replace(ranScript)
	write(t, filepath.Join(dir, "own", "patch.sh"), text)
	write(t, filepath.Join(mine, "changes", "series.toml"), "")

	out := runInSandbox(t, mine, filepath.Join(dir, "own", "patch.sh"), "HOWDAH_TEST_SECRET=of this machine")
	for _, want := range []string{"line 6: ran in the sandbox: patch, 1 file", "line 9: ran in the sandbox: patch, 1 file",
		"line 14: edit, 1 match", "line 19: ran in the sandbox\n", "line 20: ran in the sandbox: patch, 1 file"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in what it printed:\n%s", want, out)
		}
	}
	var r view.Import
	data, err := os.ReadFile(filepath.Join(mine, "dist", "patch-import.json"))
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]string{}
	for _, c := range r.Changes {
		files[c.Name] = c.Files
	}
	if !r.Equal || r.Undecided != 0 ||
		fmt.Sprint(files["longer-posts"]) != "[app/validators/status_length_validator.rb]" ||
		fmt.Sprint(files["robots"]) != "[public/robots.txt]" || fmt.Sprint(files["what-it-sees"]) != "[public/seen.txt]" ||
		len(files) != 5 {
		t.Errorf("the import: %s", data)
	}
	seen, err := os.ReadFile(filepath.Join(mine, "changes", "what-it-sees.patch"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"server none", "name none", "interfaces []", "file none", "variable none",
		"keys []", "home []"} {
		if !strings.Contains(string(seen), "+"+want+"\n") {
			t.Errorf("%q is not in what the script saw:\n%s", want, seen)
		}
	}
	if _, err := os.Lstat(filepath.Join(folder, "mark")); err == nil {
		t.Error("the script left a file on this machine")
	}
}

// needsSandbox skips, aloud, where no script can run in BuildKit.
func needsSandbox(t *testing.T) {
	t.Helper()
	if os.Getenv("HOWDAH_TEST_BUILDERS") == "" {
		t.Skip("skipped: runs a script in BuildKit: set HOWDAH_TEST_BUILDERS=1")
	}
	if os.Geteuid() != 0 {
		t.Skip("skipped: the embedded BuildKit needs root")
	}
	if _, err := exec.LookPath("runc"); err != nil {
		t.Skip("skipped: runc is not installed")
	}
}

// runInSandbox imports a script with -run into the series of changes/ beside howdah.toml, and returns what it printed.
func runInSandbox(t *testing.T, mine, script string, environ ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), compiled(t), "patch:import", script, "-run")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	cmd.Env = append(os.Environ(), "HOWDAH_CONFIG="+filepath.Join(mine, "howdah.toml"),
		"HOWDAH_PATCHES="+filepath.Join(mine, "changes"),
		"CI=true", "GITHUB_OUTPUT=", "GITHUB_STEP_SUMMARY=")
	cmd.Env = append(cmd.Env, environ...)
	err := cmd.Run()
	if cmd.ProcessState.ExitCode() == 75 {
		t.Skipf("skipped: the base image is not here, and no registry is reached:\n%s", &said)
	}
	if err != nil {
		t.Fatalf("%v:\n%s\n%s", err, &out, &said)
	}
	return out.String()
}

// TestRunScriptPage runs the script of docs/import.md with -run, and finds what it prints on the page.
func TestRunScriptPage(t *testing.T) {
	needsSandbox(t)
	page, err := os.ReadFile("../../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(page), "### What only running it can tell")
	text, found := quotedBlock(section, "#!/bin/bash\n")
	want, both := quotedBlock(section, "$ howdah patch:import patch.sh -run\n")
	if !ok || !found || !both {
		t.Fatal("docs/import.md shows no script that is run, or not what is printed then")
	}
	dir := t.TempDir()
	mine, file := filepath.Join(dir, "mine"), filepath.Join(dir, "own", "patch.sh")
	write(t, file, "#!/bin/bash\n"+text)
	up, err := cli.WriteUpstream(filepath.Join(dir, "mastodon.git"))
	if err == nil {
		err = errors.Join(os.Mkdir(mine, 0o755), miniature.WriteDistribution(mine, up.Dir, up))
	}
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(mine, "changes", "series.toml"), "")
	if got := runInSandbox(t, mine, file); unstable(got) != unstable(want) {
		t.Errorf("docs/import.md quotes\n%s\nand this is printed:\n%s", want, got)
	}
}

// write writes a file and makes its folder.
func write(t *testing.T, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}
