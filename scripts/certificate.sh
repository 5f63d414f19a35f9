#!/usr/bin/env bash
# Makes a root (ca.pem) and a certificate (leaf.pem, leaf.key) for the DNS names given, for one day of tests:
#   scripts/certificate.sh DIR NAME…
set -euo pipefail
dir=$1
shift
names=$(printf ',DNS:%s' "$@")
key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2)
openssl req -x509 "${key[@]}" -keyout "$dir/ca.key" -out "$dir/ca.pem" -subj "/CN=linkhub test root" \
    -addext "keyUsage=critical,keyCertSign" 2>/dev/null
openssl req -x509 "${key[@]}" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -keyout "$dir/leaf.key" -out "$dir/leaf.pem" \
    -subj "/CN=linkhub test" -addext "subjectAltName=${names#,}" -addext "basicConstraints=critical,CA:FALSE" \
    -addext "extendedKeyUsage=serverAuth" 2>/dev/null
rm "$dir/ca.key"
