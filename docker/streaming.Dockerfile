# The streaming image: Node.js and what the streaming server needs, nothing else. `docker build -f
# docker/streaming.Dockerfile MASTODON` builds it from a checkout of Mastodon.
#
# Secrets, all optional, none left in the image: ca (certificates that downloads trust too), npm-registry and
# debian-mirror (addresses).

ARG DEBIAN_VERSION=bookworm
ARG NODE_MAJOR_VERSION=24

FROM node:${NODE_MAJOR_VERSION}-${DEBIAN_VERSION}-slim AS node
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]

# Packages. Only the files that name them decide this stage.
FROM node AS packages
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
	corepack enable && yarn workspaces focus --production @mastodon/streaming && rm -rf /tmp/*

# What streaming loads of them: no sources of TypeScript, maps, tests, nor the tools that compiled something.
FROM packages AS modules
RUN cd node_modules && rm -rf .cache node-gyp && \
	find . -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.md' -o -name '*.markdown' -o -name '*.tsbuildinfo' \) -delete && \
	find . -mindepth 2 -type d \( -name test -o -name tests -o -name __tests__ -o -name docs -o -name example -o -name examples -o -name benchmark -o -name benchmarks \) ! -path '*/lib/*' ! -path '*/dist/*' -prune -exec rm -rf {} + && \
	find . -type l ! -exec test -e {} \; -delete

# Node.js without its table of symbols, and the header that tells those who look into the image, without running it,
# which version it is.
FROM node AS program
RUN --mount=type=cache,id=howdah-apt-strip,target=/var/cache/apt,sharing=locked \
	--mount=type=secret,id=debian-mirror,target=/run/debian-mirror,required=false \
	if [ -s /run/debian-mirror ]; then sed -i -E "s,https?://[^/ ]+/debian( |$),$(cat /run/debian-mirror)\1,g" $(find /etc/apt/sources.list* -type f); fi; \
	rm -f /etc/apt/apt.conf.d/docker-clean; export DEBIAN_FRONTEND=noninteractive; \
	mkdir -p /out/bin /out/include/node && \
	if [ "$(head -c 4 /usr/local/bin/node | tail -c 3)" = ELF ]; then \
		apt-get update && apt-get install -y --no-install-recommends binutils && strip --strip-all -o /out/bin/node /usr/local/bin/node && rm -f /var/cache/apt/*.bin; \
	else cp /usr/local/bin/node /out/bin/node; fi && \
	if [ -e /usr/local/include/node/node_version.h ]; then cp /usr/local/include/node/node_version.h /out/include/node/; fi

# Debian without what only installing needs: perl, apt, and dpkg's programs. Its list of packages stays, for those who look
# for known flaws.
FROM debian:${DEBIAN_VERSION}-slim AS system
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
# useradd writes into /etc/shadow on which day that was: a constant one, for builds that are equal.
RUN groupadd --gid 991 mastodon && SOURCE_DATE_EPOCH=1000000000 useradd --uid 991 --gid 991 --home-dir /opt/mastodon --no-create-home --shell /usr/sbin/nologin mastodon && \
	rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /var/log/lastlog /var/log/faillog
# The day of Debian's packages: a new one brings their security updates in.
ARG PACKAGES
RUN --mount=type=cache,id=howdah-apt-streaming,target=/var/cache/apt,sharing=locked \
	--mount=type=secret,id=debian-mirror,target=/run/debian-mirror,required=false \
	: "packages of ${PACKAGES:-today}"; \
	kept=$(mktemp -d) && chmod 755 "$kept" && cp -a /etc/apt/sources.list* "$kept"; \
	if [ -s /run/debian-mirror ]; then sed -i -E "s,https?://[^/ ]+/debian( |$),$(cat /run/debian-mirror)\1,g" $(find /etc/apt/sources.list* -type f); fi; \
	rm -f /etc/apt/apt.conf.d/docker-clean; export DEBIAN_FRONTEND=noninteractive; \
	apt-get update && apt-get dist-upgrade -y && \
	apt-get install -y --no-install-recommends ca-certificates libatomic1 libstdc++6 tini tzdata && \
	cp -a "$kept"/. /etc/apt/ && rm -rf "$kept" && \
	rm -rf /var/lib/apt /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache /var/cache/debconf /var/cache/apt/*.bin /tmp/*
RUN mkdir /out && cd / && tar -c --one-file-system --exclude=./out --exclude=./proc --exclude=./sys --exclude=./dev --exclude=./run --exclude=./tmp . | tar -C /out -x --same-owner -p && \
	cd /out && mkdir -p proc sys dev run && mkdir -m 1777 tmp && \
	rm -rf usr/bin/perl* usr/lib/*/perl-base usr/share/perl* usr/bin/apt* usr/lib/apt usr/lib/*/libapt-* etc/apt usr/bin/dpkg* usr/bin/deb* usr/lib/dpkg var/lib/dpkg/info var/cache/* \
		usr/lib/*/gconv usr/share/bash-completion usr/share/debconf usr/sbin/debconf* usr/lib/*/libdb-5* usr/share/i18n usr/lib/systemd usr/share/perl5 \
		sbin/mkfs* usr/sbin/mkfs* usr/sbin/fsck* usr/sbin/mke2fs usr/sbin/e2* usr/sbin/debugfs usr/sbin/resize2fs usr/sbin/tune2fs

FROM scratch
COPY --from=system /out/ /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	LANG=C.UTF-8 TZ=Etc/UTC NODE_ENV=production BIND=0.0.0.0 PORT=4000
COPY --from=program /out/ /usr/local/
WORKDIR /opt/mastodon
COPY --from=modules /opt/mastodon/node_modules /opt/mastodon/node_modules
COPY package.json ./
COPY streaming ./streaming
USER mastodon
EXPOSE 4000
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "./streaming/index.js"]
