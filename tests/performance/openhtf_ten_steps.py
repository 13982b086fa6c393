"""The same ten steps as an OpenHTF test."""

import sys
from pathlib import Path

import openhtf as htf

sys.path.insert(0, str(Path(__file__).parent / "TenSteps_v00" / "python_modules"))
import ten_steps  # noqa: E402


def phase(index):
    @htf.PhaseOptions(name=f"step_{index}")
    @htf.measures(
        htf.Measurement(f"voltage_{index}").in_range(4.75, 5.25),
        htf.Measurement(f"current_{index}").in_range(0, 0.5),
    )
    def measure(test):
        returned = ten_steps.measure(str(index))
        test.measurements[f"voltage_{index}"] = returned["voltage"]
        test.measurements[f"current_{index}"] = returned["current"]

    return measure


test = htf.Test(*(phase(index) for index in range(10)))
sys.exit(0 if test.execute(test_start=lambda: "DEV-001") else 1)
