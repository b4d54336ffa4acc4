# The web image: Puma, Sidekiq and tootctl. `docker build -f docker/web.Dockerfile MASTODON` builds it from a checkout of
# Mastodon with the official bases; `mage image:build` does the same from the patched tree, with the bases that it has.
#
# Secrets, all optional, none left in the image: ca (certificates that downloads trust too), gem-mirror and npm-registry
# (addresses), debian-mirror (an address), gitconfig (a git configuration, say with insteadOf for gems from git).
#
# Folders can take the place of two empty stages (--build-context gem-mirror=FOLDER): gem-mirror is a gem index,
# git-mirror has bare repositories, to which gitconfig points as file:///run/git-mirror/NAME.

ARG DEBIAN_VERSION=bookworm
ARG RUBY_VERSION=3.4
ARG NODE_MAJOR_VERSION=24

FROM node:${NODE_MAJOR_VERSION}-${DEBIAN_VERSION}-slim AS node
FROM ruby:${RUBY_VERSION}-slim-${DEBIAN_VERSION} AS ruby
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]

FROM scratch AS gem-mirror
FROM scratch AS git-mirror

# Debian's packages, in two steps: those of the base with their updates, and ours. What is only ever loaded to show a
# picture on a screen, or by a graphics card, is not unpacked: Mesa's drivers, and LLVM and Z3 with which they compile.
FROM ruby AS upgraded
ENV LANG=C.UTF-8 TZ=Etc/UTC
# useradd writes into /etc/shadow on which day that was: a constant one, for builds that are equal.
RUN groupadd --gid 991 mastodon && SOURCE_DATE_EPOCH=1000000000 useradd --uid 991 --gid 991 --home-dir /opt/mastodon --no-create-home --shell /bin/bash mastodon && \
	rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /var/log/lastlog /var/log/faillog && \
	ln -s /opt/mastodon /mastodon
# The day of Debian's packages: a new one brings their security updates in.
ARG PACKAGES
RUN --mount=type=cache,id=howdah-apt-web,target=/var/cache/apt,sharing=locked \
	--mount=type=secret,id=debian-mirror,target=/run/debian-mirror,required=false \
	: "packages of ${PACKAGES:-today}"; \
	kept=$(mktemp -d) && chmod 755 "$kept" && cp -a /etc/apt/sources.list* "$kept"; \
	if [ -s /run/debian-mirror ]; then sed -i -E "s,https?://[^/ ]+/debian( |$),$(cat /run/debian-mirror)\1,g" $(find /etc/apt/sources.list* -type f); fi; \
	rm -f /etc/apt/apt.conf.d/docker-clean; export DEBIAN_FRONTEND=noninteractive; \
	for path in 'dri/*' 'vdpau/*' 'mfx/*' 'libLLVM*' 'libz3.so*' 'libmfxhw*' 'libGLX_mesa*' 'libEGL_mesa*' 'gallium-pipe/*'; do \
		echo "path-exclude /usr/lib/*/$path"; \
	done >/etc/dpkg/dpkg.cfg.d/howdah-without-display; \
	printf 'path-exclude /usr/share/%s/*\n' X11/locale X11/xkb icons alsa libdrm doc/*/examples >>/etc/dpkg/dpkg.cfg.d/howdah-without-display; \
	apt-get update && apt-get dist-upgrade -y && \
	cp -a "$kept"/. /etc/apt/ && rm -rf "$kept" && \
	rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache /var/cache/debconf/*-old /var/cache/apt/*.bin /tmp/*

FROM upgraded AS installed
# The programs that Mastodon calls for media, the libraries that its gems link to, and what health checks call.
ARG MEDIA_PACKAGES="ffmpeg libvips42"
ARG LIBRARY_PACKAGES="libicu[0-9]+ libidn12 libpq5 libyaml-0-2 file curl procps"
ARG PACKAGES
# The cache of fonts goes by their folders' times.
RUN --mount=type=cache,id=howdah-apt-web,target=/var/cache/apt,sharing=locked \
	--mount=type=secret,id=debian-mirror,target=/run/debian-mirror,required=false \
	: "packages of ${PACKAGES:-today}"; \
	kept=$(mktemp -d) && chmod 755 "$kept" && cp -a /etc/apt/sources.list* "$kept"; \
	if [ -s /run/debian-mirror ]; then sed -i -E "s,https?://[^/ ]+/debian( |$),$(cat /run/debian-mirror)\1,g" $(find /etc/apt/sources.list* -type f); fi; \
	rm -f /etc/apt/apt.conf.d/docker-clean; export DEBIAN_FRONTEND=noninteractive; \
	apt-get update && \
	libraries=$(for p in $LIBRARY_PACKAGES; do printf '^%s$ ' "$p"; done) && \
	apt-get install -y --no-install-recommends ca-certificates libjemalloc2 tini tzdata $libraries $MEDIA_PACKAGES && \
	if command -v fc-cache >/dev/null; then find /usr/share /usr/local/share -path '*/fonts*' -exec touch -h -d @1000000000 {} + && fc-cache --force --system-only; fi && \
	cp -a "$kept"/. /etc/apt/ && rm -rf "$kept" && \
	rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache /var/cache/debconf/*-old /var/cache/apt/*.bin /tmp/*
