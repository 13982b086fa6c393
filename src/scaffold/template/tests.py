"""Test steps of <<product>>.

One function per step. They drive and measure; the limits are in tests/main.yaml. Parameters arrive as text.
"""

import http.client
import json
import urllib.parse

# The channels of the agent that reach the product. On your station they have other names: `GET /api/channels` lists them.
SUPPLY_ON = "DUT.SUPPLY_ON"
SUPPLY_5V = "DUT.SUPPLY_5V"
SUPPLY_3V3 = "DUT.SUPPLY_3V3"
SELF_TEST_OK = "DUT.SELF_TEST_OK"

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


def measure_supplies():
    """Measures both supply rails, in volts."""
    return {"supply_5v": float(_get(SUPPLY_5V)), "supply_3v3": float(_get(SUPPLY_3V3))}


def check_self_test():
    """Reads whether the product is content with itself."""
    return {"self_test_ok": _get(SELF_TEST_OK).lower() == "true"}


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
