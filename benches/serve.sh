#!/bin/bash
# `counterpart serve` under load: validated POST /api/v1/keys/validate at 64 connections, beside a bare hyper server and a
# bare wiremock server that answer the same body and check nothing.
#
#     benches/serve.sh [SECONDS]
#
# Prints requests per second, p99 and memory at start and end of each, and the ratios. Needs Debian's `wrk` and `python3`.
# COUNTERPART names another binary than the usual one.
set -euo pipefail
cd "$(dirname "$0")/.."
. benches/prepare.sh

seconds=${1:-60}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/counterpart-bench
prepare wrk python3 curl
cargo build --quiet --release --manifest-path benches/provider/Cargo.toml --target-dir "$cache/provider"

work=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2> /dev/null || true; fi; rm -rf "$work"' EXIT
forget_secrets

memory() { awk '/VmRSS/ { print $2 }' "/proc/$server/status"; }

# load NAME URL: measures the server that is up, and ends it.
load() {
    local start
    start=$(memory)
    wrk -t1 -c64 -d"${seconds}s" --latency -s benches/serve.lua "$2" > "$work/$1.wrk"
    echo "$start $(memory)" > "$work/$1.memory"
    kill "$server"
    wait "$server" 2> /dev/null || true
    server=
}

"$counterpart" serve --contract auth-validate --quiet --port-base 0 --env-file "$work/variables" > "$work/serve.log" &
server=$!
until [ -s "$work/serve.log" ]; do sleep 0.1; done
set -a
. "$work/variables"
set +a
path=/api/v1/keys/validate
curl --silent --fail -X POST "$HOKUSAI_AUTH_SERVICE_URL$path" -H "Authorization: Bearer $HOKUSAI_API_KEY" \
    -H 'Content-Type: application/json' -d '{"service_id":"platform"}' > "$work/answer.json"
load serve "$HOKUSAI_AUTH_SERVICE_URL$path"

for kind in hyper wiremock; do
    mkfifo "$work/$kind.port"
    "$cache/provider/release/provider" "$work/answer.json" 1800 "$kind" > "$work/$kind.port" &
    server=$!
    read -r port < "$work/$kind.port"
    load "$kind" "http://127.0.0.1:$port$path"
done

echo "$("$counterpart" --version), $seconds s each at 64 connections, $(nproc) cores shared with wrk"
echo
python3 - "$work" << 'PYTHON'
import re
import sys
from pathlib import Path

work = Path(sys.argv[1])
rates = {}
print(f"{'server':10} {'requests/s':>11} {'p99':>9} {'failed':>7} {'MB at start':>12} {'MB at end':>10}")
for name in ["serve", "hyper", "wiremock"]:
    text = (work / f"{name}.wrk").read_text()
    rates[name] = float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1])
    p99 = re.search(r"99%\s+(\S+)", text)[1]
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    start, end = ((int(number) / 1024) for number in (work / f"{name}.memory").read_text().split())
    print(f"{name:10} {rates[name]:11.0f} {p99:>9} {failed[1] if failed else 0:>7} {start:12.1f} {end:10.1f}")
print()
print(f"serve: {rates['serve'] / rates['hyper']:.2f} of bare hyper (wanted: 0.60), "
      f"{rates['serve'] / rates['wiremock']:.2f} times bare wiremock (wanted: over 1)")
PYTHON
