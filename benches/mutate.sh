#!/bin/bash
# `counterpart mutate` of the five contracts as a whole process: time, and the number of mutants.
#
#     benches/mutate.sh [RUNS]
#
# Needs Debian's `hyperfine`. COUNTERPART names another binary than the usual one.
set -euo pipefail
cd "$(dirname "$0")/.."
. benches/prepare.sh

runs=${1:-5}

prepare hyperfine python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# As in CI: the fakes make their own secrets.
forget_secrets

names=(all)
commands=("$counterpart mutate --fail-under 0 --format json")
for contract in contracts/*/; do
    names+=("$(basename "$contract")")
    commands+=("${commands[0]} --contract $(basename "$contract")")
done

timeout 600 hyperfine --shell=none --warmup 1 --runs "$runs" --export-json "$work/times.json" "${commands[@]}" > /dev/null
$counterpart mutate --fail-under 0 --format json > "$work/score.json"

echo "$("$counterpart" --version), $runs runs each, $(nproc) cores"
echo
python3 - "$work" "${names[@]}" << 'PYTHON'
import json
import sys
from pathlib import Path

work, names = Path(sys.argv[1]), sys.argv[2:]
times = json.loads((work / "times.json").read_text())["results"]
score = json.loads((work / "score.json").read_text())
totals = {"all": score["total"]} | {contract["name"]: contract["total"] for contract in score["contracts"]}
print(f"{'contracts':18} {'mutants':>8} {'score':>7} {'median s':>9} {'slowest s':>9}")
for time, name in zip(times, names):
    total = totals[name]
    print(f"{name:18} {total['mutants']:8} {total['percent']:5} % {time['median']:9.2f} {time['max']:9.2f}")
print()
print(f"five contracts: {times[0]['median']:.2f} s (wanted: under 10)")
PYTHON
