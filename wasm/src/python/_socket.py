"""TCP sockets over host requests."""

import _rehearsal as _door
import errno as _errno

has_ipv6 = True
AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6 = 0, 1, 2, 10
SOCK_STREAM, SOCK_DGRAM, SOCK_RAW = 1, 2, 3
SOCK_NONBLOCK, SOCK_CLOEXEC = 0o4000, 0o2000000
SOL_SOCKET = 1
SO_REUSEADDR, SO_TYPE, SO_ERROR, SO_BROADCAST, SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE = 2, 3, 4, 6, 7, 8, 9
SO_LINGER, SO_RCVTIMEO, SO_SNDTIMEO = 13, 20, 21
SOMAXCONN = 4096
IPPROTO_IP, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IPV6 = 0, 1, 6, 17, 41
SOL_TCP = IPPROTO_TCP
IPV6_V6ONLY = 26
TCP_NODELAY, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT = 1, 4, 5, 6
MSG_OOB, MSG_PEEK, MSG_DONTROUTE, MSG_WAITALL, MSG_DONTWAIT, MSG_NOSIGNAL = 1, 2, 4, 256, 64, 16384
SHUT_RD, SHUT_WR, SHUT_RDWR = 0, 1, 2
AI_PASSIVE, AI_CANONNAME, AI_NUMERICHOST, AI_V4MAPPED, AI_ALL, AI_ADDRCONFIG, AI_NUMERICSERV = 1, 2, 4, 8, 16, 32, 1024
EAI_BADFLAGS, EAI_NONAME, EAI_AGAIN, EAI_FAIL, EAI_FAMILY, EAI_SOCKTYPE, EAI_SERVICE, EAI_MEMORY = (
    -1, -2, -3, -4, -6, -7, -8, -10,
)
NI_NUMERICHOST, NI_NUMERICSERV, NI_NOFQDN, NI_NAMEREQD, NI_DGRAM = 1, 2, 4, 8, 16
INADDR_ANY, INADDR_LOOPBACK, INADDR_BROADCAST, INADDR_NONE = 0, 0x7F000001, 0xFFFFFFFF, 0xFFFFFFFF
IPPORT_RESERVED, IPPORT_USERRESERVED = 1024, 5000

error = OSError
timeout = TimeoutError
gaierror = _door.gaierror


class herror(OSError):
    pass


herror.__module__ = "socket"

_default_timeout = None
_SERVICES = {
    "http": 80, "https": 443, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "domain": 53, "pop3": 110, "imap": 143,
    "ldap": 389, "scpi-raw": 5025, "scpi-telnet": 5024,
}


def getdefaulttimeout():
    return _default_timeout


def setdefaulttimeout(timeout):
    global _default_timeout
    _default_timeout = _seconds(timeout)


def _seconds(timeout):
    if timeout is None:
        return None
    timeout = float(timeout)
    if timeout < 0:
        raise ValueError("Timeout value out of range")
    return timeout


def _packed(ip):
    """The bytes of an address as text, or None."""
    if ":" in ip:
        ip = ip.partition("%")[0]
        head, gap, tail = ip.partition("::")
        left = head.split(":") if head else []
        right = tail.split(":") if tail else []
        if right and "." in right[-1] or not right and left and "." in left[-1]:
            quad = _packed((right or left).pop())
            if quad is None:
                return None
            (right if gap else left).extend((f"{quad[0]:x}{quad[1]:02x}", f"{quad[2]:x}{quad[3]:02x}"))
        missing = 8 - len(left) - len(right)
        if missing < 0 or (missing and not gap) or (gap and not missing):
            return None
        try:
            words = [int(word, 16) for word in left + ["0"] * missing + right]
        except ValueError:
            return None
        if any(not 0 <= word <= 0xFFFF for word in words):
            return None
        return b"".join(word.to_bytes(2, "big") for word in words)
    parts = ip.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and int(part) < 256 for part in parts):
        return None
    return bytes(int(part) for part in parts)


def inet_aton(ip):
    parts = ip.split(".")
    try:
        numbers = [int(part, 0) for part in parts]
        value = 0
        for number in numbers[:-1]:
            if not 0 <= number < 256:
                raise ValueError
            value = value << 8 | number
        return (value << 8 * (5 - len(parts)) | numbers[-1]).to_bytes(4, "big")
    except (ValueError, OverflowError):
        raise OSError("illegal IP address string passed to inet_aton") from None


def inet_ntoa(packed):
    packed = bytes(packed)
    if len(packed) != 4:
        raise OSError("packed IP wrong length for inet_ntoa")
    return ".".join(map(str, packed))


def inet_pton(family, ip):
    packed = _packed(ip)
    if packed is None or len(packed) != {AF_INET: 4, AF_INET6: 16}.get(family):
        raise OSError("illegal IP address string passed to inet_pton")
    return packed


