"""TLS over host requests, under the standard library's ssl.py: the host has the keys and does the cryptography."""

import _rehearsal as _door
import binascii as _binascii
import weakref as _weakref

# What ssl.py and its users look at is OpenSSL's interface; what stands behind it is something else.
OPENSSL_VERSION = "OpenSSL 3.0 interface, answered by rustls 0.23"
OPENSSL_VERSION_INFO = _OPENSSL_API_VERSION = (3, 0, 0, 0, 0)
OPENSSL_VERSION_NUMBER = 0x30000000
_DEFAULT_CIPHERS = "DEFAULT"

HAS_SNI = HAS_ECDH = HAS_ALPN = HAS_TLSv1_2 = HAS_TLSv1_3 = True
HAS_NPN = HAS_SSLv2 = HAS_SSLv3 = HAS_TLSv1 = HAS_TLSv1_1 = HAS_TLS_UNIQUE = HAS_PSK = HAS_PHA = False

PROTOCOL_TLS = PROTOCOL_SSLv23 = 2
PROTOCOL_TLSv1_2 = 5
PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER = 16, 17
PROTO_MINIMUM_SUPPORTED, PROTO_MAXIMUM_SUPPORTED = -2, -1
PROTO_SSLv3, PROTO_TLSv1, PROTO_TLSv1_1, PROTO_TLSv1_2, PROTO_TLSv1_3 = range(0x300, 0x305)
CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED = 0, 1, 2
VERIFY_DEFAULT, VERIFY_CRL_CHECK_LEAF, VERIFY_CRL_CHECK_CHAIN, VERIFY_X509_STRICT = 0, 4, 12, 32
VERIFY_ALLOW_PROXY_CERTS, VERIFY_X509_TRUSTED_FIRST, VERIFY_X509_PARTIAL_CHAIN = 64, 0x8000, 0x80000
HOSTFLAG_ALWAYS_CHECK_SUBJECT, HOSTFLAG_NO_WILDCARDS, HOSTFLAG_NO_PARTIAL_WILDCARDS = 1, 2, 4
HOSTFLAG_MULTI_LABEL_WILDCARDS, HOSTFLAG_SINGLE_LABEL_SUBDOMAINS, HOSTFLAG_NEVER_CHECK_SUBJECT = 8, 16, 32
ENCODING_PEM, ENCODING_DER = 1, 2

OP_ALL = 0x80000050
OP_NO_SSLv2 = OP_SINGLE_DH_USE = OP_SINGLE_ECDH_USE = 0
OP_LEGACY_SERVER_CONNECT, OP_ENABLE_KTLS, OP_IGNORE_UNEXPECTED_EOF = 4, 8, 0x80
OP_NO_TICKET, OP_NO_COMPRESSION, OP_ENABLE_MIDDLEBOX_COMPAT = 0x4000, 0x20000, 0x100000
OP_CIPHER_SERVER_PREFERENCE, OP_NO_RENEGOTIATION = 0x400000, 0x40000000
OP_NO_SSLv3, OP_NO_TLSv1, OP_NO_TLSv1_1, OP_NO_TLSv1_2, OP_NO_TLSv1_3 = 0x2000000, 0x4000000, 0x10000000, 0x8000000, 0x20000000

SSL_ERROR_SSL, SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE, SSL_ERROR_WANT_X509_LOOKUP, SSL_ERROR_SYSCALL = range(1, 6)
SSL_ERROR_ZERO_RETURN, SSL_ERROR_WANT_CONNECT, SSL_ERROR_EOF, SSL_ERROR_INVALID_ERROR_CODE = 6, 7, 8, 10

