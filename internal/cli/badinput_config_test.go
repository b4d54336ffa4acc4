package cli_test

import (
	"fmt"
	"strings"
)

// configHead is the first line of every bad howdah.toml.
const configHead = "name = \"mini\"\n"

// badKeys are what follows configHead; what is wrong stands on the last line.
var badKeys = []string{
	`name = "again"`, `nmae = "x"`, `patchs = ["patches"]`, `patches = 1`, `patches = [1]`, `patches = [""]`,
	`patches = ["nowhere"]`, `patches = ["patches", "patches"]`, `patches = ["dist"]`,
	`zone = 1`, `zone = "Nowhere/City"`, `zone = ""`, `max_age = "soon"`, `max_age = -1`, `max_age = "-7d"`,
	`max_age = true`, `howdah = ">= "`, `howdah = "newest"`, `howdah = 1`,
	`name`, `= 1`, `name = `, `x = "`, `x = '''`, `x = [`, `x = {`, `x = 1 2`, `[`, `[]`, `[a`, `[[image]`, `x = "\q"`,
	`x = 2026-13-01`, `x = 99999999999999999999`, `x = 0x`, `"" = 1`, "x = \"\x01\"", "x = \"\xff\"", "x = “y”",
	"a\rb = 1",
	"[upstream]\nurl = 1", "[upstream]\nurl = \"\"", "[upstream]\nurl = \"ext::sh -c x\"", "[upstream]\nurl = \"-x\"",
	"[upstream]\nurl = \"http://user:pass@host/x\"", "[upstream]\nurl = \"ftp://host/x\"",
	"[upstream]\nref = 1", "[upstream]\nref = \"\"", "[upstream]\nref = \"-x\"", "[upstream]\nref = \"a..b\"",
	"[upstream]\nref = \"a b\"", "[upstream]\nref = \"@released\"", "[upstream]\nref = \"x.lock\"",
	"[upstream]\nref = \"/x\"", "[upstream]\nref = \"x/\"",
	"[upstream]\nsettle = \"x\"", "[upstream]\nsettle = -1", "[upstream]\nwatch = 1",
	"[upstream]\nwatch = [\"/etc/passwd\"]", "[upstream]\nwatch = [\"../x\"]", "[upstream]\nwatch = [\"a\", \"a\"]",
	"[upstream]\nwatch = [1]", "[upstream]\nrf = \"main\"", "[upstream]\n[upstream]",
	"[image]\nname = \"x\"", "[[image]]\nname = \"\"", "[[image]]\nname = \"UPPER\"", "[[image]]\nname = \"a/b/../c\"",
	"[[image]]\nname = 1", "[[image]]\nnmae = \"x\"", "[[image]]\nname = \"x\"\nrole = \"other\"",
	"[[image]]\nname = \"x\"\ndockerfile = \"\"", "[[image]]\nname = \"x\"\ndockerfile = 1",
	"[[image]]\nname = \"x\"\ndockerfile = \"nowhere\"",
	"[source]\nrepository = 1", "[source]\nrepository = \"x\"",
	"[source]\nrepository = \"https://user:secretsecret@host/x\"", "[source]\nrepository = \"https://github.com/OWNER/x\"",
	"[source]\npush = \"ext::x\"", "[source]\npush = 1",
	"[publish]\nregistries = 1", "[publish]\nregistries = [\"\"]", "[publish]\nregistries = [\"ghcr.io/OWNER\"]",
	"[publish]\nregistries = [\"https://ghcr.io/x\"]", "[publish]\nregistries = [\"a b\"]",
	"[publish]\nregistries = [\"ghcr.io/UPPER\"]", "[publish]\nregistries = [\"ghcr.io/x\"]",
	"[publish]\nrequired = [\"ghcr.io/x\"]", "[publish]\nvisibility = \"hidden\"", "[publish]\nvisibility = 1",
	"[publish]\nmoving = [\"a b\"]", "[publish]\nmoving = [\"\"]", "[publish]\nmoving = [\"x\", \"x\"]",
	"[publish]\nmoving = 1", "[publish]\nport = 0", "[publish]\nport = 70000", "[publish]\nport = \"x\"",
	"[publish]\nport = -1", "[publish]\ninsecure = [\"host:5000\"]", "[publish]\ninsecure = [1]",
	"[publish]\nregistry = \"x\"",
	"[build]\nplatforms = []", "[build]\nplatforms = [\"linux\"]", "[build]\nplatforms = [\"windows/amd64\"]",
	"[build]\nplatforms = [\"linux/amd64\", \"linux/amd64\"]", "[build]\nplatforms = 1", "[build]\nbuilder = 1",
	"[build]\nbuilder = \"x://y\"", "[build]\nbuilder = \"\"", "[build]\nbuilder = { \"linux/arm64\" = \"auto\" }",
	"[build]\nbuilder = { \"x\" = \"auto\" }",
	"[build]\ntls = \"nowhere\"", "[build]\nca = \"nowhere\"", "[build]\nemulate = \"yes\"", "[build]\nemulate = 1",
	"[build]\ndebian = \"sid\"", "[build]\nargs = 1", "[build]\nargs = { \"a b\" = \"x\" }", "[build]\nargs = { A = 1 }",
	"[build]\ngit_mirror = 1", "[build]\nplatform = \"x\"",
	"[cache]\nmax = \"x\"", "[cache]\nmax = -1", "[cache]\nmax = true", "[cache]\ndir = 1", "[nothing]\nx = 1",
	"[upstreem]\nurl = \"x\"",
}

func badConfigs() (out []badInput) {
	for _, keys := range badKeys {
		text := configHead + keys + "\n"
		out = append(out, badInput{
			name: fmt.Sprintf("config %q", keys), files: map[string]any{"howdah.toml": text}, exit: 2,
			at: fmt.Sprintf("mine/howdah.toml:%d: ", strings.Count(text, "\n")),
		})
	}
	return out
}
