#!/usr/bin/env bash
# Qlik's own clients against the emulated Qlik Cloud. Installs them under target/conformance, which is quick when they
# are there. Ends with "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/conformance
out=target/conformance
mkdir -p "$out"
cargo build --quiet --locked --example sandbox && python3 "$here/api_examples.py" "$out"

# Installs again only when the pinned versions, or the interpreters, are others.
wanted=$(cat "$here"/package-lock.json "$here"/requirements.txt <(node --version) <(python3 --version) | sha256sum)
if [[ "$(cat "$out/installed" 2>/dev/null)" != "$wanted" ]]; then
    echo "Installing Qlik's clients into $out"
    cp "$here"/package.json "$here"/package-lock.json "$here"/.npmrc "$out"
    npm ci --prefix "$out" --silent
    python3 -m venv --clear "$out/venv"
    "$out/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/requirements.txt"
    echo "$wanted" >"$out/installed"
fi
# Node looks for packages beside the script.
cp "$here"/qlik_api.mjs "$out"

cargo build --quiet --locked --example qlik_emulator
exec python3 "$here/check.py" "$out"
