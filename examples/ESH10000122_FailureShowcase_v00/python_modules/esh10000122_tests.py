"""Test steps of a made-up DUT on which much is wrong."""

import http.client
import json
import urllib.parse

_http = None


def connect(host):
    """Opens the connection to the agent at ``host``."""
    global _http
    url = urllib.parse.urlsplit(host)
    _http = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=10)
    _http.connect()


def switch_on_supply():
    """Gives the DUT its supply."""
    _ask("set", {"Name": "DUT.SUPPLY_ON", "Value": "True"})
    print("the supply is on")


def switch_off_supply():
    """Takes the supply away again, whatever has happened."""
    _ask("set", {"Name": "DUT.SUPPLY_ON", "Value": "False"})
    print("the supply is off")


def measure_supplies():
    """Measures both supply rails, in volts."""
    return {"supply_5v": float(_value("DUT.SUPPLY_5V")), "supply_3v3": float(_value("DUT.SUPPLY_3V3"))}


def check_cover():
    """Looks whether the cover of the fixture is closed."""
    return {"cover_closed": _value("DUT.COVER_CLOSED").lower() == "true"}


def read_identity():
    """Reads what the DUT says it is."""
    text = _value("DUT.IDENTITY")
    print(f"identity {text!r}")
    product, revision = split_identity(text)
    return {"product": product, "revision": revision}


def split_identity(text):
    """Product and revision of an identity such as ``ESH10000122 R2``."""
    product, space, revision = text.partition(" ")
    if not space:
        raise ValueError(f"the identity {text!r} has no revision")
    return product, revision


def measure_load_current():
    """Measures what the DUT draws, in amperes."""
    return {"load_current": float(_value("DUT.LOAD_CURRENT"))}


def measure_temperature():
    """Measures the temperature of the DUT's core, in degrees Celsius."""
    return {"core_temperature": float(_value("DUT.CORE_TEMPERATURE"))}


def disconnect():
    """Closes the connection, if there is one."""
    global _http
    if _http is not None:
        _http.close()
        _http = None


def _value(name):
    """The value of a channel, as the agent's text."""
    return json.loads(_ask("get", {"Name": name}))["value"]


def _ask(action, body):
    """Sends one request about a channel's value and returns the body of the answer."""
    if _http is None:
        raise ConnectionError("not connected to the agent")
    _http.request("POST", f"/api/resources/value/{action}", json.dumps(body), {"Content-Type": "application/json"})
    response = _http.getresponse()
    payload = response.read().decode()
    if response.status >= 400:
        raise ConnectionError(f"the agent answered {response.status}: {payload}")
    return payload
