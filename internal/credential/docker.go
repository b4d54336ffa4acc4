package credential

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/cli/cli/config/credentials"
	"github.com/docker/cli/cli/config/types"
	"github.com/howdah/howdah/internal/goroutine"
)

// load reads the first of the files that is there: Docker's, else Podman's (containers-auth.json(5)). A nil file is
// none.
func load(env func(string) string) (path string, file *configfile.ConfigFile, err error) {
	for _, path := range places(env) {
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return path, nil, err
		}
		defer f.Close()
		file, err := config.LoadFromReader(f)
		return path, file, err
	}
	return "", nil, nil
}

// places are where the configuration may lie.
func places(env func(string) string) []string {
	var out []string
	add := func(folder string, parts ...string) {
		if folder != "" {
			out = append(out, filepath.Join(append([]string{folder}, parts...)...))
		}
	}
	if env("DOCKER_CONFIG") != "" {
		add(env("DOCKER_CONFIG"), "config.json")
	} else {
		add(env("HOME"), ".docker", "config.json")
	}
	add(env("REGISTRY_AUTH_FILE"))
	add(env("XDG_RUNTIME_DIR"), "containers", "auth.json")
	if env("XDG_CONFIG_HOME") != "" {
		add(env("XDG_CONFIG_HOME"), "containers", "auth.json")
	} else {
		add(env("HOME"), ".config", "containers", "auth.json")
	}
	return out
}

// inFile returns what the file itself has, without a helper.
func inFile(file *configfile.ConfigFile, key string) types.AuthConfig {
	got, err := credentials.NewFileStore(file).Get(key)
	if err != nil {
		return types.AuthConfig{}
	}
	return got
}

// helperOf returns the suffix of the helper program that the file names for a registry.
func helperOf(file *configfile.ConfigFile, key string) string {
	if helper, ok := file.CredentialHelpers[key]; ok {
		return helper
	}
	return file.CredentialsStore
}

// source is a helper that a file names for a registry.
type source struct{ path, helper, key string }

// ask starts a helper. A helper that fails is reported, and not started again by this chain.
func (c *Chain) ask(ctx context.Context, file *configfile.ConfigFile, s source) types.AuthConfig {
	c.mu.Lock()
	broken := c.broken[s.helper]
	c.mu.Unlock()
	if broken {
		return types.AuthConfig{}
	}
	var got types.AuthConfig
	answered := goroutine.Start(func() (err error) {
		got, err = file.GetAuthConfig(s.key)
		return err
	})
	timer := time.NewTimer(c.wait)
	defer timer.Stop()
	var err error
	select {
	case <-ctx.Done():
		return types.AuthConfig{}
	case err = <-answered:
		if err == nil {
			return got
		}
	case <-timer.C:
		err = fmt.Errorf("no answer within %s", c.wait)
	}
	c.mu.Lock()
	c.broken[s.helper] = true
	c.mu.Unlock()
	c.report("the credential helper docker-credential-%s, which %q names, failed for %s: %s; going on without it. "+
		"Install the helper, or remove it of that file (credsStore, credHelpers)", s.helper, s.path, s.key, reason(err))
	return types.AuthConfig{}
}

// report warns once of each thing.
func (c *Chain) report(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	c.mu.Lock()
	before := c.warned[text]
	c.warned[text] = true
	c.mu.Unlock()
	if !before {
		c.warn(text)
	}
}

// mostReason bounds what is repeated of a helper's words.
const mostReason = 300

// reason is an error in one line: a helper's output may hold line ends and escape codes.
func reason(err error) string {
	text := strings.TrimSpace(err.Error())
	text = strings.TrimPrefix(text, "error getting credentials - err: ")
	text = strings.TrimSuffix(text, ", out: ``")
	if len(text) > mostReason {
		text = strings.ToValidUTF8(text[:mostReason], "") + "..." // without a sign the start of a secret would not be masked
	}
	text = fmt.Sprintf("%+q", text)
	return strings.ReplaceAll(strings.ReplaceAll(text[1:len(text)-1], `\"`, `"`), "::", `:\x3a`)
}
