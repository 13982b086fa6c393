"""The same ten steps as a hand-written runner: argparse, json and time are all it imports."""

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "python_modules"))
import ten_steps as tests  # noqa: E402

aborted = False
failed = False
results = []


def step(name, function, *, args=None, meas_specs=None, terminate_on_fail=False, run_on_abort=False):
    global aborted, failed
    if aborted and not run_on_abort:
        print(f"  - [SKIP   ] {name}  (aborted)")
        return
    start = time.perf_counter()
    try:
        returned = function(**(args or {})) or {}
        bad = [spec for spec in meas_specs or [] if not spec[2] <= returned[spec[1]] <= spec[3]]
        verdict = "FAIL" if bad else "PASS"
    except Exception as error:
        verdict, bad = "FAIL", [error]
    results.append({"name": name, "verdict": verdict, "duration": time.perf_counter() - start})
    print(f"  - [{verdict:<7}] {name}")
    for spec in meas_specs or []:
        print(f"      {spec[0]} {returned.get(spec[1])} ({spec[2]} .. {spec[3]})")
    if verdict == "FAIL":
        failed = True
        aborted = aborted or terminate_on_fail


parser = argparse.ArgumentParser()
parser.add_argument("--serial", default="DEV-001")
parser.add_argument("--json")
options = parser.parse_args()
for index in range(10):
    step(
        f"Step {index}",
        tests.measure,
        args={"index": str(index)},
        meas_specs=[(f"VOLTAGE_{index}", "voltage", 4.75, 5.25), (f"CURRENT_{index}", "current", 0, 0.5)],
    )
if options.json:
    Path(options.json).write_text(json.dumps({"serial_number": options.serial, "steps": results}))
sys.exit(1 if failed else 0)
