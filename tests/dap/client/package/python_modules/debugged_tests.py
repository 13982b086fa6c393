"""Test steps that a debugger's client goes through. Lines it means bear a mark."""

import http.client
import json
import urllib.parse

FACTOR = 1.0

_http = None


def connect(host):
    """Opens the connection to the agent at ``host``."""
    global _http
    url = urllib.parse.urlsplit(host)
    _http = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=10)
    _http.connect()  # mark: last of connect


def measure_rail(gain):
    """Measures the rail, in volts."""
    reading = float(_value("DUT.READING"))
    volts = scale(reading, float(gain))  # mark: call of scale
    labels = {"rail": "5V", "points": [1, 2, 3]}
    print(f"the rail {labels['rail']} has {volts:.2f} V")  # mark: rail is read
    return {"rail": volts}  # mark: last of rail


def scale(reading, gain):
    """What the divider has made of it."""
    result = reading * gain * FACTOR  # mark: first of scale
    return result  # mark: last of scale


def count(upto):
    """Adds the numbers below ``upto``."""
    total = 0  # mark: first of count
    for number in range(int(upto)):
        total += number  # mark: in the loop
    return {"total": total}  # mark: last of count


def advance():
    """Adds one to the counter on the bench."""
    counter = int(_value("DUT.COUNTER")) + 1
    _ask("set", {"Name": "DUT.COUNTER", "Value": str(counter)})
    print(f"the counter is at {counter}")
    return {"counter": counter}  # mark: last of advance


def finish():
    """Says that the test is through."""
    print("finished")  # mark: first of finish


def switch_off():
    """Makes the DUT safe, whatever has happened."""
    print("switched off")  # mark: first of switch off


def catch():
    """Meets an exception and deals with it."""
    table = {"known": 1}
    try:
        return {"found": table["unknown"]}  # mark: raises KeyError
    except KeyError:
        return {"found": None}


def fail():
    """Meets an exception and does not deal with it."""
    identity = "ESH10000122"
    product, space, revision = identity.partition(" ")
    raise ValueError(f"the identity {identity!r} has no revision")  # mark: raises ValueError


def wait():
    """Waits until somebody tells it not to."""
    waiting = True
    rounds = 0
    while waiting:
        rounds = following(rounds)  # mark: while waiting
    print("no longer waiting")


def following(number):
    """In the sandbox, code pauses where a function is entered."""
    return number + 1


def _value(name):
    """The value of a channel, as the agent's text."""
    return json.loads(_ask("get", {"Name": name}))["value"]


def _ask(action, body):
    """Sends one request about a channel's value and returns the body of the answer."""
    _http.request("POST", f"/api/resources/value/{action}", json.dumps(body), {"Content-Type": "application/json"})
    response = _http.getresponse()
    payload = response.read().decode()
    if response.status >= 400:
        raise ConnectionError(f"the agent answered {response.status}: {payload}")
    return payload
