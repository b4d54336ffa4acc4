# The bases `ruby` and `node` for machines that cannot pull, out of Debian's and npm's packages. `mage base:build` makes
# the image debian:SUITE-slim with debootstrap and builds the two last stages; web.Dockerfile and streaming.Dockerfile
# then use them through named contexts, as they use the official images elsewhere.
#
# Secrets, all optional: ca (certificates), npm-registry (an address).

ARG DEBIAN_VERSION=bookworm
ARG NODE_MAJOR_VERSION=24

FROM debian:${DEBIAN_VERSION}-slim AS debian
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
ENV LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive

# Debian 12's Ruby is too old for Mastodon: the source package of Debian 13 is compiled on it, with YJIT, into
# /usr/local as the official image has it.
FROM debian AS ruby-bookworm-build
RUN --mount=type=cache,id=howdah-apt-ruby-build,target=/var/cache/apt,sharing=locked \
	sed -n 's/^deb \(.*\) bookworm\(.*\)/deb-src \1 trixie\2/p' /etc/apt/sources.list >/etc/apt/sources.list.d/source.list && \
	rm -f /etc/apt/apt.conf.d/docker-clean && \
	apt-get update && \
	apt-get install -y --no-install-recommends build-essential autoconf bison rustc zlib1g-dev libssl-dev libffi-dev libyaml-dev libgmp-dev libreadline-dev dpkg-dev ca-certificates && \
	mkdir /src && cd /src && \
	for version in $(apt-cache showsrc ruby3.3 | sed -n 's/^Version: //p' | sort -rVu); do \
		if apt-get source --download-only "ruby3.3=$version"; then break; fi; \
		echo "a mirror lacks ruby3.3 $version: trying the one before"; \
	done && dpkg-source -x ruby3.3_*.dsc ruby
WORKDIR /src/ruby
RUN autoconf && ./configure --prefix=/usr/local --enable-shared --enable-yjit --disable-install-doc --disable-rpath debugflags= >/dev/null
RUN make -j"$(nproc)" >/dev/null
RUN make install >/dev/null && ldconfig && \
	find /usr/local -name '*.a' -delete && rm -rf /usr/local/share/man /usr/local/lib/ruby/gems/*/cache && \
	find /usr/local -name '*.so*' -type f -exec strip --strip-debug {} + && \
	ruby --yjit -e 'exit RubyVM::YJIT.enabled? ? 0 : 1'

FROM debian AS ruby-bookworm
RUN --mount=type=cache,id=howdah-apt-ruby,target=/var/cache/apt,sharing=locked \
	apt-get update && \
	apt-get install -y --no-install-recommends ca-certificates libssl3 libyaml-0-2 libgmp10 libffi8 zlib1g libreadline8 && \
	rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache
COPY --from=ruby-bookworm-build /usr/local /usr/local
RUN ldconfig && rm -f /var/cache/ldconfig/aux-cache

# Debian 13's Ruby will do as it is. Native gems need ruby-dev, which comes with the compiler in the build stage.
FROM debian AS ruby-trixie
RUN --mount=type=cache,id=howdah-apt-ruby,target=/var/cache/apt,sharing=locked \
	apt-get update && \
	apt-get install -y --no-install-recommends ca-certificates ruby ruby-bundler && \
	rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache

FROM ruby-${DEBIAN_VERSION} AS ruby
ENV GEM_HOME=/usr/local/bundle BUNDLE_SILENCE_ROOT_WARNING=1 BUNDLE_APP_CONFIG=/usr/local/bundle
ENV PATH=/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["irb"]

# Node.js is the npm package of the program itself; npm, only to fetch it, stays behind in this stage.
FROM debian AS node-fetch
ARG NODE_MAJOR_VERSION
ARG TARGETARCH
RUN --mount=type=cache,id=howdah-apt-node-fetch,target=/var/cache/apt,sharing=locked \
	apt-get update && apt-get install -y --no-install-recommends npm ca-certificates
RUN --mount=type=secret,id=ca,target=/run/ca.pem,required=false \
	--mount=type=secret,id=npm-registry,target=/run/npm-registry,required=false \
	if [ -s /run/ca.pem ]; then export NODE_EXTRA_CA_CERTS=/run/ca.pem; fi; \
	if [ -s /run/npm-registry ]; then export npm_config_registry="$(cat /run/npm-registry)"; fi; \
	case "$TARGETARCH" in amd64) arch=x64 ;; *) arch="$TARGETARCH" ;; esac; \
	mkdir -p /fetch /out/lib/node_modules/corepack /out/lib/node_modules/npm /out/bin && cd /fetch && \
	npm pack --loglevel=error "node-linux-$arch@$NODE_MAJOR_VERSION" corepack npm@11 && \
	tar -xzf node-linux-*.tgz --strip-components=1 -C /out package/bin package/LICENSE && \
	tar -xzf corepack-*.tgz --strip-components=1 -C /out/lib/node_modules/corepack && \
	tar -xzf npm-*.tgz --strip-components=1 -C /out/lib/node_modules/npm && \
	ln -s ../lib/node_modules/corepack/dist/corepack.js /out/bin/corepack && \
	ln -s ../lib/node_modules/npm/bin/npm-cli.js /out/bin/npm && \
	ln -s ../lib/node_modules/npm/bin/npx-cli.js /out/bin/npx && \
	chmod +x /out/lib/node_modules/corepack/dist/*.js && mkdir -p /out/include/node && \
	/out/bin/node -p 'process.versions.node.split(".").map((v, i) => `#define NODE_${["MAJOR", "MINOR", "PATCH"][i]}_VERSION ${v}`).join("\n")' >/out/include/node/node_version.h

FROM debian AS node
RUN --mount=type=cache,id=howdah-apt-node,target=/var/cache/apt,sharing=locked \
	apt-get update && \
	apt-get install -y --no-install-recommends ca-certificates libstdc++6 libatomic1 && \
	rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/ldconfig/aux-cache
COPY --from=node-fetch /out /usr/local
CMD ["node"]
