#!/usr/bin/env bash
# Times the whole process: ten trivial steps with twenty measurements, under rehearse and its peers.
# Needs hyperfine, a CPython with pytest and openhtf (PYTHON=...), and a release build (REHEARSE=...). Run it at the root of the
# repository.
set -euo pipefail
rehearse=$(realpath "${REHEARSE:-${CARGO_TARGET_DIR:-target}/release/rehearse}")
python=$(command -v "${PYTHON:-python3}")
cd "$(dirname "${BASH_SOURCE[0]}")"

rounds=${ROUNDS:-20}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

names=(rehearse "rehearse --sandbox" run_local.py pytest openhtf)
commands=(
    "$rehearse run TenSteps_v00"
    "$rehearse run TenSteps_v00 --sandbox"
    "$python TenSteps_v00/run_local.py"
    "$python -m pytest -q -p no:cacheprovider pytest_ten_steps.py"
    "$python openhtf_ten_steps.py"
)

# In turn, one run each a round, so that a machine that drifts drifts for all.
for command in "${commands[@]}"; do $command > /dev/null; done
for ((round = 0; round < rounds; round++)); do
    for index in "${!commands[@]}"; do
        hyperfine --shell=none --runs 1 --export-json "$out/one.json" "${commands[$index]}" > /dev/null 2>&1
        "$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["results"][0]["times"][0])' "$out/one.json" >> "$out/$index"
    done
done

"$python" - "$out" "${names[@]}" <<'PY'
import statistics, sys

out, names = sys.argv[1], sys.argv[2:]
medians = [statistics.median(map(float, open(f"{out}/{index}"))) for index in range(len(names))]
for name, median in zip(names, medians):
    print(f"{name:<20} {median * 1000:7.1f} ms   {median / medians[2]:5.2f} of run_local.py")
PY
