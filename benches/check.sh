#!/bin/bash
# `counterpart check` of the five contracts at their fakes as a whole process: time and peak memory.
#
#     benches/check.sh [RUNS]
#
# Needs Debian's `hyperfine` and `time`. COUNTERPART names another binary than the usual one.
set -euo pipefail
cd "$(dirname "$0")/.."
. benches/prepare.sh

runs=${1:-20}

prepare /usr/bin/time hyperfine python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# As in CI: nothing is written, and the fakes make their own secrets.
export CI=1
forget_secrets

names=(all)
commands=("$counterpart check")
for contract in contracts/*/; do
    names+=("$(basename "$contract")")
    commands+=("$counterpart check --contract $(basename "$contract")")
done
names+=("--version")
commands+=("$counterpart --version")

timeout 300 hyperfine --shell=none --warmup 3 --runs "$runs" --export-json "$work/times.json" "${commands[@]}" > /dev/null
for index in "${!commands[@]}"; do
    peak=0
    for _ in 1 2 3; do
        read -ra words <<< "${commands[$index]}"
        /usr/bin/time -q -f '%M' -o "$work/peak" timeout 60 "${words[@]}" > /dev/null
        read -r seen < "$work/peak"
        peak=$((seen > peak ? seen : peak))
    done
    echo "${names[$index]} $peak" >> "$work/peaks"
done

echo "$("$counterpart" --version), $runs runs each, $(nproc) cores"
echo
python3 - "$work" << 'PYTHON'
import json
import sys
from pathlib import Path

work = Path(sys.argv[1])
times = json.loads((work / "times.json").read_text())["results"]
peaks = [line.split() for line in (work / "peaks").read_text().splitlines()]
whole = times[0]["median"]
print(f"{'contracts':18} {'median s':>9} {'slowest s':>9} {'of all':>7} {'peak MB':>8}")
for time, (name, peak) in zip(times, peaks):
    print(f"{name:18} {time['median']:9.3f} {time['max']:9.3f} {time['median'] / whole:7.2f} {int(peak) / 1024:8.1f}")
print()
print(f"five contracts: {whole:.3f} s (wanted: under 0.25), {int(peaks[0][1]) / 1024:.1f} MB (wanted: under 60)")
PYTHON
