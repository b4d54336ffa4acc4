package config

// Key is one setting: its place in howdah.toml, and the environment variable that overrides it.
type Key struct {
	Path    string // "upstream.url"; "image.name" is name under [[image]]
	Env     []string
	Form    Form
	Default string // as it would be written; "": none
	Doc     string
}

// Form is the form of a key's value.
type Form string

// The forms. In an environment variable, separate list items with commas; a table is "a=b,c=d".
const (
	formText        Form = "text"
	formList        Form = "list"
	formBool        Form = "true or false"
	formNumber      Form = "number"
	formDuration    Form = "duration"
	formSize        Form = "size"
	formTable       Form = "table"
	formTextOrTable Form = "text or table"
)

// Keys returns all settings, in the order of howdah.toml.
func Keys() []Key {
	keys := make([]Key, len(settings))
	for i, s := range settings {
		keys[i] = s.Key
	}
	return keys
}

// Variable is an environment variable that is no key of howdah.toml.
type Variable struct {
	Name   string
	Secret bool
	Doc    string
}

// Variables returns the environment variables that Howdah reads besides those of [Keys].
func Variables() []Variable {
	return []Variable{
		{"HOWDAH_CONFIG", false, "the distribution's folder, or its howdah.toml; default the nearest one here or above"},
		{"HOWDAH_SOURCE_TOKEN", true, "pushes the patched commit over https"},
		{"DOCKERHUB_USERNAME", false, "the account at Docker Hub"},
		{"DOCKERHUB_TOKEN", true, "an access token of that account"},
		{"GITHUB_TOKEN", true, "GitHub's registry, and its API for the state of pull requests and to delete images"},
		{"GITHUB_API_URL", false, "another server than https://api.github.com that speaks the same"},
		{"DOCKER_CONFIG", false, "the folder of Docker's config.json, with credentials of other registries"},
		{"BUILDKIT_HOST", false, "the BuildKit that `builder = \"auto\"` takes first"},
		{"CI", false, "progress as plain lines"},
		{"NO_COLOR", false, "no colour"},
		{"CLICOLOR_FORCE", false, "colour, also in a pipe"},
		{"GITHUB_STEP_SUMMARY", false, "the report goes there too, as Markdown"},
		{"GITHUB_OUTPUT", false, "state, exit, tag, version and digests go there"},
	}
}

// setting is a key, and how its value is set in a Config.
type setting struct {
	Key
	set func(l *loader, v value) // nil for [[image]], see bothImages
}

// mayBeEmpty reports whether "none", or an empty list, has a meaning for the key.
func (k Key) mayBeEmpty() bool {
	return k.Default == "none" || k.Path == "build.cache" || k.Path == "patches" || k.Path == "upstream.watch"
}