ALERT_DESCRIPTION_CLOSE_NOTIFY = 0
ALERT_DESCRIPTION_UNEXPECTED_MESSAGE = 10
ALERT_DESCRIPTION_BAD_RECORD_MAC = 20
ALERT_DESCRIPTION_RECORD_OVERFLOW = 22
ALERT_DESCRIPTION_DECOMPRESSION_FAILURE = 30
ALERT_DESCRIPTION_HANDSHAKE_FAILURE = 40
ALERT_DESCRIPTION_BAD_CERTIFICATE = 42
ALERT_DESCRIPTION_UNSUPPORTED_CERTIFICATE = 43
ALERT_DESCRIPTION_CERTIFICATE_REVOKED = 44
ALERT_DESCRIPTION_CERTIFICATE_EXPIRED = 45
ALERT_DESCRIPTION_CERTIFICATE_UNKNOWN = 46
ALERT_DESCRIPTION_ILLEGAL_PARAMETER = 47
ALERT_DESCRIPTION_UNKNOWN_CA = 48
ALERT_DESCRIPTION_ACCESS_DENIED = 49
ALERT_DESCRIPTION_DECODE_ERROR = 50
ALERT_DESCRIPTION_DECRYPT_ERROR = 51
ALERT_DESCRIPTION_PROTOCOL_VERSION = 70
ALERT_DESCRIPTION_INSUFFICIENT_SECURITY = 71
ALERT_DESCRIPTION_INTERNAL_ERROR = 80
ALERT_DESCRIPTION_USER_CANCELLED = 90
ALERT_DESCRIPTION_NO_RENEGOTIATION = 100
ALERT_DESCRIPTION_UNSUPPORTED_EXTENSION = 110
ALERT_DESCRIPTION_CERTIFICATE_UNOBTAINABLE = 111
ALERT_DESCRIPTION_UNRECOGNIZED_NAME = 112
ALERT_DESCRIPTION_BAD_CERTIFICATE_STATUS_RESPONSE = 113
ALERT_DESCRIPTION_BAD_CERTIFICATE_HASH_VALUE = 114
ALERT_DESCRIPTION_UNKNOWN_PSK_IDENTITY = 115

_TLS_1_2_CIPHERS = (
    "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-CHACHA20-POLY1305",
)
_TLS_1_3_CIPHERS = "TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"
# Words of OpenSSL's cipher lists that take in all there is here.
_ALL_CIPHERS = {"DEFAULT", "ALL", "HIGH", "ECDHE", "EECDH", "AESGCM", "CHACHA20", "COMPLEMENTOFDEFAULT", "PROFILE=SYSTEM"}
_OBJECTS = {
    129: ("serverAuth", "TLS Web Server Authentication", "1.3.6.1.5.5.7.3.1"),
    130: ("clientAuth", "TLS Web Client Authentication", "1.3.6.1.5.5.7.3.2"),
}
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


class SSLError(OSError):
    """An error occurred in the SSL implementation."""

    library = reason = None

    def __str__(self):
        return self.strerror if isinstance(self.strerror, str) else str(self.args)


class SSLZeroReturnError(SSLError):
    """SSL/TLS session closed cleanly."""


class SSLWantReadError(SSLError):
    """Non-blocking SSL socket needs to read more data before the requested operation can be completed."""


class SSLWantWriteError(SSLError):
    """Non-blocking SSL socket needs to write more data before the requested operation can be completed."""


class SSLSyscallError(SSLError):
    """System error when attempting SSL operation."""


class SSLEOFError(SSLError):
    """SSL/TLS connection terminated abruptly."""


class SSLCertVerificationError(SSLError, ValueError):
    """A certificate could not be verified."""


for _class in (
    SSLError, SSLZeroReturnError, SSLWantReadError, SSLWantWriteError, SSLSyscallError, SSLEOFError, SSLCertVerificationError,
):
    _class.__module__ = "ssl"


def _error(found, library="SSL"):
    """What the host found, as OpenSSL's users know it."""
    kind, message = found.kind, found.strerror
    if kind == "want_write":
        return SSLWantWriteError(SSL_ERROR_WANT_WRITE, message)
    if kind == "eof":
        error, reason = SSLEOFError, "UNEXPECTED_EOF_WHILE_READING"
        number = SSL_ERROR_EOF
    elif kind == "certificate":
        error, reason, number = SSLCertVerificationError, "CERTIFICATE_VERIFY_FAILED", SSL_ERROR_SSL
        text = f"certificate verify failed: {message}"
    else:
        error, number = SSLError, SSL_ERROR_SSL
        known = len(message) < 50 and message.replace(" ", "").isalnum()
        reason = message.upper().replace(" ", "_") if known else None
    if kind != "certificate":
        text = message
    error = error(number, f"[{library}: {reason}] {text}" if reason else f"[{library}] {text}")
    error.library, error.reason = library, reason
    if kind == "certificate":
        error.verify_code, error.verify_message = found.code, message
    return error


