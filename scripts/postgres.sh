#!/usr/bin/env bash
# A PostgreSQL server of its own for one command, gone afterwards:
#   scripts/postgres.sh cargo test      runs the command with LINKHUB_TEST_POSTGRES_URL set
#   scripts/postgres.sh                 prints the URL and serves until interrupted
# Nothing in it outlives a power cut (fsync is off): it is for tests.
set -euo pipefail

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb)") ||
    { echo "no PostgreSQL server found; scripts/install.sh postgres installs one" >&2; exit 1; }

# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" = 0 ]; then as_owner=(runuser -u postgres --); fi

# Not below the repository: the server's user need not be allowed to read that.
dir=$(mktemp -d "${TMPDIR:-/tmp}/linkhub-postgres.XXXXXX")
if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
stop() {
    (cd "$dir" && "${as_owner[@]}" "$bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1) || true
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM

cd_and_run() { (cd "$dir" && "${as_owner[@]}" "$@"); }
cd_and_run "$bin/initdb" -D "$dir/data" -U linkhub --auth=trust --encoding=UTF8 --locale=C --no-sync >/dev/null

# The port was free a moment ago; should another program take it meanwhile, try the next one.
for _ in 1 2 3 4 5; do
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    if cd_and_run "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start -o "-c listen_addresses=127.0.0.1 \
        -p $port -k '' -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300" >/dev/null; then
        started=yes
        break
    fi
done
[ "${started:-}" = yes ] || { cat "$dir/log" >&2; exit 1; }

export LINKHUB_TEST_POSTGRES_URL="postgres://linkhub@127.0.0.1:$port/postgres"
if [ $# = 0 ]; then
    echo "$LINKHUB_TEST_POSTGRES_URL"
    sleep infinity &
    wait $!
else
    "$@"
fi
