package git

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/howdah/howdah/internal/secret"
)

// userKeys are what counts of the machine's and the user's configuration when git reaches out: how to get to a server,
// and with what. A name that ends in a dot stands for all below it. Everything else is left out, for git and for the
// programs that it starts in a repository on this disk, which see no -c: hooks, filters, aliases, remotes of the same
// name as ours, uploadpack.packObjectsHook. docs/safety.md has the list for people.
var userKeys = []string{
	"http.", "url.", "credential.", "core.sshcommand", "core.askpass", "ssh.variant", "safe.directory",
	"uploadpack.allowfilter", "uploadpack.allowtipsha1inwant", "uploadpack.allowreachablesha1inwant",
	"uploadpack.allowanysha1inwant",
}

// counts reports whether a key, as git lists it (section and name in small letters), counts.
func counts(key string) bool {
	for _, k := range userKeys {
		if key == k || strings.HasSuffix(k, ".") && strings.HasPrefix(key, k) {
			return true
		}
	}
	return false
}

// configured is what git lists of a configuration.
type configured struct {
	own     map[string]string // the repository's: the last value of each name
	user    []byte            // what counts of the machine's and the user's, as a configuration file
	secrets []string          // of the user's
}

// userConfig is what counts of the configuration that a person has for the repository, as a configuration file. It
// makes the secrets in it known. What was read, also by Opened, counts until git fails: then a person may follow a
// hint.
func (r *Repo) userConfig(ctx context.Context) ([]byte, error) {
	r.known.mu.Lock()
	c := r.known.user
	r.known.mu.Unlock()
	if c == nil {
		var err error
		if c, err = r.readConfiguration(ctx, netEnv(ctx)); err != nil {
			return nil, err
		}
		r.keepUserConfig(c)
	}
	secret.Learn(ctx, c.secrets...)
	return c.user, nil
}

// keepUserConfig sets what userConfig uses next; with nil it reads again.
func (r *Repo) keepUserConfig(c *configured) {
	r.known.mu.Lock()
	defer r.known.mu.Unlock()
	r.known.user = c
}

// Opened are the repository's own settings as they were when it was first asked, the last value of each name. Names are
// in small letters but for what is between the dots. Where the user's configuration cannot be read, they are.
func (r *Repo) Opened(ctx context.Context) (map[string]string, error) {
	r.known.mu.Lock()
	defer r.known.mu.Unlock()
	if r.known.own != nil {
		return r.known.own, nil
	}
	c, err := r.readConfiguration(ctx, netEnv(ctx))
	if err == nil {
		r.known.user = c
	} else if c, err = r.readConfiguration(ctx, localEnv(ctx), "--local"); err != nil {
		return nil, err
	}
	r.known.own = c.own
	return c.own, nil
}

func (r *Repo) readConfiguration(ctx context.Context, env []string, which ...string) (*configured, error) {
	var out bytes.Buffer
	args := append([]string{"config", "--list", "--null", "--show-scope", "--includes"}, which...)
	if err := (command{dir: r.dir, env: env, stdout: &out, args: args}).run(ctx); err != nil {
		return nil, fmt.Errorf("reading git's configuration: %w", err)
	}
	var file bytes.Buffer
	c := &configured{own: map[string]string{}}
	fields := strings.Split(strings.TrimSuffix(out.String(), "\x00"), "\x00") // scope, then key and value
	for i := 0; i+1 < len(fields); i += 2 {
		key, value, hasValue := strings.Cut(fields[i+1], "\n")
		switch fields[i] {
		case "local":
			c.own[key] = value
		case "system", "global":
			if counts(key) {
				writeEntry(&file, key, value, hasValue)
				c.secrets = append(c.secrets, secretsOf(key, value)...)
			}
		}
	}
	c.user = file.Bytes()
	return c, nil
}

// writeEntry writes a key in a section of its own. A key without a value is true.
func writeEntry(file *bytes.Buffer, key, value string, hasValue bool) {
	section, rest, _ := strings.Cut(key, ".")
	name := rest[strings.LastIndexByte(rest, '.')+1:]
	fmt.Fprintf(file, "[%s", section)
	if sub := strings.TrimSuffix(strings.TrimSuffix(rest, name), "."); sub != "" {
		fmt.Fprintf(file, " \"%s\"", strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(sub))
	}
	fmt.Fprintf(file, "]\n\t%s", name)
	if hasValue {
		fmt.Fprintf(file, " = \"%s\"", strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(value))
	}
	file.WriteByte('\n')
}

// secretsOf is what is secret of a key of git's configuration.
func secretsOf(key, value string) []string {
	all := secret.Address(value)
	if name, header, ok := strings.Cut(value, ": "); ok && strings.HasSuffix(key, ".extraheader") {
		all = append(all, secret.Header(name, header)...)
	}
	if rest, ok := strings.CutPrefix(key, "url."); ok {
		all = append(all, secret.Address(rest[:max(0, strings.LastIndexByte(rest, '.'))])...)
	}
	return all
}

// userFile is the configuration as a file for git and those that it starts: beside what the file is called there, it
// returns the file to hand on as the second of a command's extra files, and what removes it.
func userFile(config []byte) (name string, handed *os.File, remove func(), err error) {
	file, name, remove, err := unnamed("howdah-gitconfig")
	if err != nil {
		return "", nil, nil, fmt.Errorf("writing git's configuration: %w", err)
	}
	if _, err := file.Write(config); err != nil {
		remove()
		return "", nil, nil, fmt.Errorf("writing git's configuration: %w", err)
	}
	return name, file, remove, nil
}