def inet_ntop(family, packed):
    packed = bytes(packed)
    if len(packed) != {AF_INET: 4, AF_INET6: 16}.get(family):
        raise ValueError("invalid length of packed IP address string")
    if family == AF_INET:
        return inet_ntoa(packed)
    import ipaddress

    return str(ipaddress.IPv6Address(packed))


def htons(x):
    return int.from_bytes(x.to_bytes(2, "little"), "big")


def htonl(x):
    return int.from_bytes(x.to_bytes(4, "little"), "big")


ntohs, ntohl = htons, htonl


def gethostname():
    return "station"


def _port(port):
    if port is None:
        return 0
    if isinstance(port, bytes):
        port = port.decode("ascii")
    if isinstance(port, str):
        if port.isascii() and port.isdigit():
            return int(port)
        if port in _SERVICES:
            return _SERVICES[port]
        raise gaierror(EAI_SERVICE, "Servname not supported for ai_socktype")
    return int(port)


def getservbyname(name, protocol="tcp"):
    if name not in _SERVICES:
        raise OSError("service/proto not found")
    return _SERVICES[name]


def getservbyport(port, protocol="tcp"):
    for name, number in _SERVICES.items():
        if number == port:
            return name
    raise OSError("port/proto not found")


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    number = _port(port)
    if isinstance(host, bytes):
        host = host.decode("idna" if any(byte > 127 for byte in host) else "ascii")
    if not host:
        host = ("0.0.0.0" if flags & AI_PASSIVE else "127.0.0.1") if family != AF_INET6 else ("::" if flags & AI_PASSIVE else "::1")
    packed = _packed(host)
    if packed is not None:
        found = [host]
    elif flags & AI_NUMERICHOST:
        raise gaierror(EAI_NONAME, "Name or service not known")
    else:
        found = _door.resolve(host, number)
    kinds = [(SOCK_STREAM, IPPROTO_TCP), (SOCK_DGRAM, IPPROTO_UDP)]
    if type:
        kinds = [kind for kind in kinds if kind[0] == type] or [(type, proto)]
    answers = []
    for ip in found:
        its = AF_INET6 if ":" in ip else AF_INET
        if family not in (AF_UNSPEC, its):
            continue
        address = (ip, number) if its == AF_INET else (ip, number, 0, 0)
        answers += [(its, kind, protocol, "", address) for kind, protocol in kinds]
    if not answers:
        raise gaierror(EAI_NONAME, "Name or service not known")
    return answers


def gethostbyname(host):
    return getaddrinfo(host, 0, AF_INET, SOCK_STREAM)[0][4][0]


def gethostbyname_ex(host):
    return host, [], [answer[4][0] for answer in getaddrinfo(host, 0, AF_INET, SOCK_STREAM)]


def gethostbyaddr(ip):
    raise herror(1, "Unknown host")


def getnameinfo(address, flags):
    return address[0], str(address[1])


def close(fd):
    _ends.pop(fd, None)
    _door.close(_handles.pop(fd, fd))


def dup(fd):
    raise OSError(_errno.ENOSYS, "duplicating a socket is not available to test code")


# The most that sendall hands over at once.
_PIECE = 1 << 16
_FIRST = _numbers = 1 << 40
# The ends of sockets by number: local and peer address, the address asked for, whether they listen.
_ends = {}
# The host's handles by the number that fileno() gives, which stays the same when a socket connects.
_handles = {}


def _handle_of(number):
    return _handles.get(number, number)