# What that brought is sorted by package into folders, each a layer of the image, so that a week's new packages cost a
# node the layers in which something changed: ICU's data; ffmpeg; what reads pictures; the rest by the package's name.
# The last of the nine has what belongs to no package: dpkg's lists, links and caches. The tenth folder is of
# libraries that only have to be there: see below.
RUN --mount=type=bind,from=upgraded,target=/run/before \
	list() { (cd "$1" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./run -o -path ./tmp -o -path ./layers -o -path ./etc/hosts -o -path ./etc/hostname -o -path ./etc/resolv.conf -o -path ./var/cache/apt \) -prune \
		-o -type d -printf '%P\t%m\n' -o -printf '%P\t%m\t%s\t%T@\t%l\n') | LC_ALL=C sort; }; \
	LC_ALL=C comm -13 <(list /run/before) <(list /) | cut -f 1 | grep -v '^var/lib/dpkg/info/.*\.\(symbols\|shlibs\)$' >/tmp/new || true; \
	for names in /var/lib/dpkg/info/*.list; do \
		package=${names##*/}; package=${package%.list}; package=${package%%:*}; \
		case "$package" in \
			libflite* | libcodec2*) layer=10 ;; \
			libicu*) layer=1 ;; \
			ffmpeg | libav* | libsw* | libpostproc*) layer=2 ;; \
			libvips* | libmagick* | imagemagick* | libpoppler* | librsvg* | libheif* | libde265* | libtiff* | libwebp* | libopenjp2* | libjxl* | libopenexr* | libraw*) layer=3 ;; \
			*) layer=$((4 + $(printf %s "$package" | cksum | cut -d ' ' -f 1) % 5)) ;; \
		esac; \
		sed -E "s,^/(bin|sbin|lib[^/]*)/,/usr/\1/,; s,^/(.*),\1\t$layer," "$names"; \
	done >/tmp/owned; \
	awk -F '\t' 'NR == FNR { layer[$1] = $2; next } { print ($1 in layer ? layer[$1] : 9) "\t" $1 }' /tmp/owned /tmp/new >/tmp/sorted; \
	for layer in 1 2 3 4 5 6 7 8 9 10; do \
		mkdir -p /layers/$layer && awk -F '\t' -v layer=$layer '$1 == layer { n = $2; while (n != "") { if (!(n in seen)) { seen[n]; print n } if (!sub("/[^/]*$", "", n)) n = "" } }' /tmp/sorted | \
			LC_ALL=C sort | tar -C / -c --no-recursion --files-from=- | tar -C /layers/$layer -x --same-owner -p; \
	done; \
	rm -f /tmp/new /tmp/owned /tmp/sorted

