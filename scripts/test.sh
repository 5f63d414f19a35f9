#!/usr/bin/env bash
# Runs the stages named, each announced and timed; the first that fails stops the run.
set -uo pipefail
cd "$(dirname "$0")/.."

passed=0
summary=()
for stage in "$@"; do
    printf '\n===== %s =====\n' "$stage"
    begin=$SECONDS
    if ! make --no-print-directory "$stage"; then
        printf '\n'
        printf '%s\n' "${summary[@]}" "failed  $stage ($((SECONDS - begin)) s)"
        printf '\n%s passed, 1 failed\n' "$passed"
        exit 1
    fi
    passed=$((passed + 1))
    summary+=("passed  $stage ($((SECONDS - begin)) s)")
done
printf '\n'
printf '%s\n' "${summary[@]}"
printf '\n%s passed, 0 failed\n' "$passed"
