import board as tests

_DEFAULTS = {
    "host": "http://agent64.local:5000",  # {{cfg.AGENT_HOST}}
}


def step(name, fn, *, args=None, meas_specs=None, terminate_on_fail=False, run_on_abort=False, retries=0, retry_delay_s=0.0):
    pass


host = _DEFAULTS["host"]
_SCAN = [(f"I2C_{a}", f"i2c_{a}", "true") for a in tests.ADDRESSES]
_LEVELS = [("LEVEL", "level", (3.2, 3.4)), ("COUNT", "count", (4, 4.0))]

step("Connect", tests.connect, args={"host": host, "volts": "3.3", "mode": "fast"}, retries=2, retry_delay_s=1, terminate_on_fail=True)
step("Scan", tests.scan, meas_specs=[(f"I2C_{a}", f"i2c_{a}", "true") for a in tests.ADDRESSES] + _LEVELS)
step("Only there", tests.only)
step("First", tests.first)
step("Second", tests.second)
step("Disconnect", tests.disconnect, run_on_abort=True)
