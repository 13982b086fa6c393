import sys
sys.path.insert(0, "python_modules")
import board as tests

_DEFAULTS = {
    "host": "http://agent72.local:5000",  # cfg.AGENT_HOST
    "product_id": "42",  # exec.tag.ProductId
}
host = _DEFAULTS["host"]
aborted = False


def run(name, fn, *, args=None, meas_specs=None, terminate_on_fail=False, run_on_abort=False, retries=0, retry_delay_s=0.0):
    pass


_LEVELS = [("LEVEL", "level", (3.2, 3.5)), ("COUNT", "number", (4, 4)), ("NEW", "new", unknown())]

# SETUP
run("Connect", tests.connect_now, args={"host": "{{cfg.AGENT_HOST}}", "volts": "3.3", "extra": "1"}, retries=3, retry_delay_s=1.0)

# STEPS
run("Scan", tests.scan, meas_specs=[(f"I2C_{a.upper()}", f"i2c_{a.lower()}", "true") for a in ["10"]] + _LEVELS)
run("Second", tests.second)
run("First", tests.first, terminate_on_fail=sys.flags.debug)
run("Only here", tests.only)
for name in ["a", "b"]:
    run(name, tests.only)
more = []
more.append(("X", "x", "true"))
run("Disconnect", tests.disconnect, meas_specs=more)
