# The builder can be replaced, for example by one from a registry of your own; it brings Rust, gcc and CA certificates.
ARG BASE=rust:1.95-slim-bookworm

FROM ${BASE} AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
# Dependencies first, in a layer that only a change of Cargo.lock builds again.
RUN mkdir src examples tests benches && echo 'fn main() {}' > src/main.rs && touch src/lib.rs \
    && cargo build --locked --release --bin linkhub \
    && rm -rf src
COPY src src
COPY locales locales
COPY templates templates
COPY static static
COPY migrations migrations
# The times of copied files may be older than those of the empty ones built above.
RUN touch src/main.rs src/lib.rs && cargo build --locked --release --bin linkhub

# The whole file system of the image: the program, the libraries that it loads, CA certificates. No shell.
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN mkdir -p /image/etc /image/usr/local/bin \
    && cp target/release/linkhub /image/usr/local/bin/ \
    && ldd target/release/linkhub | grep -o '/[^ ]*' | xargs cp --parents --dereference --target-directory=/image \
    && cp --parents --dereference /etc/ssl/certs/ca-certificates.crt /image \
    && echo 'linkhub:x:10001:10001::/data:/' > /image/etc/passwd \
    && echo 'hosts: files dns' > /image/etc/nsswitch.conf \
    && install --directory --mode=0700 /owned/data \
    && install --directory --mode=1777 /owned/tmp

FROM scratch
COPY --from=build /image /
COPY --from=build --chown=10001:10001 /owned /
# The last: memory goes back to the system at once; the 19 MB that check a password stay otherwise.
ENV PATH=/usr/local/bin \
    LINKHUB_LISTEN=0.0.0.0:8080 \
    LINKHUB_DATA_DIR=/data \
    MIMALLOC_PURGE_DELAY=0
VOLUME /data
EXPOSE 8080
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["linkhub", "healthcheck"]
ENTRYPOINT ["linkhub"]
CMD ["serve"]
