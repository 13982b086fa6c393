"""The network and its protocols, over loopback."""

import threading
from contextlib import contextmanager

from . import differs, probe, raises


@contextmanager
def served(server):
    """The server runs in a thread, and its port is given."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)


@contextmanager
def scripted(greeting, answers):
    """A server for one client: it answers each line that holds one of the words, and lets go of the client after the last word."""
    import socket

    listening = socket.create_server(("127.0.0.1", 0))

    def talk():
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb") as stream:
            stream.write(greeting)
            stream.flush()
            for line in stream:
                word = next((word for word in answers if word in line.upper()), None)
                if word is not None:
                    stream.write(answers[word].replace(b"TAG", line.split()[0]))
                    stream.flush()
                if word == list(answers)[-1]:
                    return

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        thread.join(30)
        listening.close()


@probe("socket", differs("no `sendmsg()`, `recvmsg()`, `if_nameindex()`; of Unix sockets only `socketpair()`", lambda: _no_messages()))
def _():
    import socket

    server = socket.create_server(("127.0.0.1", 0), reuse_port=False)
    client = socket.create_connection(server.getsockname(), timeout=30)
    peer, address = server.accept()
    assert address == client.getsockname() and client.getpeername() == server.getsockname()
    client.sendall(b"*IDN?\n")
    assert peer.recv(3) == b"*ID" and peer.recv(10, socket.MSG_PEEK) == b"N?\n"
    buffer = bytearray(5)
    assert peer.recv_into(buffer) == 3 and buffer[:3] == b"N?\n"
    client.settimeout(0.01)
    raises(TimeoutError, client.recv, 1)
    client.setblocking(False)
    raises(BlockingIOError, client.recv, 1)
    peer.shutdown(socket.SHUT_WR)
    client.settimeout(30)
    assert client.recv(1) == b""
    for one in (client, peer, server):
        one.close()
    raises(OSError, client.send, b"a")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        one.bind(("127.0.0.1", 0))
        other.sendto(b"to one", one.getsockname())
        assert one.recvfrom(99) == (b"to one", ("127.0.0.1", other.getsockname()[1]))
    assert socket.inet_aton("1.2.3.4") == b"\1\2\3\4" and socket.inet_ntop(socket.AF_INET6, b"\0" * 15 + b"\1") == "::1" and socket.htons(1) in (1, 256)
    assert socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)[0][4] == ("127.0.0.1", 80) and socket.gethostname()
    raises(socket.gaierror, socket.getaddrinfo, "no-such-host.invalid", 80)
    raises(ConnectionRefusedError, socket.create_connection, server_address(), 30)


def server_address():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as gone:
        return gone.getsockname()


def _no_messages():
    import socket

    return not hasattr(socket.socket, "sendmsg")


@probe("ssl")
def _():
    import ssl

    context = ssl.create_default_context()
    assert context.verify_mode == ssl.CERT_REQUIRED and context.check_hostname and issubclass(ssl.SSLError, OSError)


@probe("socketserver")
def _():
    import socket, socketserver

    class Echo(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(self.rfile.readline().upper())

    with served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo)) as port, socket.create_connection(("127.0.0.1", port), 30) as client:
        client.sendall(b"abc\n")
        assert client.makefile().readline() == "ABC\n"


def _quiet(handler):
    handler.log_message = lambda *_: None
    return handler


@probe("http")
def _():
    import http, http.client, http.cookiejar, http.cookies, http.server

    @_quiet
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(http.HTTPStatus.CREATED)
            self.send_header("X-Reply", "yes")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body[::-1]))

    with served(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for body in (b"abc", b"defg"):
            connection.request("POST", "/x?y=1", body, {"X-Ask": "1"})
            response = connection.getresponse()
            assert (response.status, response.reason, response.getheader("x-reply"), response.read()) == (201, "Created", "yes", body[::-1])
        connection.close()
    cookie = http.cookies.SimpleCookie("a=1; b=2")
    assert cookie["b"].value == "2" and len(http.cookiejar.CookieJar()) == 0 and http.HTTPStatus(404).phrase == "Not Found"


@probe("urllib")
def _():
    import http.server
    import urllib.error, urllib.parse, urllib.request, urllib.robotparser

    @_quiet
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/there?a=1")
                self.end_headers()
            elif self.path == "/none":
                self.send_error(404, "gone away")
            else:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(self.path.encode())

    with served(http.server.HTTPServer(("127.0.0.1", 0), Handler)) as port:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{port}/moved", timeout=30) as answer:
            assert answer.read() == b"/there?a=1" and answer.geturl().endswith("/there?a=1") and answer.status == 200
        error = raises(urllib.error.HTTPError, opener.open, f"http://127.0.0.1:{port}/none", timeout=30)
        assert error.code == 404 and b"gone away" in error.read()
        error.close()
    parts = urllib.parse.urlsplit("http://u:p@host:81/a%20b?x=1&x=2#f")
    assert (parts.hostname, parts.port, parts.username) == ("host", 81, "u") and urllib.parse.parse_qs(parts.query) == {"x": ["1", "2"]}
    assert urllib.parse.quote("ä b/c") == "%C3%A4%20b/c" and urllib.parse.urljoin("http://a/b/c", "../d") == "http://a/d"
    assert urllib.parse.urlencode({"a": "1 2", "b": ["x", "y"]}, doseq=True) == "a=1+2&b=x&b=y"
    robots = urllib.robotparser.RobotFileParser()
    robots.parse(["User-agent: *", "Disallow: /x"])
    assert not robots.can_fetch("a", "/x")


@probe("xmlrpc")
def _():
    import xmlrpc.client, xmlrpc.server

    server = xmlrpc.server.SimpleXMLRPCServer(("127.0.0.1", 0), logRequests=False)
    server.register_function(pow)
    with served(server) as port, xmlrpc.client.ServerProxy(f"http://127.0.0.1:{port}") as proxy:
        assert proxy.pow(2, 5) == 32
        raises(xmlrpc.client.Fault, proxy.none)


@probe("wsgiref")
def _():
    import urllib.request, wsgiref.simple_server, wsgiref.util, wsgiref.validate

    def application(environment, start):
        start("200 OK", [("Content-Type", "text/plain")])
        return [environment["PATH_INFO"].encode()]

    handler = _quiet(type("Handler", (wsgiref.simple_server.WSGIRequestHandler,), {}))
    server = wsgiref.simple_server.make_server("127.0.0.1", 0, wsgiref.validate.validator(application), handler_class=handler)
    with served(server) as port:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        assert opener.open(f"http://127.0.0.1:{port}/a/b", timeout=30).read() == b"/a/b"


@probe("ftplib")
def _():
    import ftplib

    answers = {b"USER": b"331 password\r\n", b"PASS": b"230 in\r\n", b"PWD": b'257 "/data"\r\n', b"QUIT": b"221 bye\r\n"}
    with scripted(b"220 hi\r\n", answers) as port:
        client = ftplib.FTP()
        client.connect("127.0.0.1", port, 30)
        client.login("me", "secret")
        assert client.pwd() == "/data" and client.quit() == "221 bye"


@probe("imaplib")
def _():
    import imaplib

    answers = {b"CAPABILITY": b"* CAPABILITY IMAP4REV1\r\nTAG OK done\r\n", b"LOGIN": b"TAG OK in\r\n", b"LOGOUT": b"* BYE\r\nTAG OK bye\r\n"}
    with scripted(b"* OK ready\r\n", answers) as port:
        client = imaplib.IMAP4("127.0.0.1", port, 30)
        assert client.login("me", "secret")[0] == "OK"
        client.logout()


@probe("poplib")
def _():
    import poplib

    answers = {b"USER": b"+OK\r\n", b"PASS": b"+OK\r\n", b"STAT": b"+OK 2 320\r\n", b"QUIT": b"+OK\r\n"}
    with scripted(b"+OK hi\r\n", answers) as port:
        client = poplib.POP3("127.0.0.1", port, 30)
        client.user("me")
        client.pass_("secret")
        assert client.stat() == (2, 320)
        client.quit()


@probe("smtplib")
def _():
    import smtplib
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@x", "b@x", "hello"
    message.set_content("text\n")
    answers = {b"EHLO": b"250 station\r\n", b"MAIL FROM": b"250 ok\r\n", b"RCPT TO": b"250 ok\r\n", b"DATA": b"354 go\r\n", b".\r\n": b"250 queued\r\n", b"QUIT": b"221 bye\r\n"}
    with scripted(b"220 hi\r\n", answers) as port:
        with smtplib.SMTP("127.0.0.1", port, "me", 30) as client:
            assert client.send_message(message) == {}


@probe("email")
def _():
    import email, email.policy, email.utils
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"] = "Prüfbericht"
    message["To"] = "a@example.org"
    message.set_content("Größe\n")
    message.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="r.bin")
    read = email.message_from_bytes(message.as_bytes(), policy=email.policy.default)
    assert read["subject"] == "Prüfbericht" and read.get_body().get_content() == "Größe\n" and next(read.iter_attachments()).get_content() == b"\x00\x01"
    assert email.utils.parsedate_to_datetime("Mon, 23 Nov 2026 10:20:00 +0100").hour == 10 and email.utils.parseaddr("A <a@x>") == ("A", "a@x")


@probe("ipaddress")
def _():
    import ipaddress

    net = ipaddress.ip_network("192.168.1.0/24")
    assert ipaddress.ip_address("192.168.1.7") in net and net.num_addresses == 256 and str(next(net.hosts())) == "192.168.1.1"
    assert ipaddress.ip_address("::1").is_loopback and ipaddress.ip_interface("10.0.0.1/8").network.prefixlen == 8
    raises(ValueError, ipaddress.ip_address, "1.2.3.400")


@probe("webbrowser", differs("finds no browser: `open()` gives False", lambda: _no_browser()))
def _():
    import webbrowser

    assert issubclass(webbrowser.Error, Exception)


def _no_browser():
    import sys, webbrowser

    # CPython may well find one, or none on a machine without a screen; it is not made to open it.
    return sys.implementation.name == "rustpython" and not webbrowser.open("about:blank")