var settings = []setting{
	{Key{"name", env("NAME"), formText, "", "the distribution; it goes into the version's metadata: `4.6.0+NAME.COMMIT`"},
		setName},
	{Key{"howdah", env("HOWDAH"), formText, "", "versions of the tool that may be used: `>= 1.4`"}, setTool},
	{Key{"patches", env("PATCHES"), formList, `["patches"]`,
		"folders of changes: one series, in this order; a new change goes into the last"}, setPatches},
	{Key{"zone", env("ZONE"), formText, "UTC", "the time zone in which days begin, such as `Europe/Berlin`"}, setZone},
	{Key{"max_age", env("MAX_AGE"), formDuration, "7d",
		"how old Debian's packages in an image may get before they are updated"},
		func(l *loader, v value) { l.c.MaxAge = l.duration(v) }},

	{Key{"upstream.url", env("UPSTREAM_URL"), formText, "https://github.com/mastodon/mastodon.git",
		"the repository that is followed"},
		func(l *loader, v value) { l.c.Upstream.URL = l.repository(v) }},
	{Key{"upstream.ref", env("UPSTREAM_REF"), formText, "main",
		"a branch, a commit, or a tag pattern: `v4.5.*` is the highest; a prerelease only if nothing else matches, or the " +
			"pattern has a `-`"},
		setRef},
	{Key{"upstream.settle", env("UPSTREAM_SETTLE"), formDuration, "none",
		"take the newest first-parent commit that is at least so old"},
		func(l *loader, v value) { l.c.Upstream.Settle = l.duration(v) }},
	{Key{"upstream.watch", env("UPSTREAM_WATCH"), formList,
		`["Dockerfile", "streaming/Dockerfile", ".env.production.sample", ".ruby-version", ".nvmrc"]`,
		"upstream's files whose changes are reported until `upstream:ack`"}, setWatch},

	{Key{"image.name", env("IMAGE_WEB_NAME", "IMAGE_STREAMING_NAME"), formText, "mastodon, mastodon-streaming",
		"the image's name, the last part of its repository"}, nil},
	{Key{"image.dockerfile", env("IMAGE_WEB_DOCKERFILE", "IMAGE_STREAMING_DOCKERFILE"), formText,
		"docker/web.Dockerfile, docker/streaming.Dockerfile", "without a folder `docker/` the tool's own"}, nil},
	{Key{"image.role", env("IMAGE_ROLES"), formText, "",
		"`web` or `streaming`; derived from the two keys above where not given. In the environment " +
			"`NAME=ROLE,NAME=ROLE`"}, nil},

	{Key{"source.repository", env("SOURCE_REPOSITORY"), formText, "",
		"this distribution's own address; needed once a registry is set"},
		func(l *loader, v value) { l.c.Source.Repository = l.webAddress(v) }},
	{Key{"source.push", env("SOURCE_PUSH"), formText, "none",
		"the repository that the patched commit is pushed to: the AGPL's \"source code\" link"},
		func(l *loader, v value) { l.c.Source.Push = l.repository(v) }},

	{Key{"publish.registries", env("REGISTRIES"), formList, "none",
		"where both images go: `ghcr.io/you`. None: a registry on loopback"},
		func(l *loader, v value) { l.c.Publish.Registries = l.registries(v) }},
	{Key{"publish.required", env("REQUIRED"), formList, "all registries",
		"those without which there is no release; another may lag"},
		func(l *loader, v value) { l.c.Publish.Required = l.registries(v) }},
	{Key{"publish.visibility", env("VISIBILITY"), formText, "public",
		"`public`: read back without credentials, so that the cluster can pull; or `private`"}, setVisibility},
	{Key{"publish.moving", env("MOVING"), formList, "none", "tags that follow the newest release, such as `edge`"},
		setMoving},
	{Key{"publish.insecure", env("INSECURE"), formList, "none",
		"registries that are spoken to in plain HTTP; loopback always is"}, setInsecure},
	{Key{"publish.port", env("PORT"), formNumber, "5050",
		"the loopback registry's port; where it is not set and 5050 is busy, one of the next four"}, setPort},

	{Key{"build.platforms", env("PLATFORMS"), formList, `["linux/amd64"]`, "what the images run on"}, setPlatforms},
	{Key{"build.builder", env("BUILDER"), formTextOrTable, "auto",
		"`auto`, `embedded`, `docker`, an address of a BuildKit, or a table from platform to address"}, setBuilder},
	{Key{"build.tls", env("TLS"), formText, "none",
		"a folder with `ca.pem`, `cert.pem` and `key.pem` for builders over tcp"},
		func(l *loader, v value) { l.c.Build.TLS = l.existing(v, true) }},
	{Key{"build.emulate", env("EMULATE"), formBool, "false",
		"build a platform that no builder has natively under emulation"},
		func(l *loader, v value) { l.c.Build.Emulate = v.text == "true" }},
	{Key{"build.debian", env("DEBIAN"), formText, "bookworm", "Debian's suite in the images: `bookworm` or `trixie`"},
		setDebian},
	{Key{"build.ca", env("CA"), formText, "none",
		"a file of certificates that builds trust too; without it the one that `SSL_CERT_FILE` names"},
		func(l *loader, v value) { l.c.Build.CA = l.existing(v, false) }},
	{Key{"build.gem_mirror", env("GEM_MIRROR"), formText, "none", "a mirror of the gem index: an address or a folder"},
		func(l *loader, v value) { l.c.Build.GemMirror = l.mirror(v) }},
	{Key{"build.npm_registry", env("NPM_REGISTRY"), formText, "none", "an npm registry in place of the public one"},
		func(l *loader, v value) { l.c.Build.NPMRegistry = l.mirror(v) }},
	{Key{"build.debian_mirror", env("DEBIAN_MIRROR"), formText, "none", "a mirror of Debian's archive"},
		func(l *loader, v value) { l.c.Build.DebianMirror = l.mirror(v) }},
	{Key{"build.git_mirror", env("GIT_MIRROR"), formTable, "none",
		"from a gem's git repository to where it is read instead"}, setGitMirror},
	{Key{"build.args", env("ARGS"), formTable, "none", "more build arguments for both Dockerfiles; never secrets"},
		setArgs},

	{Key{"build.compression", env("COMPRESSION"), formText, "zstd",
		"how the images' layers are compressed: `zstd`, or `gzip` for a registry or a container runtime from before " +
			"2023"}, setCompression},
	{Key{"build.cache", env("BUILD_CACHE"), formText, "registry",
		"where build steps are kept for other builders: `registry` (`NAME-cache` beside the images, once a registry is " +
			"set), `none`, `local:FOLDER`, or BuildKit's own form, `type=s3,bucket=…`"}, setBuildCache},

	{Key{"cache.dir", env("CACHE"), formText, "the user's cache folder, `howdah` in it", "mirror, BuildKit, layers"},
		func(l *loader, v value) { l.c.Cache.dir = l.path(v).Abs }},
	{Key{"cache.max", env("CACHE_MAX"), formSize, "30GB", "what `cache:prune` keeps at most"},
		func(l *loader, v value) { l.c.Cache.Max = l.size(v) }},
}

func env(names ...string) []string {
	for i, name := range names {
		names[i] = "HOWDAH_" + name
	}
	return names
}