def txt2obj(txt, name=False):
    for number, names in _OBJECTS.items():
        if txt == names[2] or name and txt in names:
            return number, *names
    raise ValueError(f"unknown object '{txt}'")


def nid2obj(nid):
    if nid not in _OBJECTS:
        raise ValueError(f"unknown NID {nid}")
    return nid, *_OBJECTS[nid]


def RAND_status():
    return True


def RAND_add(string, entropy):
    pass


def RAND_bytes(n):
    if n < 0:
        raise ValueError("num must be positive")
    return _door.random(n)


def get_default_verify_paths():
    return "SSL_CERT_FILE", "/usr/lib/ssl/cert.pem", "SSL_CERT_DIR", "/usr/lib/ssl/certs"


class MemoryBIO:
    def __init__(self):
        raise NotImplementedError(
            "TLS over memory (ssl.MemoryBIO, SSLContext.wrap_bio, and with them asyncio's ssl=) is not available: "
            "TLS is done on sockets here, use SSLContext.wrap_socket"
        )


class SSLSession:
    def __init__(self):
        raise TypeError("cannot create '_ssl.SSLSession' instances")


class Certificate:
    """A certificate of a peer's chain."""

    def __init__(self, der):
        self._der = der

    def public_bytes(self, format=ENCODING_PEM):
        if format == ENCODING_DER:
            return self._der
        text = _binascii.b2a_base64(self._der, newline=False).decode()
        lines = [text[start : start + 64] for start in range(0, len(text), 64)]
        return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])

    def get_info(self):
        return _described(self._der)


def _described(der):
    """What getpeercert() gives."""
    try:
        subject, issuer, version, serial, begin, end, names, _ = _door.read_certificate(der)
    except _door.tls_error as error:
        raise _error(error) from None
    found = {
        "subject": tuple((pair,) for pair in subject),
        "issuer": tuple((pair,) for pair in issuer),
        "version": version,
        "serialNumber": serial,
        "notBefore": _date(begin),
        "notAfter": _date(end),
    }
    if names:
        found["subjectAltName"] = tuple(names)
    return found


def _date(seconds):
    from time import gmtime

    year, month, day, hour, minute, second, *_ = gmtime(seconds)
    return f"{_MONTHS[month - 1]} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT"


def _from_pem(text):
    """The certificates in a PEM text, as DER."""
    found = []
    for part in text.replace(b"BEGIN X509 CERTIFICATE", b"BEGIN CERTIFICATE").split(b"-----BEGIN CERTIFICATE-----")[1:]:
        try:
            found.append(_binascii.a2b_base64(part[: part.index(b"-----END ")]))
        except ValueError:
            error = SSLError(SSL_ERROR_SSL, "[PEM: BAD_BASE64_DECODE] bad base64 decode")
            error.library, error.reason = "PEM", "BAD_BASE64_DECODE"
            raise error from None
    return found


def _from_der(data):
    """The certificates in a row of DER ones."""
    found = []
    while data:
        head, size = 2, data[1] if len(data) > 1 else 0
        if size > 0x80:
            head += size - 0x80
            size = int.from_bytes(data[2:head], "big")
        if data[0] != 0x30 or head + size > len(data):
            break
        found.append(data[: head + size])
        data = data[head + size :]
    return found


def _content(path):
    import os

    with open(os.fspath(path), "rb") as file:
        return file.read()


