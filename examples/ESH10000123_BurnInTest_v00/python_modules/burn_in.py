"""Test steps of ESH10000123.

One function per step. They drive and measure; the limits are in tests/main.yaml. Parameters arrive as text.
"""

import http.client
import json
import urllib.parse

# The channels of the agent that reach the product. On your station they have other names: `GET /api/channels` lists them.
SUPPLY_ON = "DUT.SUPPLY_ON"
SUPPLY_5V = "DUT.SUPPLY_5V"
LOAD_ON = "DUT.LOAD_ON"
FAN_ON = "DUT.FAN_ON"
TEMPERATURE = "DUT.TEMPERATURE"

# Boards from this revision on have a fan.
FAN_SINCE_REVISION = 3

# The warmest board temperature so far, in degrees Celsius; kept from cycle to cycle.
_warmest = float("-inf")

# Kept from connect to disconnect.
_http = None


def connect(host, timeout_s="10"):
    """Connects to the agent and sees that it has its hardware.

    host: the agent's address, such as http://agent64.local:5000
    timeout_s: how long to wait for an answer, in seconds
    """
    global _http
    disconnect()
    url = urllib.parse.urlsplit(host)
    _http = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=float(timeout_s))
    status = _ask("GET", "connection/status")
    if not status["isConnected"]:
        raise ConnectionError(f"the agent at {host} has no connection to its hardware: {status['lastError']}")
    print(f"connected to {host}")


def switch_on_supply():
    """Gives the product its supply."""
    _set(SUPPLY_ON, "True")


def identify(revision):
    """Says what the board has, by its revision."""
    return {"has_fan": int(revision) >= FAN_SINCE_REVISION}


def start_fan():
    """Starts the fan of the board."""
    _set(FAN_ON, "True")


def switch_load(state):
    """Switches the load on or off."""
    _set(LOAD_ON, "True" if state == "on" else "False")


def measure(cycle):
    """Measures supply and temperature under load, in volts and degrees Celsius."""
    global _warmest
    temperature = float(_get(TEMPERATURE))
    _warmest = max(_warmest, temperature)
    print(f"cycle {cycle}: {temperature} degC")
    return {"supply_5v": float(_get(SUPPLY_5V)), "temperature": temperature, "warmest_so_far": _warmest}


def rise(warmest, ambient):
    """How much warmer than its surroundings the board has become, in degrees Celsius."""
    return {"rise": round(float(warmest) - float(ambient), 3)}


def switch_off_supply():
    """Takes the supply away again, if there was ever a connection."""
    if _http is None:
        print("not connected, nothing to switch off")
        return
    _set(SUPPLY_ON, "False")


def disconnect():
    """Closes the connection, if there is one."""
    global _http
    if _http is not None:
        _http.close()
        _http = None


def _get(name):
    """The value of a channel, as text."""
    return _ask("POST", "resources/value/get", {"Name": name})["value"]


def _set(name, value):
    """Sets a channel."""
    _ask("POST", "resources/value/set", {"Name": name, "Value": value})
    print(f"{name} = {value}")


def _ask(method, path, body=None):
    """Sends one request to the agent; returns the decoded answer, or None where it is empty."""
    if _http is None:
        raise ConnectionError("not connected to an agent: has the step that connects been run?")
    data = None if body is None else json.dumps(body)
    _http.request(method, f"/api/{path}", data, {"Content-Type": "application/json"})
    response = _http.getresponse()
    payload = response.read()
    if response.status >= 400:
        raise RuntimeError(f"{method} /api/{path}: the agent answered {response.status}: {payload.decode(errors='replace')}")
    return json.loads(payload) if payload else None