# The compilers of native gems. A distribution whose gems are all Ruby sets it empty and needs none.
# What it installs leaves nothing in the image, so the day of Debian's packages does not count here.
FROM ruby AS compilers
ENV LANG=C.UTF-8 BUNDLE_FROZEN=true BUNDLE_WITHOUT=development:test BUNDLE_JOBS=4
ARG GEM_PACKAGES="build-essential git pkg-config libgmp-dev libicu-dev libidn-dev libpq-dev libssl-dev libyaml-dev libffi-dev libxml2-dev libxslt1-dev zlib1g-dev shared-mime-info"
RUN --mount=type=cache,id=howdah-apt-gems,target=/var/cache/apt,sharing=locked \
	--mount=type=secret,id=debian-mirror,target=/run/debian-mirror,required=false \
	mkdir -p /usr/local/bundle; if [ -z "$GEM_PACKAGES" ]; then exit; fi; \
	if [ -s /run/debian-mirror ]; then sed -i -E "s,https?://[^/ ]+/debian( |$),$(cat /run/debian-mirror)\1,g" $(find /etc/apt/sources.list* -type f); fi; \
	rm -f /etc/apt/apt.conf.d/docker-clean; export DEBIAN_FRONTEND=noninteractive; \
	if dpkg -s ruby >/dev/null 2>&1; then ruby_dev=ruby-dev; else ruby_dev=; fi; \
	apt-get update && apt-get install -y --no-install-recommends ca-certificates $GEM_PACKAGES $ruby_dev && rm -f /var/cache/apt/*.bin

# ffmpeg's libraries are linked to a speech synthesiser with seven voices and to a codec of radio amateurs: 22 MB, and
# Mastodon calls neither. In their place stand libraries of the same names whose functions return nothing, so that the
# filter `flite` and the codec `codec2` fail, and everything else loads. Without a compiler they stay as they are.
FROM compilers AS silent
RUN --mount=type=bind,from=installed,source=/layers/10,target=/run/libraries \
	mkdir /out && cp -a /run/libraries/. /out/ && \
	if ! command -v gcc >/dev/null || ! command -v nm >/dev/null; then exit; fi; \
	find /out -type f -name 'lib*.so*' | while IFS= read -r library; do \
		name=$(readelf -d "$library" | sed -n 's/.*(SONAME).*\[\(.*\)\]$/\1/p'); \
		nm -D -S --defined-only "$library" | awk 'NF == 4 && $4 ~ /^[A-Za-z_][A-Za-z0-9_]*(@.*)?$/ { sub("@.*", "", $4); \
			print $3 ~ /^[TtWiu]$/ ? "void *" $4 "(void) { return 0; }" : "char " $4 "[0x" $2 "];" }' | LC_ALL=C sort -u >/tmp/silent.c; \
		gcc -shared -fPIC -O1 -w -fno-builtin -nostdlib -Wl,--build-id=none -Wl,-soname,"$name" -o "$library" /tmp/silent.c; \
		strip --strip-unneeded "$library"; \
	done; \
	rm -f /tmp/silent.c; find /out -newermt @1000000000 -exec touch -h -d @1000000000 {} +

# What runs. No version is in this environment: the stamp sets it on the finished image, so that a new commit of
# upstream's rebuilds only what it changes.
FROM upgraded AS runtime
ENV RAILS_ENV=production NODE_ENV=production RAILS_SERVE_STATIC_FILES=true BIND=0.0.0.0 \
	BUNDLE_FROZEN=true BUNDLE_WITHOUT=development:test \
	MASTODON_SIDEKIQ_READY_FILENAME=sidekiq_process_has_started_and_will_begin_processing_jobs \
	RUBY_YJIT_ENABLE=1 \
	PATH=/opt/mastodon/bin:/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
COPY --from=installed /layers/1/ /
COPY --from=installed /layers/2/ /
COPY --from=installed /layers/3/ /
COPY --from=installed /layers/4/ /
COPY --from=installed /layers/5/ /
COPY --from=installed /layers/6/ /
COPY --from=installed /layers/7/ /
COPY --from=installed /layers/8/ /
COPY --from=installed /layers/9/ /
COPY --from=silent /out/ /
# By its bare name the loader finds the library on every architecture.
ENV LD_PRELOAD=libjemalloc.so.2 \
	MALLOC_CONF=narenas:2,background_thread:true,thp:never,dirty_decay_ms:1000,muzzy_decay_ms:0
WORKDIR /opt/mastodon

# Gems. Only the two files that name them decide this stage.
FROM compilers AS gems
WORKDIR /opt/mastodon
COPY Gemfile Gemfile.lock ./
RUN --mount=type=cache,id=howdah-gem-files,target=/usr/local/bundle/cache,sharing=locked \
	--mount=type=bind,from=gem-mirror,target=/run/gem-mirror \
	--mount=type=bind,from=git-mirror,target=/run/git-mirror \
	--mount=type=secret,id=ca,target=/run/ca.pem,required=false \
	--mount=type=secret,id=gem-mirror,target=/run/gem-mirror.url,required=false \
	--mount=type=secret,id=gitconfig,target=/run/gitconfig,required=false \
	if [ -s /run/ca.pem ]; then \
		cat /etc/ssl/certs/ca-certificates.crt /run/ca.pem >/tmp/ca.pem; export SSL_CERT_FILE=/tmp/ca.pem GIT_SSL_CAINFO=/tmp/ca.pem; \
	fi; \
	if [ -s /run/gitconfig ]; then export GIT_CONFIG_GLOBAL=/run/gitconfig; fi; \
	mirror= source=(); \
	if [ -s /run/gem-mirror.url ]; then mirror=$(cat /run/gem-mirror.url); fi; \
	if [ -s /run/gem-mirror/specs.4.8.gz ]; then mirror=file:///run/gem-mirror; fi; \
	if [ -n "$mirror" ]; then \
		source=(--clear-sources --source "$mirror"); \
		export BUNDLE_MIRROR__ALL="$mirror" BUNDLE_MIRROR__ALL__FALLBACK_TIMEOUT=false; \
	fi; \
	wanted=$(sed -n '/^BUNDLED WITH/{n;s/ //gp}' Gemfile.lock); \
	if [ -n "$wanted" ] && ! bundle "_${wanted}_" --version >/dev/null 2>&1; then gem install --no-document bundler -v "$wanted" "${source[@]}"; fi; \
	export BUNDLE_USER_HOME=/tmp/bundle; \
	bundle install && \
	rm -rf /tmp/* "$HOME"/.bundle "$HOME"/.gem "$HOME"/.local && \
	find /usr/local/bundle \( -name '*.o' -o -name gem_make.out -o -name mkmf.log \) -delete && \
	find /usr/local/bundle -type d -path '*/bundler/gems/*/.git' -prune -exec rm -rf {} + && \
	chmod -R go-w /usr/local/bundle && \
	find /usr/local/bundle -newermt @1000000000 -exec touch -h -d @1000000000 {} +

# What runs of the gems: neither their tests, nor the sources of what was compiled, nor what only people read but
# licences. What was compiled is there twice, as RubyGems has it: once in the layer. Bootsnap's cache of them stands
# beside them, in a layer that stays as long as they do.
FROM gems AS gem-files
RUN cd /usr/local/bundle && mkdir -p gems extensions && \
	find gems bundler/gems -mindepth 2 -maxdepth 2 -type d \( -name spec -o -name test -o -name tests -o -name features -o -name benchmark -o -name benchmarks -o -name examples \) -exec rm -rf {} + 2>/dev/null || true; \
	cd /usr/local/bundle && \
	find . -path '*/ext/*' -type f \( -name '*.c' -o -name '*.h' -o -name '*.cc' -o -name '*.cpp' -o -name '*.hpp' -o -name '*.rs' -o -name '*.java' \) -delete && \
	find . -path '*/ports/archives/*' -type f -delete && \
	find gems -type f \( -name '*.a' -o -name '*.c' -o -name '*.h' -o -name '*.hh' -o -name '*.rbs' \) -delete && \
	find gems -mindepth 2 -maxdepth 2 -type f \( -iname 'changelog*' -o -iname 'changes*' -o -iname 'history*' -o -iname 'readme*' -o -iname 'contributing*' \) -delete && \
	if command -v strip >/dev/null; then find . -name '*.so' -exec strip --strip-unneeded {} +; fi && \
	find extensions -type f -name '*.so' | while IFS= read -r file; do \
		rest=${file#extensions/*/*/}; twin="gems/${rest%%/*}/lib/${rest#*/}"; \
		if [ -f "$twin" ] && cmp -s "$file" "$twin"; then ln -f "$twin" "$file"; fi; \
	done && \
	find . -newermt @1000000000 -exec touch -h -d @1000000000 {} +

