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

# What runs. No version is in this environment: the stamp sets it on the finished image, so that a new commit of
# upstream's rebuilds only what it changes.
FROM ruby AS runtime
ENV LANG=C.UTF-8 TZ=Etc/UTC \
	RAILS_ENV=production NODE_ENV=production RAILS_SERVE_STATIC_FILES=true BIND=0.0.0.0 \
	BUNDLE_FROZEN=true BUNDLE_WITHOUT=development:test \
	MASTODON_SIDEKIQ_READY_FILENAME=sidekiq_process_has_started_and_will_begin_processing_jobs \
	RUBY_YJIT_ENABLE=1 \
	PATH=/opt/mastodon/bin:/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
RUN groupadd --gid 991 mastodon && useradd --uid 991 --gid 991 --home-dir /opt/mastodon --no-create-home --shell /bin/bash mastodon && \
	rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /var/log/lastlog /var/log/faillog && \
	ln -s /opt/mastodon /mastodon
# The programs that Mastodon calls for media, the libraries that its gems link to, and what health checks call.
ARG MEDIA_PACKAGES="ffmpeg libvips42"
ARG LIBRARY_PACKAGES="libicu[0-9]+ libidn12 libpq5 libyaml-0-2 file curl procps"
# The day of Debian's packages: a new one brings their security updates in. The cache of fonts goes by their folders' times.
ARG PACKAGES
RUN --mount=type=cache,id=howdah-apt-web,target=/var/cache/apt,sharing=locked \
	--mount=type=secret,id=debian-mirror,target=/run/debian-mirror,required=false \
	: "packages of ${PACKAGES:-today}"; \
	kept=$(mktemp -d) && cp -a /etc/apt/sources.list* "$kept"; \
	if [ -s /run/debian-mirror ]; then sed -i -E "s,https?://[^/ ]+/debian( |$),$(cat /run/debian-mirror)\1,g" $(find /etc/apt/sources.list* -type f); fi; \
	rm -f /etc/apt/apt.conf.d/docker-clean; export DEBIAN_FRONTEND=noninteractive; \
	apt-get update && apt-get dist-upgrade -y && \
	libraries=$(for p in $LIBRARY_PACKAGES; do printf '^%s$ ' "$p"; done) && \
	apt-get install -y --no-install-recommends ca-certificates libjemalloc2 tini tzdata $libraries $MEDIA_PACKAGES && \
	if command -v fc-cache >/dev/null; then find /usr/share /usr/local/share -path '*/fonts*' -exec touch -h -d @1000000000 {} + && fc-cache --force --system-only; fi && \
	cp -a "$kept"/. /etc/apt/ && rm -rf "$kept" && \
	rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache /var/cache/debconf/*-old /tmp/*
# By its bare name the loader finds the library on every architecture.
ENV LD_PRELOAD=libjemalloc.so.2 \
	MALLOC_CONF=narenas:2,background_thread:true,thp:never,dirty_decay_ms:1000,muzzy_decay_ms:0
WORKDIR /opt/mastodon

# Gems, with the compilers that native ones need. Only the two files that name them decide this stage.
FROM ruby AS gems
ENV LANG=C.UTF-8 BUNDLE_FROZEN=true BUNDLE_WITHOUT=development:test BUNDLE_JOBS=4
# A distribution whose gems are all Ruby sets it empty and needs no compiler.
ARG GEM_PACKAGES="build-essential git pkg-config libgmp-dev libicu-dev libidn-dev libpq-dev libssl-dev libyaml-dev libffi-dev libxml2-dev libxslt1-dev zlib1g-dev shared-mime-info"
ARG PACKAGES
RUN --mount=type=cache,id=howdah-apt-gems,target=/var/cache/apt,sharing=locked \
	--mount=type=secret,id=debian-mirror,target=/run/debian-mirror,required=false \
	: "packages of ${PACKAGES:-today}"; \
	mkdir -p /usr/local/bundle; if [ -z "$GEM_PACKAGES" ]; then exit; fi; \
	if [ -s /run/debian-mirror ]; then sed -i -E "s,https?://[^/ ]+/debian( |$),$(cat /run/debian-mirror)\1,g" $(find /etc/apt/sources.list* -type f); fi; \
	rm -f /etc/apt/apt.conf.d/docker-clean; export DEBIAN_FRONTEND=noninteractive; \
	if dpkg -s ruby >/dev/null 2>&1; then ruby_dev=ruby-dev; else ruby_dev=; fi; \
	apt-get update && apt-get install -y --no-install-recommends ca-certificates $GEM_PACKAGES $ruby_dev
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

# The web client's packages. Only the files that name them decide this stage.
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
	corepack enable && yarn workspaces focus --production @mastodon/mastodon && rm -rf /tmp/*

# The web client, compiled. Nothing but public/ leaves this stage. Vite writes two things in the order in which its
# threads come: the keys of a manifest and the names of placeholders in source maps; both are put in order, so that the
# same input gives the same image.
FROM runtime AS assets
COPY --from=node /usr/local/bin/node /usr/local/bin/
COPY --from=node /usr/local/lib/node_modules/corepack /usr/local/lib/node_modules/corepack
COPY --from=gems /usr/local/bundle /usr/local/bundle
COPY . /opt/mastodon
COPY --from=packages /opt/mastodon/node_modules /opt/mastodon/node_modules
RUN --mount=type=cache,id=howdah-vite,target=/opt/mastodon/tmp/cache/vite,sharing=locked \
	--mount=type=cache,id=howdah-corepack,target=/var/cache/corepack,sharing=locked \
	--mount=type=secret,id=ca,target=/run/ca.pem,required=false \
	--mount=type=secret,id=npm-registry,target=/run/npm-registry,required=false \
	if [ -s /run/ca.pem ]; then export NODE_EXTRA_CA_CERTS=/run/ca.pem; fi; \
	if [ -s /run/npm-registry ]; then export COREPACK_NPM_REGISTRY="$(sed 's,/*$,,' /run/npm-registry)"; fi; \
	export COREPACK_HOME=/var/cache/corepack COREPACK_ENABLE_DOWNLOAD_PROMPT=0; \
	ln -s ../lib/node_modules/corepack/dist/corepack.js /usr/local/bin/corepack && corepack enable && \
	SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile && rm -rf /tmp/* && \
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
		}'

FROM runtime
COPY --from=gems /usr/local/bundle /usr/local/bundle
COPY . /opt/mastodon
COPY --from=assets /opt/mastodon/public /opt/mastodon/public
# Bootsnap's cache goes by the times of files, in whole seconds; those of everything here are what they will be in the
# finished image, so the first start finds it valid. Ruby's compiled code is not the same from build to build, so this
# layer, and no other, differs between two builds of the same input.
RUN mkdir -p public/system tmp && \
	bundle exec bootsnap precompile --gemfile app/ lib/ && \
	rm -rf /tmp/* "$HOME"/.bundle && \
	chown -R mastodon:mastodon public/system tmp
USER mastodon
EXPOSE 3000
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["bundle", "exec", "puma", "-C", "config/puma.rb"]
