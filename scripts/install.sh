#!/usr/bin/env bash
# Installs what a stage needs and is not there yet: scripts/install.sh STAGE…, with the stages below
# Debian and derivatives, as root or with sudo; silent and quick when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

CARGO_DENY=0.20.2

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

packages() {
    local missing=()
    for name in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
    done
    [ ${#missing[@]} = 0 ] && return
    echo "installing ${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# A command that may have come from elsewhere than Debian's packages.
command_or_package() { command -v "$1" >/dev/null || packages "$2"; }

node_packages() {
    command_or_package node nodejs
    command_or_package npm npm
    # npm leaves this file behind, as old as the installation.
    [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] && return
    echo "installing the node packages of $1"
    npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund --loglevel=error
    touch "$1/node_modules/.package-lock.json"
}

for stage in "$@"; do
    case $stage in
        build) command_or_package cc gcc; command_or_package make make ;;
        lint)
            cargo deny --version 2>/dev/null | grep -qF "$CARGO_DENY" || {
                echo "installing cargo-deny $CARGO_DENY (one to three minutes, once)"
                # It has little to do here: unoptimised it is built sooner, and fast enough.
                cargo install cargo-deny --locked --quiet --debug --version "$CARGO_DENY"
            }
            ;;
        postgres) packages postgresql ;;
        # The second font: sample names are in Japanese too.
        browser) packages chromium chromium-headless-shell fonts-liberation fonts-ipafont-gothic && node_packages tests/browser ;;
        quality)
            command_or_package java default-jre-headless
            command_or_package openssl openssl
            packages chromium fonts-liberation fonts-ipafont-gothic && node_packages tests/browser
            ;;
        faults)
            packages strace libfaketime
            command_or_package python3 python3
            command_or_package openssl openssl
            ;;
        conformance)
            command_or_package node nodejs
            command_or_package npm npm
            command_or_package python3 python3
            python3 -c 'import ensurepip' 2>/dev/null || packages python3-venv
            command_or_package curl curl
            # Its TypeScript reads the examples of docs/api.md.
            node_packages tests/browser
            ;;
        *) echo "scripts/install.sh: no stage is named $stage" >&2; exit 2 ;;
    esac
done
