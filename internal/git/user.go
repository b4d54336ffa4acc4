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

// counts says whether a key, as git lists it (section and name in small letters), counts.
func counts(key string) bool {
	for _, k := range userKeys {
		if key == k || strings.HasSuffix(k, ".") && strings.HasPrefix(key, k) {
			return true
		}
	}
	return false
}

// userSettings are what counts of the configuration that a person has for the repository.
type userSettings struct {
	file    []byte // as a configuration file
	secrets []string
}

// userConfig reads the user's configuration, once, and makes its secrets known.
func (r *Repo) userConfig(ctx context.Context) ([]byte, error) {
	r.known.mu.Lock()
	defer r.known.mu.Unlock()
	if r.known.user == nil {
		read, err := r.readUserConfig(ctx)
		if err != nil {
			return nil, err
		}
		r.known.user = read
	}
	secret.Learn(ctx, r.known.user.secrets...)
	return r.known.user.file, nil
}

func (r *Repo) readUserConfig(ctx context.Context) (*userSettings, error) {
	var out bytes.Buffer
	args := []string{"config", "--list", "--null", "--show-scope", "--includes"}
	if err := (command{dir: r.dir, env: netEnv(ctx), stdout: &out, args: args}).run(ctx); err != nil {
		return nil, fmt.Errorf("reading git's configuration: %w", err)
	}
	var file bytes.Buffer
	var secrets []string
	fields := strings.Split(strings.TrimSuffix(out.String(), "\x00"), "\x00") // scope, then key and value
	for i := 0; i+1 < len(fields); i += 2 {
		key, value, hasValue := strings.Cut(fields[i+1], "\n")
		if scope := fields[i]; scope != "system" && scope != "global" || !counts(key) {
			continue
		}
		writeEntry(&file, key, value, hasValue)
		secrets = append(secrets, secretsOf(key, value)...)
	}
	return &userSettings{file.Bytes(), secrets}, nil
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
