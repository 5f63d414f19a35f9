#!/usr/bin/env bash
# Clients that nobody here wrote: Qlik's against the emulated Qlik Cloud, StackOne's against the hub, and Schemathesis
# against its description of the API; the library of Standard Webhooks receives what the hub sends, icalendar reads
# its calendar feed; then the examples of docs/webhooks.md and docs/api.md. Installs them under target/conformance, which is
# quick when they are there.
# Each part ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/conformance
out=target/conformance
mkdir -p "$out"

# Installs again only when the pinned versions, or the interpreters, are others.
wanted=$(cat "$here"/package-lock.json "$here"/requirements*.txt <(node --version) <(python3 --version) | sha256sum)
if [[ "$(cat "$out/installed" 2>/dev/null)" != "$wanted" ]]; then
    echo "Installing the clients into $out"
    cp "$here"/package.json "$here"/package-lock.json "$here"/.npmrc "$out"
    npm ci --prefix "$out" --silent
    # Each of the two has its own idea of what it needs beside it.
    for name in "" -schemathesis; do
        python3 -m venv --clear "$out/venv$name"
        "$out/venv$name/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/requirements$name.txt"
    done
    echo "$wanted" >"$out/installed"
fi
# Node looks for packages beside the script.
cp "$here"/*.mjs "$out"

cargo build --quiet --locked --example qlik_emulator --example sandbox
result=0
python3 "$here/check.py" "$out" || result=1
python3 "$here/hub_check.py" "$out" || result=1
python3 "$here/webhooks_check.py" "$out" || result=1
"$out/venv/bin/python" "$here/calendar_check.py" "$out" || result=1
python3 "$here/webhook_examples.py" "$out" || result=1
python3 "$here/api_examples.py" "$out" || result=1
exit $result
