"""Test steps of the ESH10000121 multi-purpose I/O module.

One function per step. They drive and measure; the limits are in tests/main.yaml. The connection made by ``connect`` is
kept in this module until ``disconnect``.
"""

from accordion_agent import Agent, AgentError

FORWARDER = "Forwarder"
I2C_BUS = "0.ESH10000121.I2C1"

# The addresses the module must answer at: two converters, the GPIO expander, two EEPROMs.
I2C_ADDRESSES = ["10", "11", "20", "50", "51"]

# What the fixture connects: (driven end, measured end).
MPIO_LINKS = [
    ("0.ESH10000121.MPIO00", "0.ESH10000121.MPIO08"),
    ("0.ESH10000121.MPIO01", "0.ESH10000121.MPIO09"),
    ("0.ESH10000121.MPIO02", "0.ESH10000121.MPIO10"),
    ("0.ESH10000121.MPIO03", "0.ESH10000121.MPIO11"),
]

_agent = None


def connect(host, timeout_s="30"):
    """Connects to the agent and sees that it has its hardware.

    host: the agent's address, such as http://agent64.local:5000
    timeout_s: how long to wait for an answer, in seconds
    """
    global _agent
    disconnect()
    agent = Agent(host, float(timeout_s))
    status = agent.connection_status()
    if not status["isConnected"]:
        agent.close()
        raise AgentError(f"the agent at {host} has no connection to its hardware: {status['lastError']}")
    _agent = agent
    name = agent.name()
    print(f"connected to {name} at {host}")
    return {"agent_name": name}


def load_forwarder():
    """Loads the module that makes the devices behind the I2C forwarder reachable."""
    agent = _connected()
    known = {module["name"]: module for module in agent.modules()}
    if FORWARDER not in known:
        raise LookupError(f"the agent has no module {FORWARDER!r}, only: {', '.join(sorted(known)) or 'none'}")
    already = any(module["name"] == FORWARDER for module in agent.loaded_modules())
    if already:
        print(f"module {FORWARDER} was loaded already")
    else:
        agent.load_module(known[FORWARDER])
        print(f"loaded module {FORWARDER}")
    return {"forwarder_was_loaded": already}


def scan_i2c():
    """Looks which addresses answer on the module's I2C bus."""
    found = _connected().scan_i2c(I2C_BUS)
    print(f"{I2C_BUS}: " + (" ".join(f"0x{address:02X}" for address in sorted(found)) or "nobody answers"))
    return {f"i2c_addr_0x{address}": int(address, 16) in found for address in I2C_ADDRESSES}


def test_interconnect(drive_volts="3.3"):
    """Drives each link of the fixture high and low at one end and measures the other, and all the other links.

    drive_volts: the high level, in volts
    """
    agent = _connected()
    drive = float(drive_volts)
    channels = [channel for link in MPIO_LINKS for channel in link]
    highs = []
    lows = []
    leaks = []
    bad = 0
    try:
        agent.set_direction(channels, "IN")
        for near, far in MPIO_LINKS:
            others = [channel for channel in channels if channel not in (near, far)]
            high, low, leak = _measure_link(agent, near, far, others, drive)
            highs.append(high)
            lows.append(low)
            leaks.append(leak)
            # A link is there when its far end follows the near end at all; how well is for the limits to say.
            follows = high - low > drive / 2
            bad += not follows
            print(f"{_short(near)} -> {_short(far)}: high {high:.3f} V, low {low:.3f} V, others {leak:.3f} V{'' if follows else '  open'}")
    finally:
        # Nothing is left driven, whatever happened.
        agent.set_direction(channels, "IN")
    released = all(direction == "IN" for direction in agent.directions(channels).values())
    return {
        "mpio_links_tested": len(highs),
        "mpio_bad_links": bad,
        "mpio_high_level_min": min(highs),
        "mpio_high_level_max": max(highs),
        "mpio_low_level_max": max(lows),
        "mpio_leak_level_max": max(leaks),
        "mpio_released": released,
    }


def disconnect():
    """Closes the connection, if there is one."""
    global _agent
    if _agent is None:
        return {"agent_requests": 0}
    agent, _agent = _agent, None
    agent.close()
    print(f"disconnected after {agent.requests_sent} requests")
    return {"agent_requests": agent.requests_sent}


def _connected():
    """The agent ``connect`` connected to."""
    if _agent is None:
        raise AgentError("not connected to an agent: has the step that connects been run?")
    return _agent


def _measure_link(agent, near, far, others, drive):
    """The levels at ``far`` while ``near`` is driven to ``drive`` and to 0 V, and the highest at the others meanwhile."""
    agent.set_direction([near], "OUT")
    agent.set_value(near, drive)
    levels = agent.get_values([far, *others])
    agent.set_value(near, 0.0)
    low = float(agent.get_value(far))
    agent.set_direction([near], "IN")
    return float(levels[far]), low, max(float(levels[channel]) for channel in others)


def _short(channel):
    """The last part of a channel's name."""
    return channel.rpartition(".")[2]
