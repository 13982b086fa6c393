import http.client, json, select, socket, ssl, threading, urllib.error, urllib.request

REQUEST = b"GET / HTTP/1.0\r\n\r\n"


def context_of(ca="ca.pem", check=True, verify="CERT_REQUIRED", minimum=None, maximum=None, alpn=None, identity=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = check
    context.verify_mode = ssl.VerifyMode[verify]
    context.load_verify_locations(ca)
    if minimum:
        context.minimum_version = ssl.TLSVersion[minimum]
    if maximum:
        context.maximum_version = ssl.TLSVersion[maximum]
    if alpn:
        context.set_alpn_protocols(alpn)
    if identity:
        context.load_cert_chain(identity + ".pem", identity + ".key")
    return context


def connect(port, name="localhost", timeout=20, **rest):
    plain = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    try:
        return context_of(**rest).wrap_socket(plain, server_hostname=name)
    except BaseException:
        plain.close()
        raise


def everything(tls):
    data = b""
    while piece := tls.recv(100):
        data += piece
    return data.rpartition(b"\r\n")[2].decode()


def look(settings):
    try:
        with connect(**json.loads(settings)) as tls:
            tls.sendall(REQUEST)
            return ["answer", everything(tls), tls.version(), tls.selected_alpn_protocol()]
    except OSError as error:
        return [type(error).__name__, getattr(error, "verify_code", None), getattr(error, "verify_message", None)]


def reason(settings):
    try:
        connect(**json.loads(settings)).close()
    except ssl.SSLError as error:
        return [type(error).__name__, error.reason, error.library]


def certificate(settings):
    with connect(**json.loads(settings)) as tls:
        found = tls.getpeercert()
        pem = ssl.DER_cert_to_PEM_cert(tls.getpeercert(binary_form=True))
        assert pem.startswith("-----BEGIN CERTIFICATE-----\nMII"), pem
        return {
            key: [list(pair) if isinstance(pair[0], str) else [list(inner) for inner in pair] for pair in value]
            if isinstance(value, tuple)
            else value.strip() if isinstance(value, str) else value
            for key, value in found.items()
        }


def fetch(settings):
    port = json.loads(settings)["port"]
    connection = http.client.HTTPSConnection("localhost", port, context=context_of(), timeout=20)
    connection.request("GET", "/")
    first = connection.getresponse().read().decode()
    url = f"https://localhost:{port}/"
    with urllib.request.urlopen(url, context=ssl.create_default_context(cafile="ca.pem"), timeout=20) as answer:
        second = answer.read().decode()
    try:
        urllib.request.urlopen(url, timeout=20)
    except urllib.error.URLError as error:
        return [first, second, f"{type(error).__name__} {error.reason.reason}"]


def both_sides(settings):
    size = json.loads(settings)["size"]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile="ca.pem")
    context.load_cert_chain("server.pem", "server.key")
    context.verify_mode = ssl.CERT_REQUIRED
    listener = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
    seen = []

    def serve():
        peer, _ = listener.accept()
        with peer:
            got = 0
            while got < size:
                got += len(peer.recv(1 << 20))
            seen.extend([got, peer.getpeercert()["subject"][0][0][1]])
            peer.sendall(bytes(size))
            seen.append(isinstance(peer.unwrap(), socket.socket))

    thread = threading.Thread(target=serve)
    thread.start()
    with connect(listener.getsockname()[1], identity="client") as tls:
        tls.sendall(memoryview(bytes(size)))
        got = 0
        while data := tls.recv(1 << 16):
            got += len(data)
        tls.unwrap()
    thread.join()
    listener.close()
    return [got, *seen]


def unblocked(settings):
    plain = socket.create_connection(("127.0.0.1", json.loads(settings)["port"]))
    tls = context_of().wrap_socket(plain, server_hostname="localhost", do_handshake_on_connect=False)
    tls.setblocking(False)
    seen = []

    def patiently(work, *arguments):
        while True:
            try:
                return work(*arguments)
            except ssl.SSLWantReadError as error:
                seen.append(type(error).__name__)
                select.select([tls], [], [], 20)
            except ssl.SSLWantWriteError:
                select.select([], [tls], [], 20)

    patiently(tls.do_handshake)
    patiently(tls.send, REQUEST)
    data = patiently(tls.recv, 10)
    waiting = tls.pending()
    # What is decrypted already is there for select, whatever the network has.
    ready = bool(select.select([tls], [], [], 0)[0]) if waiting else True
    while piece := patiently(tls.recv, 4096):
        data += piece
    tls.close()
    return [sorted(set(seen) - {"SSLWantReadError"}), data.rpartition(b"\r\n")[2].decode(), ready]


def mistakes(settings):
    def attempt(work, *arguments, **keywords):
        try:
            work(*arguments, **keywords)
        except (OSError, ValueError) as error:
            return [type(error).__name__, getattr(error, "reason", None)]

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return [
        attempt(context.load_verify_locations, "none.pem"),
        attempt(context.load_verify_locations, "package.json"),
        attempt(context.load_cert_chain, "one.pem", "two.key"),
        attempt(context.load_cert_chain, "package.json"),
        attempt(context.load_verify_locations, cadata="nothing"),
        attempt(setattr, context, "verify_mode", ssl.CERT_NONE),
        attempt(context.wrap_socket, socket.socket()),
    ]
