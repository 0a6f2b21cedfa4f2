#!/bin/bash
# 10,000 generated scenarios at one fast local provider, against `hurl --test` with the same checks.
#
#     benches/throughput.sh [ROUNDS]
#
# Prints checks per second of both from the same run and how the time grows from 100 to 10,000 scenarios. Everything is on
# loopback, works in a temporary folder, and stops by itself. Needs Debian's `time` and `python3`, and hurl
# (docs/benchmarks.md). HURL and COUNTERPART name other binaries than the usual ones.
set -euo pipefail
cd "$(dirname "$0")/.."
. benches/prepare.sh

rounds=${1:-3}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/counterpart-bench
hurl=${HURL:-$cache/bin/hurl}
limit=180 # seconds that one run may take

prepare /usr/bin/time python3 "$hurl"
cargo build --quiet --release --manifest-path benches/provider/Cargo.toml --target-dir "$cache/provider"

work=$(mktemp -d)
provider=
trap 'if [ -n "$provider" ]; then kill "$provider" 2> /dev/null || true; fi; rm -rf "$work"' EXIT

# The provider chooses its port before the projects that name it are written, so its answer is written first.
mkdir "$work/answer"
python3 benches/generate.py 10 0 contracts/auth-validate "$work/answer"
mkfifo "$work/port"
"$cache/provider/release/provider" "$work/answer/answer.json" 1800 > "$work/port" &
provider=$!
read -r port < "$work/port"
for count in 100 1000 10000; do
    python3 benches/generate.py "$count" "$port" contracts/auth-validate "$work/$count"
done

# The secret of a key that nobody checks.
export HOKUSAI_API_KEY=hk_test_0123456789abcdef01234567

# Runs a command under a limit and says what it took: seconds, peak KiB.
measure() {
    local began=$EPOCHREALTIME
    /usr/bin/time -q -f %M -o "$work/peak" timeout "$limit" "$@" > "$work/stdout" 2> "$work/stderr" || {
        echo "failed: $*" >&2
        tail -n 20 "$work/stdout" "$work/stderr" >&2
        exit 4
    }
    awk -v began="$began" -v ended="$EPOCHREALTIME" '{ printf "%.4f %d\n", ended - began, $1 }' "$work/peak"
}

run_counterpart() {
    local took
    took=$(measure "$counterpart" check --project "$work/$1/project" --target provider)
    grep -q "$1 scenarios" "$work/stdout" || { echo "counterpart did not run $1 scenarios" >&2; tail -n 3 "$work/stdout" >&2; exit 4; }
    echo "$took"
}

run_hurl() {
    local took
    took=$(measure "$hurl" --test --variable "key=$HOKUSAI_API_KEY" "$work/$1/hurl")
    grep -Eq "Executed requests: +$1 " "$work/stderr" || { echo "hurl did not run $1 entries" >&2; tail -n 8 "$work/stderr" >&2; exit 4; }
    echo "$took"
}

# The median of the first column with the largest of the second.
summary() {
    sort -n | awk '{ seconds[NR] = $1; if ($2 > peak) peak = $2 } END { print seconds[int((NR + 1) / 2)], peak }'
}

for count in 100 1000 10000; do
    for _ in $(seq "$rounds"); do
        run_counterpart "$count" >> "$work/counterpart.$count"
        run_hurl "$count" >> "$work/hurl.$count"
    done
done

echo "$("$counterpart" --version), $("$hurl" --version | head -n 1 | cut -d' ' -f1-2), median of $rounds rounds, $(nproc) cores"
echo
printf '%-12s %9s %9s %12s %9s %9s\n' program scenarios seconds 'per second' 'ms each' 'peak MB'
for program in counterpart hurl; do
    for count in 100 1000 10000; do
        read -r seconds peak < <(summary < "$work/$program.$count")
        awk -v program="$program" -v count="$count" -v seconds="$seconds" -v peak="$peak" 'BEGIN {
            printf "%-12s %9d %9.3f %12.0f %9.3f %9.1f\n", program, count, seconds, count / seconds, 1000 * seconds / count, peak / 1024
        }'
    done
done
echo
read -r ours peak < <(summary < "$work/counterpart.10000")
read -r theirs _ < <(summary < "$work/hurl.10000")
read -r hundred _ < <(summary < "$work/counterpart.100")
read -r thousand _ < <(summary < "$work/counterpart.1000")
awk -v ours="$ours" -v theirs="$theirs" -v hundred="$hundred" -v thousand="$thousand" -v peak="$peak" 'BEGIN {
    printf "checks per second at 10,000, counterpart to hurl: %.2f (wanted: at least 2)\n", theirs / ours
    printf "peak memory at 10,000: %.1f MB (wanted: under 150)\n", peak / 1024
    printf "time per scenario, 1,000 to 100 and 10,000 to 1,000: %.2f and %.2f (1 or less is linear)\n", thousand / 10 / hundred, ours / 10 / thousand
}'
