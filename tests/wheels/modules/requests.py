import http.server
import json
import threading

import requests


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/there")
            self.send_header("Set-Cookie", "seen=1")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.answer(404 if self.path == "/none" else 200, {"path": self.path, "cookie": self.headers.get("Cookie"), "auth": self.headers.get("Authorization")})

    def do_POST(self):
        self.answer(201, {"sent": self.rfile.read(int(self.headers["Content-Length"])).decode()})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def work():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    with requests.Session() as session:
        session.trust_env = False
        moved = session.get(url + "/moved", params={}, timeout=30)
        assert moved.json()["path"] == "/there" and moved.json()["cookie"] == "seen=1" and len(moved.history) == 1
        assert session.get(url + "/a", params={"b": "ä"}, timeout=30).json()["path"] == "/a?b=%C3%A4"
        assert session.post(url, json={"volts": 3.3}, timeout=30).json() == {"sent": '{"volts": 3.3}'}
        assert session.get(url, auth=("u", "p"), timeout=30).json()["auth"] == "Basic dTpw"
        missing = session.get(url + "/none", timeout=30)
        try:
            missing.raise_for_status()
        except requests.HTTPError as error:
            assert error.response.status_code == 404
        else:
            raise AssertionError
        assert requests.get(url, timeout=30).encoding == "utf-8" and session.post(url, files={"f": ("n.txt", b"text")}, timeout=30).status_code == 201
    server.shutdown()
    server.server_close()
    try:
        requests.get(url, timeout=30)
    except requests.ConnectionError:
        return requests.__version__
    raise AssertionError