# `bootsnap precompile ARGUMENTS` with the same bytes each time. Bootsnap's own workers take what comes next, and what a
# process compiled before shows in what it writes; Ruby writes memory that nobody set, and so did Bootsnap until its
# format 7 (rails/bootsnap#542). Here each file, in order, is compiled by a new process in a new thread, whose memory is
# empty. YJIT is on as in the server: Bootsnap 1.25 holds what was compiled without it for stale (rails/bootsnap#562).
FROM scratch AS precompile
COPY <<'BASH' /precompile
set -euo pipefail
if ! bundle info bootsnap >/dev/null 2>&1; then exit; fi
export LD_PRELOAD= MALLOC_PERTURB_=255 GLIBC_TUNABLES=glibc.pthread.stack_cache_size=0 RUBY_THREAD_VM_STACK_SIZE=131072 RUBY_YJIT_ENABLE=1
exec bundle exec ruby - "$@" <<'RUBY'
require "bootsnap/cli"
require "etc"
Bootsnap::CLI::WorkerPool.define_singleton_method(:create) do |jobs:, **|
  Object.new.tap do |pool|
    files = []
    pool.define_singleton_method(:spawn) {}
    pool.define_singleton_method(:push) { |job, file| files << [job.to_s, file] }
    pool.define_singleton_method(:shutdown) do
      GC.start
      GC.disable
      running, failed = 0, false
      files.uniq.sort.each do |job, file|
        if (running += 1) > Etc.nprocessors
          failed |= !Process.wait2.last.success?
          running -= 1
        end
        fork do
          Thread.new { jobs.fetch(job.to_sym).call(file) }.join
        rescue ScriptError # a template, say: the server never loads it
        ensure
          exit!($!.nil? || $!.is_a?(ScriptError))
        end
      end
      failed |= Process.waitall.any? { |_, status| !status.success? }
      1 if failed
    end
  end
