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

FROM debian:${DEBIAN_VERSION}-slim
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
ENV LANG=C.UTF-8 TZ=Etc/UTC NODE_ENV=production BIND=0.0.0.0 PORT=4000
RUN groupadd --gid 991 mastodon && useradd --uid 991 --gid 991 --home-dir /opt/mastodon --no-create-home --shell /usr/sbin/nologin mastodon && \
	rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /var/log/lastlog /var/log/faillog
# The day of Debian's packages: a new one brings their security updates in.
ARG PACKAGES
RUN --mount=type=cache,id=howdah-apt-streaming,target=/var/cache/apt,sharing=locked \
	--mount=type=secret,id=debian-mirror,target=/run/debian-mirror,required=false \
	: "packages of ${PACKAGES:-today}"; \
	kept=$(mktemp -d) && cp -a /etc/apt/sources.list* "$kept"; \
	if [ -s /run/debian-mirror ]; then sed -i -E "s,https?://[^/ ]+/debian( |$),$(cat /run/debian-mirror)\1,g" $(find /etc/apt/sources.list* -type f); fi; \
	rm -f /etc/apt/apt.conf.d/docker-clean; export DEBIAN_FRONTEND=noninteractive; \
	apt-get update && apt-get dist-upgrade -y && \
	apt-get install -y --no-install-recommends ca-certificates libatomic1 libstdc++6 tini tzdata && \
	cp -a "$kept"/. /etc/apt/ && rm -rf "$kept" && \
	rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache /var/cache/debconf/*-old /tmp/*
# The header tells those who look into the image, without running it, which Node.js this is.
RUN --mount=type=bind,from=node,source=/usr/local,target=/run/node \
	cp /run/node/bin/node /usr/local/bin/ && header=include/node/node_version.h && \
	if [ -e /run/node/$header ]; then install -D -m 644 /run/node/$header /usr/local/$header; fi
WORKDIR /opt/mastodon
COPY package.json ./
COPY streaming ./streaming
COPY --from=packages /opt/mastodon/node_modules /opt/mastodon/node_modules
USER mastodon
EXPOSE 4000
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "./streaming/index.js"]
