"""The same ten steps as a pytest file."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "TenSteps_v00" / "python_modules"))
import ten_steps  # noqa: E402


@pytest.mark.parametrize("index", range(10))
def test_step(index):
    returned = ten_steps.measure(str(index))
    assert 4.75 <= returned["voltage"] <= 5.25
    assert 0 <= returned["current"] <= 0.5