class _SSLContext:
    def __new__(cls, protocol, *arguments, **keywords):
        if protocol not in (PROTOCOL_TLS, PROTOCOL_TLSv1_2, PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER):
            raise ValueError("invalid or unsupported protocol version")
        self = super().__new__(cls)
        self._protocol = int(protocol)
        self._options = OP_ALL | OP_NO_SSLv3 | OP_CIPHER_SERVER_PREFERENCE | OP_NO_COMPRESSION | OP_ENABLE_MIDDLEBOX_COMPAT
        self._verify_flags = VERIFY_X509_TRUSTED_FIRST
        client = protocol == PROTOCOL_TLS_CLIENT
        self._verify_mode = CERT_REQUIRED if client else CERT_NONE
        self._check_hostname = client
        fixed = protocol == PROTOCOL_TLSv1_2
        self._minimum = PROTO_TLSv1_2
        self._maximum = PROTO_TLSv1_2 if fixed else PROTO_MAXIMUM_SUPPORTED
        self._host_flags = HOSTFLAG_NO_PARTIAL_WILDCARDS
        self._system_roots = False
        self._roots = {}
        self._chain, self._key = [], None
        self._alpn = []
        self._ciphers = []
        self.post_handshake_auth = False
        self.num_tickets = 2
        return self

    protocol = property(lambda self: self._protocol)
    security_level = property(lambda self: 2)

    @property
    def options(self):
        return self._options

    @options.setter
    def options(self, value):
        self._options = int(value)

    @property
    def verify_flags(self):
        return self._verify_flags

    @verify_flags.setter
    def verify_flags(self, value):
        if value & VERIFY_CRL_CHECK_CHAIN:
            raise NotImplementedError("lists of revoked certificates (VERIFY_CRL_CHECK_…) are not available")
        self._verify_flags = int(value)

    @property
    def verify_mode(self):
        return self._verify_mode

    @verify_mode.setter
    def verify_mode(self, value):
        value = int(value)
        if value not in (CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED):
            raise ValueError("invalid value for verify_mode")
        if value == CERT_NONE and self._check_hostname:
            raise ValueError("Cannot set verify_mode to CERT_NONE when check_hostname is enabled.")
        self._verify_mode = value

    @property
    def check_hostname(self):
        return self._check_hostname

    @check_hostname.setter
    def check_hostname(self, value):
        self._check_hostname = bool(value)
        if value and self._verify_mode == CERT_NONE:
            self._verify_mode = CERT_REQUIRED

    def _checked_version(self, value):
        if self._protocol == PROTOCOL_TLSv1_2:
            raise ValueError("The context's protocol doesn't support modification of highest and lowest version.")
        value = int(value)
        if value not in (PROTO_MINIMUM_SUPPORTED, PROTO_MAXIMUM_SUPPORTED, *range(PROTO_SSLv3, PROTO_TLSv1_3 + 1)):
            raise ValueError(f"Unsupported TLS/SSL version {value:#x}")
        return value

    @property
    def minimum_version(self):
        return self._minimum

    @minimum_version.setter
    def minimum_version(self, value):
        value = self._checked_version(value)
        self._minimum = PROTO_TLSv1_3 if value == PROTO_MAXIMUM_SUPPORTED else value

    @property
    def maximum_version(self):
        return self._maximum

    @maximum_version.setter
    def maximum_version(self, value):
        value = self._checked_version(value)
        self._maximum = PROTO_TLSv1_2 if value == PROTO_MINIMUM_SUPPORTED else value

    @property
    def sni_callback(self):
        return None

    @sni_callback.setter
    def sni_callback(self, callback):
        if callback is not None:
            raise NotImplementedError("choosing a certificate by the name a client asks for (sni_callback) is not available")

    @property
    def _msg_callback(self):
        return None

    @_msg_callback.setter
    def _msg_callback(self, callback):
        if callback is not None:
            raise NotImplementedError("listening to TLS messages is not available")

    def _set_alpn_protocols(self, protocols):
        names = []
        while protocols:
            names.append(bytes(protocols[1 : 1 + protocols[0]]).decode("ascii"))
            protocols = protocols[1 + protocols[0] :]
        self._alpn = names

    def load_cert_chain(self, certfile, keyfile=None, password=None):
        text = _content(certfile)
        chain = _from_pem(text)
        key = text if keyfile is None else _content(keyfile)
        if not chain or b"PRIVATE KEY-----" not in key:
            error = SSLError(SSL_ERROR_SSL, "[SSL] PEM lib")
            error.library = "SSL"
            raise error
        try:
            _door.check_key(chain[0], key)
        except _door.tls_error as error:
            raise _error(error, "X509" if error.strerror == "key values mismatch" else "SSL") from None
        self._chain, self._key = chain, key

    def load_verify_locations(self, cafile=None, capath=None, cadata=None):
        if cafile is None and capath is None and cadata is None:
            raise TypeError("cafile, capath and cadata cannot be all omitted")
        if cafile is not None:
            found = _from_pem(_content(cafile))
            if not found:
                reason = "NO_CERTIFICATE_OR_CRL_FOUND"
                error = SSLError(SSL_ERROR_SSL, f"[X509: {reason}] no certificate or crl found")
                error.library, error.reason = "X509", reason
                raise error
            self._trust(found)
        if capath is not None:
            self._trust_folder(capath)
        if cadata is not None:
            if isinstance(cadata, str):
                found, missing = _from_pem(cadata.encode("ascii")), "no start line"
            else:
                found, missing = _from_der(bytes(cadata)), "not enough data"
            if not found:
                raise SSLError(0, f"{missing}: cadata does not contain a certificate")
            self._trust(found)

    def _trust(self, certificates):
        self._roots.update(dict.fromkeys(certificates))

    def _trust_folder(self, folder):
        """Takes what OpenSSL's `rehash` has named: eight hexadecimal digits, a point and a number."""
        import os

        folder = os.fsdecode(folder)
        try:
            names = os.listdir(folder)
        except OSError:
            return
        for name in names:
            digits, _, number = name.partition(".")
            if len(digits) == 8 and number.isdigit() and not digits.strip("0123456789abcdef"):
                try:
                    self._trust(_from_pem(_content(os.path.join(folder, name))))
                except OSError:
                    pass

    def set_default_verify_paths(self):
        import os

        file, folders = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
        if not file and not folders:
            self._system_roots = True
            return
        if file:
            try:
                self._trust(_from_pem(_content(file)))
            except OSError:
                pass
        for folder in (folders or "").split(_door.path_separator):
            if folder:
                self._trust_folder(folder)

    def cert_store_stats(self):
        authorities = len(self.get_ca_certs(True))
        return {"x509": len(self._roots), "crl": 0, "x509_ca": authorities}

    def get_ca_certs(self, binary_form=False):
        found = []
        for der in self._roots:
            try:
                if _door.read_certificate(der)[7]:
                    found.append(der if binary_form else _described(der))
            except _door.tls_error:
                pass
        return found

    def session_stats(self):
        names = "number connect connect_good connect_renegotiate accept accept_good accept_renegotiate hits misses timeouts cache_full"
        return dict.fromkeys(names.split(), 0)

    def set_ciphers(self, ciphers):
        words = [word for word in ciphers.replace(",", ":").replace(" ", ":").split(":") if word and word[0] not in "!-@"]
        named = [name for name in _TLS_1_2_CIPHERS if name in words]
        everything = any(part in _ALL_CIPHERS for word in words for part in word.upper().split("+"))
        if words and not named and not everything:
            raise SSLError("No cipher can be selected.")
        self._ciphers = [] if everything else named

    def get_ciphers(self):
        names = [(name, "TLSv1.3") for name in _TLS_1_3_CIPHERS]
        names += [(name, "TLSv1.2") for name in self._ciphers or _TLS_1_2_CIPHERS]
        return [
            {"name": name, "protocol": version, "strength_bits": bits, "alg_bits": bits, "aead": True}
            for name, version in names
            for bits in [128 if "128" in name else 256]
        ]

    def load_dh_params(self, path):
        """Accepted without effect: no cipher here uses them."""
        _content(path)

    def set_ecdh_curve(self, name):
        if name not in ("prime256v1", "secp384r1", "X25519", b"prime256v1", b"secp384r1", b"X25519"):
            raise ValueError(f"unknown elliptic curve name {name!r}")

    def _versions(self):
        top = PROTO_TLSv1_3 if self._maximum == PROTO_MAXIMUM_SUPPORTED else self._maximum
        known = (
            (PROTO_TLSv1_2, OP_NO_TLSv1_2, "TLSv1.2"),
            (PROTO_TLSv1_3, OP_NO_TLSv1_3, "TLSv1.3"),
        )
        return [name for number, off, name in known if self._minimum <= number <= top and not self._options & off]

    def _settings(self, server_side, server_name):
        return {
            "server_side": server_side,
            "server_name": server_name,
            "verify": self._verify_mode,
            "check_name": self._check_hostname and not server_side,
            "common_name": not self._host_flags & HOSTFLAG_NEVER_CHECK_SUBJECT,
            "system_roots": self._system_roots,
            "roots": list(self._roots),
            "chain": self._chain,
            "key": self._key,
            "alpn": self._alpn,
            "versions": self._versions(),
            "ciphers": self._ciphers,
        }

    def _wrap_socket(self, sock, server_side, server_hostname=None, *, owner=None, session=None):
        if server_side and self._protocol == PROTOCOL_TLS_CLIENT:
            raise SSLError("Cannot create a server socket with a PROTOCOL_TLS_CLIENT context")
        if not server_side and self._protocol == PROTOCOL_TLS_SERVER:
            raise SSLError("Cannot create a client socket with a PROTOCOL_TLS_SERVER context")
        if server_hostname is not None and (not server_hostname or server_hostname.startswith(".")):
            raise ValueError("server_hostname cannot be an empty string or start with a leading dot.")
        return _SSLSocket(self, sock, server_side, server_hostname)

    def _wrap_bio(self, incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None):
        MemoryBIO()