end
cli = Bootsnap::CLI.new(["precompile", *ARGV])
cli.run
Dir.glob("#{cli.cache_dir}-*/**/*").select { |name| File.file?(name) }.each do |name|
  key = File.binread(name, 64)
  next unless key.unpack1("L") == 6 && key.bytesize == 64 && key[49..] != "\0" * 15
  File.binwrite(name, "\0" * 15, 49) # the last 15 bytes of the key mean nothing
end
RUBY
BASH

FROM gem-files AS gem-cache
RUN --mount=type=bind,from=precompile,target=/run/bootsnap \
	mkdir -p tmp/cache/bootsnap && bash /run/bootsnap/precompile --gemfile && \
	mkdir -p /layers/gem-cache && mv tmp /layers/gem-cache/ && \
	chown 991:991 /layers/gem-cache/tmp /layers/gem-cache/tmp/cache /layers/gem-cache/tmp/cache/bootsnap && rm -rf /tmp/* "$HOME"/.bundle

# The web client's packages, without their types, source maps and texts but licences. Only the files that name them
# decide this stage.
FROM node AS packages
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
WORKDIR /opt/mastodon
COPY package.json yarn.lock .yarnrc.yml ./
COPY .yarn* ./.yarn/
COPY streaming/package.json ./streaming/
ENV YARN_ENABLE_GLOBAL_CACHE=true YARN_GLOBAL_FOLDER=/var/cache/yarn COREPACK_HOME=/var/cache/corepack COREPACK_ENABLE_DOWNLOAD_PROMPT=0
RUN --mount=type=cache,id=howdah-yarn,target=/var/cache/yarn,sharing=locked \
	--mount=type=cache,id=howdah-corepack,target=/var/cache/corepack,sharing=locked \
	--mount=type=secret,id=ca,target=/run/ca.pem,required=false \
	--mount=type=secret,id=npm-registry,target=/run/npm-registry,required=false \
	if [ -s /run/ca.pem ]; then export NODE_EXTRA_CA_CERTS=/run/ca.pem; fi; \
	if [ -s /run/npm-registry ]; then registry=$(cat /run/npm-registry); else registry=$(npm config get registry); fi; \
	export COREPACK_NPM_REGISTRY="${registry%/}" YARN_NPM_REGISTRY_SERVER="${registry%/}"; \
	rm -f /usr/local/bin/yarn /usr/local/bin/yarnpkg; \
	if ! command -v corepack >/dev/null; then npm install --global --registry "$registry" corepack; fi; \
	corepack enable && yarn workspaces focus --production @mastodon/mastodon && rm -rf /tmp/* && \
	find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.flow' -o -iname '*.md' \) -delete

# What runs, with the gems: the beginning of the image, and what the steps of each day start from. They see the source,
# the packages and Node.js through mounts, so that a day adds to the build cache what it made and nothing else.
FROM runtime AS bundled
COPY --from=gem-files /usr/local/bundle /usr/local/bundle

# The web client, compiled. Vite writes two things in the order in which its threads come: the keys of a manifest and the
# names of placeholders in source maps; both are put in order, so that the same input gives the same image.
#
# Of public/ only what is new leaves: the files that keep their content under a name of its own (fonts, pictures), and
# the scripts and styles that each day makes anew. No source map: a browser asks for one only when somebody debugs. What
# Vite and Rails both have a copy of is there once. The copies in gzip stay: Rails sends them to whoever takes gzip.
FROM bundled AS assets
RUN --mount=type=bind,source=.,target=/opt/mastodon,rw \
	--mount=type=bind,source=.,target=/run/source \
	--mount=type=bind,from=packages,source=/opt/mastodon/node_modules,target=/opt/mastodon/node_modules,rw \
	--mount=type=bind,from=packages,source=/usr/local,target=/run/node \
	--mount=type=cache,id=howdah-vite,target=/opt/mastodon/tmp/cache/vite,sharing=locked \
	--mount=type=cache,id=howdah-corepack,target=/var/cache/corepack,sharing=locked \
	--mount=type=secret,id=ca,target=/run/ca.pem,required=false \
	--mount=type=secret,id=npm-registry,target=/run/npm-registry,required=false \
	if [ -s /run/ca.pem ]; then export NODE_EXTRA_CA_CERTS=/run/ca.pem; fi; \
	if [ -s /run/npm-registry ]; then export COREPACK_NPM_REGISTRY="$(sed 's,/*$,,' /run/npm-registry)"; fi; \
	export COREPACK_HOME=/var/cache/corepack COREPACK_ENABLE_DOWNLOAD_PROMPT=0 PATH="$PATH:/run/node/bin"; \
	node /run/node/lib/node_modules/corepack/dist/corepack.js enable --install-directory /usr/local/bin; \
	SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile; \
	rm -rf /tmp/*; \
	node -e ' \
		const fs = require("fs"); \
		const write = (file, text) => { \
			fs.writeFileSync(file, text); \
			if (fs.existsSync(file + ".gz")) fs.writeFileSync(file + ".gz", require("zlib").gzipSync(text, { level: 9 })); \
		}; \
		for (const name of fs.readdirSync("public", { recursive: true })) { \
			const file = "public/" + name, text = () => fs.readFileSync(file, "utf8"); \
			if (/\.vite.manifest-assets\.json$/.test(name)) \
				write(file, JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text())).sort()), null, 2)); \
			if (/\.map$/.test(name) && text().includes("__VITE_ASSET__")) \
				write(file, text().replace(/__VITE_ASSET__[\w$]{22}__/g, "__VITE_ASSET__")); \
		}'; \
	find public \( -name '*.map' -o -name '*.map.gz' -o -name '*.map.br' \) -delete; \
	mkdir -p /layers/fixed /layers/client; \
	node -e ' \
		const fs = require("fs"), path = require("path"); \
		const isFile = (name) => fs.lstatSync(name, { throwIfNoEntry: false })?.isFile(); \
		for (const name of fs.readdirSync("public", { recursive: true })) { \
			const file = "public/" + name, given = "/run/source/public/" + name; \
			if (!isFile(file) || isFile(given) && fs.readFileSync(file).equals(fs.readFileSync(given))) continue; \
			const daily = /\.(js|css|json|gz|br|html|txt|webmanifest)$/.test(name); \
			const to = (daily ? "/layers/client/" : "/layers/fixed/") + name; \
			fs.mkdirSync(path.dirname(to), { recursive: true }); \
			fs.copyFileSync(file, to); \
		}'; \
	cd /layers/fixed && find . -type f -size +4k -exec sha256sum {} + | LC_ALL=C sort | while read -r sum name; do \
		if [ "$sum" = "${last-}" ]; then ln -f "$first" "$name"; else last=$sum first=$name; fi; \
	done

# The source in three parts, by how often each changes: what seldom does, the translations, the rest. The web client's own
# source is compiled into public/; the server reads some pictures, scripts and lists of it, and forks their flavours and skins.
FROM ruby AS source
WORKDIR /opt/mastodon
RUN --mount=type=bind,source=.,target=/opt/mastodon,rw \
	mkdir -p /layers/seldom /layers/translations /layers/app /kept && \
	for name in app/javascript/images app/javascript/material-icons app/javascript/inline app/javascript/mastodon/features/emoji; do \
		if [ -e "$name" ]; then mkdir -p "/kept/$(dirname "$name")" && mv "$name" "/kept/$name"; fi; \
	done; \
	if [ -d app/javascript ]; then find app/javascript -type f \( -name '*.yml' -o -name '*.yaml' -o -path 'app/javascript/skins/*' \) -exec cp -p --parents {} /kept \; ; fi; \
	find /kept -type f \( -name '*.ts' -o -name '*.tsx' -o -name '*.js' -o -name '*.jsx' \) ! -path '*/inline/*' -delete; \
	rm -rf /kept/app/javascript/images/archetypes; \
	rm -rf app/javascript spec streaming .storybook .devcontainer .husky .rubocop .yarn yarn.lock docs dist chart && \
	if [ -d /kept/app ]; then cp -a /kept/app/. app/; fi; \
	move() { for name in "${@:2}"; do if [ -e "$name" ]; then mkdir -p "/layers/$1/$(dirname "$name")" && mv "$name" "/layers/$1/$name"; fi; done; }; \
	move seldom public vendor db app/javascript/images app/javascript/material-icons; \
	move translations config/locales; \
	mkdir -p tmp /layers/seldom/public/system && chown 991:991 tmp /layers/seldom/public/system && \
	cp -a . /layers/app/ && rm -rf /kept

# Bootsnap's cache of the app goes by the times of files, in whole seconds; those of everything here are what they will
# be in the finished image, so the first start finds it valid.
FROM bundled AS app-cache
RUN --mount=type=bind,from=source,source=/layers/app,target=/opt/mastodon,rw \
	--mount=type=bind,from=precompile,target=/run/bootsnap \
	rm -rf tmp/cache/bootsnap && mkdir -p tmp/cache/bootsnap && bash /run/bootsnap/precompile app/ lib/ && \
	mkdir -p /layers && mv tmp/cache/bootsnap /layers/app-cache && chown mastodon:mastodon /layers/app-cache && \
	rm -rf /tmp/* "$HOME"/.bundle

FROM bundled
COPY --from=gem-cache /layers/gem-cache/ /opt/mastodon/
COPY --from=source /layers/seldom/ /opt/mastodon/
COPY --from=assets /layers/fixed/ /opt/mastodon/public/
COPY --from=source /layers/translations/ /opt/mastodon/
COPY --from=assets /layers/client/ /opt/mastodon/public/
COPY --from=source /layers/app/ /opt/mastodon/
COPY --from=app-cache /layers/app-cache/ /opt/mastodon/tmp/cache/bootsnap/
USER mastodon
EXPOSE 3000
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["bundle", "exec", "puma", "-C", "config/puma.rb"]
