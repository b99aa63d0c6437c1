# syntax=docker/dockerfile:1
# The server as an image:
#
#   docker build --tag rookery .
#   docker run --rm --publish 127.0.0.1:8000:8000 --volume rookery:/data rookery
#
# Without DATABASE_URL it keeps an SQLite file in /data. The same image runs `worker`, `migrate` and
# all other commands. It holds the program, its licences and the certificates of public authorities;
# the program needs no shell.

ARG RUST_VERSION=1.95
ARG NODE_VERSION=22
ARG DEBIAN_VERSION=bookworm

FROM node:${NODE_VERSION}-${DEBIAN_VERSION}-slim AS node

FROM rust:${RUST_VERSION}-${DEBIAN_VERSION} AS build
# npm bundles the playground (build.rs). Node from its own image: Debian's npm brings 300 packages.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /source
# A playground that cannot be bundled fails the build, rather than to load its parts from a CDN.
ENV ROOKERY_PLAYGROUND=bundle \
    # zlib is built in, as OpenSSL is: the last stage has to have none.
    LIBZ_SYS_STATIC=1 \
    # Names of functions stay for backtraces; a panic says its file and line anyway.
    CARGO_PROFILE_RELEASE_DEBUG=0 \
    CARGO_PROFILE_RELEASE_STRIP=debuginfo
# Dependencies, from manifests alone: a layer of its own, which a change of the source leaves as it
# is, also where cache mounts are not kept between builds (CI). Cargo wants every named target to be
# there; build.rs would look for the playground.
COPY Cargo.toml Cargo.lock ./
COPY migrations/Cargo.toml migrations/
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    mkdir -p src migrations/src benches \
    && echo 'fn main() {}' > build.rs \
    && for stub in src/main.rs benches/chat.rs benches/load.rs benches/queries.rs benches/stream.rs; do cp build.rs "$stub"; done \
    && touch src/lib.rs migrations/src/lib.rs \
    && cargo build --locked --release --package rookery \
    && rm -rf src migrations/src benches build.rs
COPY . .
# Cargo goes by times, and those of the sources may be older than what was just built.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/root/.npm,sharing=locked \
    find build.rs src migrations -name '*.rs' -exec touch {} + \
    && cargo build --locked --release --package rookery --bin rookery \
    && install -D --mode=0755 target/release/rookery /image/usr/local/bin/rookery \
    && install -D --mode=0644 --target-directory=/image/usr/share/doc/rookery LICENSE-APACHE LICENSE-MIT \
    && install --directory --owner=10001 --group=10001 --mode=0700 /image/data

FROM debian:${DEBIAN_VERSION}-slim
# Kafka's client, mail and object stores are checked against them. Not pinned: the newest is the one
# to have, and an image is dated by its build.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* /var/cache/debconf /var/log/*
COPY --from=build /image/ /
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="rookery" \
      org.opencontainers.image.description="A GraphQL backend for a social app: one schema for people, posts, comments and messaging." \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# In a container nobody comes from loopback; which ports are published says who may.
ENV ROOKERY_LISTEN=0.0.0.0:8000 \
    ROOKERY_OPS_LISTEN=0.0.0.0:9464 \
    ROOKERY_DATA_DIR=/data
# A number, so that Kubernetes can tell that it is not root. It has no name and no home.
USER 10001:10001
WORKDIR /data
# Requests; figures and health, for the operator alone.
EXPOSE 8000 9464
# /readyz says 503 from here on, open requests are finished: within 40 s (ROOKERY_STOP_MS).
STOPSIGNAL SIGTERM
# No HEALTHCHECK: it would be that of `migrate` and `admin` too, which listen nowhere, and Kubernetes
# does not read it. docker-compose.yml and the chart say how each is asked.
ENTRYPOINT ["rookery"]
CMD ["serve"]