class _SSLSocket:
    session = None
    session_reused = False

    def __init__(self, context, sock, server_side, server_hostname):
        self.context = context
        self.server_side = server_side
        self.server_hostname = server_hostname
        self._owner = _weakref.ref(sock)
        self._started = False
        self._secured = None

    @property
    def owner(self):
        return self._owner()

    def _ask(self, what, request, *arguments):
        sock = self._owner()
        if sock is None:
            raise SSLError("Underlying socket connection gone")
        wait = sock._wait()
        try:
            return request(sock._number, *arguments, wait)
        except _door.tls_error as error:
            raise _error(error) from None
        except TimeoutError as error:
            if error.errno is not None:
                # The network's, not ours.
                raise
            if wait == 0 and what == "write":
                raise SSLWantWriteError(SSL_ERROR_WANT_WRITE, "The operation did not complete (write)") from None
            if wait == 0:
                raise SSLWantReadError(SSL_ERROR_WANT_READ, "The operation did not complete (read)") from None
            raise TimeoutError(f"The {what} operation timed out") from None

    def do_handshake(self):
        if not self._started:
            settings = self.context._settings(self.server_side, self.server_hostname)
            self._ask("handshake", lambda handle, wait: _door.start_tls(handle, **settings))
            self._started = True
        self._secured = self._ask("handshake", _door.handshake)

    def _after_handshake(self):
        if self._secured is None:
            self.do_handshake()

    def read(self, size=1024, buffer=None):
        if buffer is None:
            if size < 0:
                raise ValueError("size should not be negative")
            self._after_handshake()
            return self._ask("read", _door.receive, size, False)
        view = memoryview(buffer).cast("B")
        if not 0 < size <= len(view):
            size = len(view)
        self._after_handshake()
        data = self._ask("read", _door.receive, size, False)
        view[: len(data)] = data
        return len(data)

    def write(self, data):
        self._after_handshake()
        return self._ask("write", _door.send, data)

    def pending(self):
        if self._secured is None:
            return 0
        try:
            return self._ask("read", lambda handle, wait: len(_door.receive(handle, 1 << 16, True, 0)))
        except (OSError, TimeoutError):
            return 0

    def shutdown(self):
        if self._secured is not None:
            self._ask("shutdown", _door.end_tls)
        return self._owner()

    def getpeercert(self, binary_form=False):
        if self._secured is None:
            raise ValueError("handshake not done yet")
        chain = self._secured[4]
        if not chain:
            return None
        if binary_form:
            return chain[0]
        return _described(chain[0]) if self.context.verify_mode != CERT_NONE else {}

    def get_unverified_chain(self):
        if self._secured is None or not self._secured[4]:
            return None
        return [Certificate(der) for der in self._secured[4]]

    get_verified_chain = get_unverified_chain

    def version(self):
        return None if self._secured is None else self._secured[0]

    def cipher(self):
        return None if self._secured is None else (self._secured[1], self._secured[0], self._secured[2])

    def selected_alpn_protocol(self):
        return None if self._secured is None else self._secured[3]

    def shared_ciphers(self):
        return None

    def compression(self):
        return None

    def get_channel_binding(self, cb_type="tls-unique"):
        if cb_type != "tls-unique":
            raise ValueError(f"{cb_type!r} channel binding type not implemented")
        return None

    def verify_client_post_handshake(self):
        raise NotImplementedError("Post-handshake auth is not supported by your OpenSSL version.")