class socket:
    """A TCP socket; the host opens the connection when connect() is called."""

    __slots__ = (
        "_family", "_type", "_proto", "_timeout", "_options", "_local", "_peer", "_handle", "_bound", "_listening", "_number", "_open",
    )

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        global _numbers
        self._family = AF_INET if family == -1 else int(family)
        self._type = SOCK_STREAM if type == -1 else int(type) & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)
        self._proto = 0 if proto == -1 else int(proto)
        self._timeout = _default_timeout
        self._options = {}
        # A number may be that of a socket which another object had before: an accepted one, or one that gets TLS.
        self._local, self._peer, self._bound, self._listening = _ends.get(fileno, (None, None, None, False))
        unconnected = fileno is None or fileno > _FIRST and fileno not in _handles
        self._handle = None if unconnected else _handle_of(fileno)
        if fileno is None:
            _numbers += 1
            fileno = _numbers
        self._number = fileno
        self._open = True
        if self._family not in (AF_INET, AF_INET6):
            raise OSError(_errno.EAFNOSUPPORT, "only IPv4 and IPv6 sockets are available to test code")
        if self._type != SOCK_STREAM:
            raise OSError(_errno.EPROTONOSUPPORT, "only TCP sockets (SOCK_STREAM) are available to test code")

    family = property(lambda self: self._family)
    type = property(lambda self: self._type)
    proto = property(lambda self: self._proto)

    def _its_handle(self):
        if not self._open:
            raise OSError(_errno.EBADF, "Bad file descriptor")
        if self._handle is None:
            raise OSError(_errno.ENOTCONN, "Transport endpoint is not connected")
        return self._handle

    def _address(self, address):
        if not isinstance(address, tuple):
            raise TypeError(f"connect(): AF_INET address must be tuple, not {type(address).__name__}")
        host, port = address[0], address[1]
        if not isinstance(port, int):
            raise TypeError(f"'{type(port).__name__}' object cannot be interpreted as an integer")
        if not 0 <= port <= 65535:
            raise OverflowError("connect(): port must be 0-65535.")
        if isinstance(host, (bytes, bytearray)):
            host = bytes(host).decode("ascii")
        return host, port

    def _wait(self):
        return None if self._timeout is None else int(self._timeout * 1e9)

    def _blocks(self, request, *arguments):
        try:
            return request(*arguments)
        except TimeoutError:
            if self._timeout == 0:
                raise BlockingIOError(_errno.EAGAIN, "Resource temporarily unavailable") from None
            raise

    def connect(self, address):
        if not self._open:
            raise OSError(_errno.EBADF, "Bad file descriptor")
        if self._handle is not None:
            raise OSError(_errno.EISCONN, "Transport endpoint is already connected")
        host, port = self._address(address)
        # The host opens a connection in one go, so a socket that must not block is connected here and now.
        wait = self._wait() if self._timeout else None
        self._handle, self._local, self._peer = _door.connect(host, port, wait)
        _handles[self._number] = self._handle
        self._note_ends()

    def _note_ends(self):
        _ends[self._number] = self._local, self._peer, self._bound, self._listening

    def connect_ex(self, address):
        try:
            self.connect(address)
        except TimeoutError:
            return _errno.EAGAIN
        except OSError as error:
            return error.errno
        return 0

    def bind(self, address):
        self._bound = self._address(address)
        self._note_ends()

    def listen(self, backlog=128):
        if self._handle is None:
            host, port = self._bound or ("0.0.0.0", 0)
            self._handle, self._local = _door.listen(host, port, max(backlog, 0))
            _handles[self._number] = self._handle
            self._listening = True
            self._note_ends()

    def _accept(self):
        handle, local, peer = self._blocks(_door.accept, self._its_handle(), self._wait())
        _ends[handle] = local, peer, None, False
        return handle, self._with_family(peer)

    def _with_family(self, address):
        return address if self._family == AF_INET else (*address, 0, 0)

    def send(self, data, flags=0):
        return self._blocks(_door.send, self._its_handle(), data, self._wait())

    def sendall(self, data, flags=0):
        data = memoryview(data).cast("B")
        sent = 0
        while sent < len(data):
            sent += self.send(data[sent : sent + _PIECE])

    def sendto(self, data, *rest):
        return self.send(data)

    def recv(self, size, flags=0):
        if size < 0:
            raise ValueError("negative buffersize in recv")
        wait = 0 if flags & MSG_DONTWAIT else self._wait()
        data = self._blocks(_door.receive, self._its_handle(), size, bool(flags & MSG_PEEK), wait)
        if flags & MSG_WAITALL:
            while len(data) < size and (more := self.recv(size - len(data))):
                data += more
        return data

    def recv_into(self, buffer, size=0, flags=0):
        view = memoryview(buffer).cast("B")
        data = self.recv(size or len(view), flags)
        view[: len(data)] = data
        return len(data)

    def recvfrom(self, size, flags=0):
        return self.recv(size, flags), None

    def recvfrom_into(self, buffer, size=0, flags=0):
        return self.recv_into(buffer, size, flags), None

    def shutdown(self, how):
        _door.shutdown(self._its_handle(), how)

    def close(self):
        if self._open:
            self._open = False
            _ends.pop(self._number, None)
            if self._handle is not None:
                handle, self._handle = self._handle, None
                _handles.pop(self._number, None)
                _door.close(handle)

    def detach(self):
        handle = self.fileno()
        self._open = False
        self._handle = None
        return handle

    def fileno(self):
        if not self._open:
            return -1
        return self._number

    def settimeout(self, timeout):
        self._timeout = _seconds(timeout)

    def gettimeout(self):
        return self._timeout

    timeout = property(gettimeout)

    def setblocking(self, blocking):
        self._timeout = None if blocking else 0.0

    def getblocking(self):
        return self._timeout != 0

    def getsockname(self):
        if self._local is None and self._bound and self._bound[1] == 0:
            # Only the host knows which port is free.
            self.listen()
        return self._with_family(self._local or self._bound or ("0.0.0.0", 0))

    def getpeername(self):
        if self._peer is None:
            raise OSError(_errno.ENOTCONN, "Transport endpoint is not connected")
        return self._with_family(self._peer)

    def setsockopt(self, level, option, value, length=None):
        self._options[level, option] = value

    def getsockopt(self, level, option, size=0):
        if (level, option) == (SOL_SOCKET, SO_TYPE):
            return self._type
        return self._options.get((level, option), 0)

    def __del__(self):
        try:
            _close(self)
        except (AttributeError, OSError):
            pass


SocketType = socket
_close = socket.close
