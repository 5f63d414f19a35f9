# The base images can be replaced, for example by ones from a registry of your own.
ARG BUILDER=rust:1.95-slim-bookworm
ARG BASE=debian:bookworm-slim

FROM ${BUILDER} AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
# Dependencies first, in a layer that only a change of Cargo.lock builds again.
RUN mkdir src examples tests benches && echo 'fn main() {}' > src/main.rs && touch src/lib.rs \
    && cargo build --locked --release --bin linkhub \
    && rm -rf src
COPY src src
COPY templates templates
COPY static static
COPY migrations migrations
# The times of copied files may be older than those of the empty ones built above.
RUN touch src/main.rs src/lib.rs && cargo build --locked --release --bin linkhub

FROM ${BASE}
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && install --directory --owner=10001 --group=10001 --mode=0700 /data
COPY --from=build --chmod=0755 /build/target/release/linkhub /usr/local/bin/linkhub
ENV LINKHUB_LISTEN=0.0.0.0:8080 \
    LINKHUB_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["linkhub", "healthcheck"]
ENTRYPOINT ["linkhub"]
CMD ["serve"]
