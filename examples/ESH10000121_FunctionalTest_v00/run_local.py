"""Runs this package's steps with plain Python, in the order of tests/main.yaml.

    python run_local.py
    python run_local.py --host http://agent72.local:5000 --serial SN-12345

Exit code 0 = PASS, 1 = FAIL. Keep it in step with tests/main.yaml: `rehearse run` needs no such script, it reads the YAML.
"""

import argparse
import sys
import time

sys.path.insert(0, "python_modules")
import esh10000121_tests as tests

# What a station injects; each has a switch below.
_DEFAULTS = {
    "host": "http://agent64.local:5000",  # {{cfg.AGENT_HOST}}
    "product_id": "ESH10000121",  # {{exec.tag.ProductId}}
    "product_revision": "1",  # {{exec.tag.ProductRevision}}
    "serial_number": "DEV-001",  # {{exec.serial_number}}
}

# (measurement name, key of the step's result, expected): expected is a text, or a pair of limits with None for no limit.
_I2C_MEASUREMENTS = [(f"I2C_ADDR_0x{a}", f"i2c_addr_0x{a}", "true") for a in tests.I2C_ADDRESSES]

_MPIO_MEASUREMENTS = [
    ("MPIO_LINKS_TESTED", "mpio_links_tested", (4, 4)),
    ("MPIO_BAD_LINKS", "mpio_bad_links", (0, 0)),
    ("MPIO_HIGH_LEVEL_MIN", "mpio_high_level_min", (3.2, 3.4)),
    ("MPIO_HIGH_LEVEL_MAX", "mpio_high_level_max", (3.2, 3.4)),
    ("MPIO_LOW_LEVEL_MAX", "mpio_low_level_max", (None, 0.1)),
    ("MPIO_LEAK_LEVEL_MAX", "mpio_leak_level_max", (None, 0.1)),
    ("MPIO_RELEASED", "mpio_released", "true"),
]

aborted = False
failed = False


def step(
    name,
    fn,
    *,
    args=None,
    meas_specs=None,
    terminate_on_fail=False,
    run_on_abort=False,
    retries=0,
    retry_delay_s=0.0,
):
    """Runs one step as its YAML would: attempts, measurements, verdict, abort."""
    global aborted, failed
    if aborted and not run_on_abort:
        print(f"  - [SKIP   ] {name}  (aborted)")
        return
    for attempt in range(retries + 1):
        if attempt:
            time.sleep(retry_delay_s)
        reason, lines = _attempt(fn, args or {}, meas_specs or [])
        if reason is None:
            break
    print(f"  - [{'PASS' if reason is None else 'FAIL':7}] {name}" + (f"  ({reason})" if reason else ""))
    for line in lines:
        print(f"      {line}")
    if reason is not None:
        failed = True
        if terminate_on_fail:
            aborted = True


def _attempt(fn, args, meas_specs):
    """Calls a step's function once; returns why it failed, or None, and a line for each measurement."""
    try:
        result = fn(**args)
    except Exception as error:
        return f"{type(error).__name__}: {error}", []
    values = result if isinstance(result, dict) else {"result": result}
    lines = []
    bad = []
    for name, key, expected in meas_specs:
        ok = key in values and _within(values[key], expected)
        lines.append(f"[{'PASS' if ok else 'FAIL':7}] {name} = {values.get(key, 'missing')}")
        if not ok:
            bad.append(name)
    return (", ".join(bad) or None), lines


def _within(value, expected):
    """Whether a measured value is the expected text, or lies between its limits."""
    if isinstance(expected, str):
        return str(value).lower() == expected
    low, high = expected
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return (low is None or value >= low) and (high is None or value <= high)


def main():
    parser = argparse.ArgumentParser(description="Run this package's steps with plain Python.")
    parser.add_argument("--host", default=_DEFAULTS["host"])
    parser.add_argument("--product-id", default=_DEFAULTS["product_id"])
    parser.add_argument("--product-revision", default=_DEFAULTS["product_revision"])
    parser.add_argument("--serial", default=_DEFAULTS["serial_number"])
    parser.add_argument("--agent-timeout", default="30", metavar="SECONDS", help="how long to wait for an answer of the agent")
    options = parser.parse_args()
    print(f"{options.product_id} revision {options.product_revision}, serial number {options.serial}, agent {options.host}")

    # setup
    step(
        "Connect to Agent",
        tests.connect,
        args={"host": options.host, "timeout_s": options.agent_timeout},
        retries=2,
        retry_delay_s=1.0,
        terminate_on_fail=True,
    )
    step("Load Forwarder", tests.load_forwarder, terminate_on_fail=True)

    # steps
    step("Scan I2C", tests.scan_i2c, meas_specs=_I2C_MEASUREMENTS, terminate_on_fail=True)
    step(
        "Test Interconnect",
        tests.test_interconnect,
        args={"drive_volts": "3.3"},
        meas_specs=_MPIO_MEASUREMENTS,
    )

    # teardown
    step("Disconnect", tests.disconnect, run_on_abort=True)

    print("FAIL" if failed else "PASS")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
