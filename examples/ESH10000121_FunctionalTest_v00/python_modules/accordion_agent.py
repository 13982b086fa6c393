"""A small client of the Accordion agent's REST API, on the standard library alone.

It keeps one connection open and sends one request at a time. Values of channels are text, as the agent keeps them.
"""

import http.client
import json
import time
import urllib.parse

# The agent closes a silent connection after two minutes; one that has been silent for this long is not trusted any more.
_IDLE_LIMIT_S = 60.0

# An agent may give a direction as text or as flags.
_DIRECTIONS = {1: "IN", 2: "OUT", 3: "IN, OUT"}


class AgentError(Exception):
    """Something went wrong between the test and the agent."""


class AgentUnreachable(AgentError):
    """There is no agent at this address, or the connection to it broke."""


class AgentRefused(AgentError):
    """The agent answered with an error status."""

    def __init__(self, request, status, text):
        super().__init__(f"{request}: the agent answered {status}: {text}")
        self.status = status
        self.text = text


class AgentReplyError(AgentError):
    """The agent answered something that is not what its API promises."""


class Agent:
    """One connection to one agent."""

    def __init__(self, base_url, timeout_s=30.0):
        """Takes an address such as ``http://agent64.local:5000``; connects with the first request."""
        url = urllib.parse.urlsplit(base_url)
        if url.scheme != "http" or not url.hostname:
            raise ValueError(f"the agent's address must look like http://HOST:PORT, not {base_url!r}")
        self.base_url = base_url
        self.requests_sent = 0
        self._prefix = url.path.rstrip("/")
        self._http = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=timeout_s)
        self._last_used = None

    def close(self):
        """Closes the connection; the agent is not told."""
        self._http.close()
        self._last_used = None

    def get(self, path):
        """Asks for ``/api/<path>`` and returns the decoded JSON of the answer."""
        return self._request("GET", path)

    def post(self, path, body=None):
        """Sends ``body`` as JSON to ``/api/<path>``; returns the decoded JSON of the answer, or None when it is empty."""
        return self._request("POST", path, body)

    # What the test steps need, by name.

    def connection_status(self):
        """Whether the agent has its hardware, as ``{"isConnected": bool, "lastError": str or None}``."""
        return self.get("connection/status")

    def name(self):
        """The name of the agent's application."""
        return self.get("application/name")

    def modules(self):
        """The settings of every module the agent knows, loaded or not."""
        return self.get("modules")

    def loaded_modules(self):
        """The settings of the modules that are loaded."""
        return self.get("modules/loaded")

    def load_module(self, settings):
        """Loads a module, given its settings as ``modules`` returned them."""
        # Replies are camelCase, requests PascalCase.
        self.post("modules/load", {key[0].upper() + key[1:]: value for key, value in settings.items()})

    def scan_i2c(self, device):
        """The set of 7-bit addresses that answer on an I2C bus."""
        reply = self.post(
            "comm/i2c", {"DeviceName": device, "Action": "Scan", "Address": "00", "NumberOfBytesToReceive": 0, "MaxRetries": -1}
        )
        return set(bytes.fromhex(reply["received"]))

    def set_direction(self, names, direction):
        """Turns channels to "IN" or "OUT"."""
        self.post("channels/configure", [{"NetName": name, "Direction": direction} for name in names])

    def directions(self, names):
        """The direction of each of the named channels."""
        found = {channel["netName"]: channel["direction"] for channel in self.get("channels")}
        return {name: _DIRECTIONS.get(found.get(name), found.get(name)) for name in names}

    def set_value(self, name, value):
        """Sets one channel."""
        self.post("resources/value/set", {"Name": name, "Value": str(value)})

    def get_value(self, name):
        """Reads one channel."""
        return self.post("resources/value/get", {"Name": name})["value"]

    def get_values(self, names):
        """The values of several channels, read in one go, as ``{name: text}``."""
        reply = self.post("resources/values/get", {"Names": list(names)})
        if not isinstance(reply, dict) or not isinstance(reply.get("resources"), dict):
            raise AgentReplyError(f"resources/values/get: no values in the answer {reply!r}")
        return reply["resources"]

    # The connection.

    def _request(self, method, path, body=None):
        request = f"{method} {self._prefix}/api/{path}"
        data = None
        headers = {}
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        if self._last_used is not None and time.monotonic() - self._last_used > _IDLE_LIMIT_S:
            self.close()
        try:
            self._http.request(method, f"{self._prefix}/api/{path}", body=data, headers=headers)
            response = self._http.getresponse()
            payload = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise AgentUnreachable(f"{request}: no answer from {self.base_url}: {error}") from error
        self._last_used = time.monotonic()
        self.requests_sent += 1
        if response.status >= 400:
            raise AgentRefused(request, response.status, _error_text(payload))
        if not payload:
            return None
        try:
            return json.loads(payload)
        except ValueError as error:
            raise AgentReplyError(f"{request}: the answer is not JSON: {error}") from error


def _error_text(payload):
    """The readable part of an error's body."""
    text = payload.decode("utf-8", "replace").strip()
    try:
        fields = json.loads(text)
    except ValueError:
        return text
    if isinstance(fields, dict):
        for key in ("error", "message", "detail", "title"):
            if fields.get(key):
                return str(fields[key])
    return text
