"""TCP and UDP sockets over host requests. The number of a socket is the host's handle."""

import _rehearsal as _door
import errno as _errno

has_ipv6 = True
AF_UNSPEC, AF_UNIX, AF_INET, AF_INET6 = 0, 1, 2, 10
SOCK_STREAM, SOCK_DGRAM, SOCK_RAW = 1, 2, 3
SOCK_NONBLOCK, SOCK_CLOEXEC = 0o4000, 0o2000000
SOL_SOCKET = 1
SO_REUSEADDR, SO_TYPE, SO_ERROR, SO_DONTROUTE, SO_BROADCAST, SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE = 2, 3, 4, 5, 6, 7, 8, 9
SO_OOBINLINE, SO_PRIORITY, SO_LINGER, SO_REUSEPORT, SO_RCVLOWAT, SO_SNDLOWAT = 10, 12, 13, 15, 18, 19
SO_RCVTIMEO, SO_SNDTIMEO, SO_BINDTODEVICE, SO_ACCEPTCONN, SO_PROTOCOL, SO_DOMAIN = 20, 21, 25, 30, 38, 39
SOMAXCONN = 4096
IPPROTO_IP, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_IPV6 = 0, 1, 6, 17, 41
SOL_IP, SOL_TCP, SOL_UDP = IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP
IP_TOS, IP_TTL, IP_MULTICAST_IF, IP_MULTICAST_TTL, IP_MULTICAST_LOOP = 1, 2, 32, 33, 34
IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP = 35, 36
IPV6_UNICAST_HOPS, IPV6_MULTICAST_IF, IPV6_MULTICAST_HOPS, IPV6_MULTICAST_LOOP = 16, 17, 18, 19
IPV6_JOIN_GROUP, IPV6_LEAVE_GROUP, IPV6_V6ONLY = 20, 21, 26
TCP_NODELAY, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_QUICKACK, TCP_USER_TIMEOUT = 1, 4, 5, 6, 12, 18
MSG_OOB, MSG_PEEK, MSG_DONTROUTE, MSG_WAITALL, MSG_DONTWAIT, MSG_NOSIGNAL = 1, 2, 4, 256, 64, 16384
SHUT_RD, SHUT_WR, SHUT_RDWR = 0, 1, 2
AI_PASSIVE, AI_CANONNAME, AI_NUMERICHOST, AI_V4MAPPED, AI_ALL, AI_ADDRCONFIG, AI_NUMERICSERV = 1, 2, 4, 8, 16, 32, 1024
EAI_BADFLAGS, EAI_NONAME, EAI_AGAIN, EAI_FAIL, EAI_FAMILY, EAI_SOCKTYPE, EAI_SERVICE, EAI_ADDRFAMILY, EAI_MEMORY = (
    -1, -2, -3, -4, -6, -7, -8, -9, -10,
)
NI_NUMERICHOST, NI_NUMERICSERV, NI_NOFQDN, NI_NAMEREQD, NI_DGRAM = 1, 2, 4, 8, 16
INADDR_ANY, INADDR_LOOPBACK, INADDR_BROADCAST, INADDR_NONE = 0, 0x7F000001, 0xFFFFFFFF, 0xFFFFFFFF
INADDR_UNSPEC_GROUP, INADDR_ALLHOSTS_GROUP, INADDR_MAX_LOCAL_GROUP = 0xE0000000, 0xE0000001, 0xE00000FF
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
    if timeout * 1e9 >= 2**63:
        raise OverflowError("timestamp too large to convert to C PyTime_t")
    return timeout


def _packed(ip):
    """The bytes of an address as text, or None."""
    if ":" not in ip:
        parts = ip.split(".")
        if len(parts) != 4 or any(str(number) != part or number > 255 for part, number in zip(parts, map(_decimal, parts))):
            return None
        return bytes(map(int, parts))
    head, gap, tail = ip.partition("::")
    left = head.split(":") if head else []
    right = tail.split(":") if tail else []
    last = right if gap else left
    if last and "." in last[-1]:
        quad = _packed(last.pop())
        if quad is None:
            return None
        last += [quad[:2].hex(), quad[2:].hex()]
    missing = 8 - len(left) - len(right)
    if missing < 0 or bool(missing) != bool(gap):
        return None
    words = left + ["0"] * missing + right
    if any(not 1 <= len(word) <= 4 or not _HEXADECIMAL.issuperset(word) for word in words):
        return None
    return b"".join(int(word, 16).to_bytes(2, "big") for word in words)


_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


def _decimal(digits):
    return int(digits) if digits.isascii() and digits.isdigit() else -1


def _part(digits):
    """A part of an IPv4 address as C writes numbers."""
    if not digits[:1].isdigit() or not _HEXADECIMAL.issuperset(digits.replace("x", "", 1).replace("X", "", 1)):
        raise ValueError
    if digits[:2] in ("0x", "0X"):
        return int(digits[2:], 16)
    return int(digits, 8 if digits[0] == "0" else 10)


def _loose(ip):
    """The bytes of an IPv4 address of one to four numbers, or None."""
    parts = ip.split(".")
    try:
        numbers = list(map(_part, parts))
        value = 0
        for number in numbers[:-1]:
            value = value << 8 | number.to_bytes(1, "big")[0]
        rest = 5 - len(parts)
        return (value << 8 * rest | int.from_bytes(numbers[-1].to_bytes(rest, "big"), "big")).to_bytes(4, "big")
    except (ValueError, OverflowError):
        return None


def inet_aton(ip):
    if "\0" in ip:
        raise ValueError("embedded null character")
    # What comes after a blank does not matter.
    packed = None if ip[:1].isspace() else _loose((ip.split() or [""])[0])
    if packed is None:
        raise OSError("illegal IP address string passed to inet_aton")
    return packed


def inet_ntoa(packed):
    packed = bytes(packed)
    if len(packed) != 4:
        raise OSError("packed IP wrong length for inet_ntoa")
    return ".".join(map(str, packed))


def inet_pton(family, ip):
    if family not in (AF_INET, AF_INET6):
        raise OSError(_errno.EAFNOSUPPORT, "Address family not supported by protocol")
    packed = _packed(ip)
    if packed is None or len(packed) != {AF_INET: 4, AF_INET6: 16}[family]:
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
            return int(port) % 65536
        if port in _SERVICES:
            return _SERVICES[port]
        raise gaierror(EAI_SERVICE, "Servname not supported for ai_socktype")
    if not isinstance(port, int):
        raise OSError("Int or String expected")
    if port < 0:
        raise gaierror(EAI_SERVICE, "Servname not supported for ai_socktype")
    return port % 65536


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
    if host == "" or host is None and port is None:
        raise gaierror(EAI_NONAME, "Name or service not known")
    if family not in (AF_UNSPEC, AF_INET, AF_INET6):
        raise gaierror(EAI_FAMILY, "ai_family not supported")
    kinds = _kinds(type, proto, port)
    found = _addresses(host, number, flags)
    answers = []
    for ip in found:
        its = AF_INET6 if ":" in ip else AF_INET
        if family in (AF_UNSPEC, its):
            address = (ip, number) if its == AF_INET else (ip, number, 0, 0)
            answers += [(its, kind, protocol, "", address) for kind, protocol in kinds]
    if not answers:
        raise gaierror(EAI_ADDRFAMILY, "Address family for hostname not supported")
    return answers


def _kinds(type, proto, port):
    """The types of sockets, with their protocols, that fit what is asked for."""
    known = [(SOCK_STREAM, IPPROTO_TCP), (SOCK_DGRAM, IPPROTO_UDP)]
    kinds = [(kind, its) for kind, its in known if type in (0, kind) and proto in (0, its)]
    if not kinds:
        if type not in (0, SOCK_RAW):
            raise gaierror(EAI_SOCKTYPE, "ai_socktype not supported")
        if port is not None:
            # The rest is raw, and has no ports.
            raise gaierror(EAI_SERVICE, "Servname not supported for ai_socktype")
        kinds = [(SOCK_RAW, proto)]
    return kinds


def _addresses(host, port, flags):
    if host is None:
        return ["0.0.0.0", "::"] if flags & AI_PASSIVE else ["::1", "127.0.0.1"]
    if _packed(host.partition("%")[0] if ":" in host else host) is not None:
        return [host]
    packed = _loose(host)
    if packed is not None:
        return [inet_ntoa(packed)]
    if flags & AI_NUMERICHOST:
        raise gaierror(EAI_NONAME, "Name or service not known")
    return _door.resolve(host, port)


def gethostbyname(host):
    if not host:
        return "0.0.0.0"
    return getaddrinfo(host, 0, AF_INET, SOCK_STREAM)[0][4][0]


def gethostbyname_ex(host):
    return host, [], [answer[4][0] for answer in getaddrinfo(host, 0, AF_INET, SOCK_STREAM)]


def gethostbyaddr(ip):
    raise herror(1, "Unknown host")


def getnameinfo(address, flags):
    return address[0], str(address[1])


def close(fd):
    _door.close(fd)


def dup(fd):
    return _door.duplicate(fd)


def socketpair(family=AF_UNIX, type=SOCK_STREAM, proto=0):
    if family != AF_UNIX:
        raise OSError(_errno.EOPNOTSUPP, "Operation not supported")
    if int(type) & ~_FLAGS != SOCK_STREAM:
        raise OSError(_errno.EPROTONOSUPPORT, "only pairs of stream sockets (SOCK_STREAM) are available to test code")
    return tuple(socket(AF_UNIX, type, proto, number) for number in _door.socket_pair())


# The most that sendall hands over at once.
_PIECE = 1 << 16
# The number of a closed socket: no handle, so that the host says so.
_CLOSED = (1 << 63) - 1
_FLAGS = SOCK_NONBLOCK | SOCK_CLOEXEC
# What requests call the options that have an effect; the others are kept for whoever asks.
_OPTIONS = {
    (IPPROTO_TCP, TCP_NODELAY): "no_delay",
    (SOL_SOCKET, SO_KEEPALIVE): "keep_alive",
    (IPPROTO_TCP, TCP_KEEPIDLE): "keep_idle",
    (IPPROTO_TCP, TCP_KEEPINTVL): "keep_interval",
    (IPPROTO_TCP, TCP_KEEPCNT): "keep_count",
    (SOL_SOCKET, SO_REUSEADDR): "reuse_address",
    (SOL_SOCKET, SO_REUSEPORT): "reuse_port",
    (SOL_SOCKET, SO_BROADCAST): "broadcast",
    (SOL_SOCKET, SO_RCVBUF): "receive_buffer",
    (SOL_SOCKET, SO_SNDBUF): "send_buffer",
    (SOL_SOCKET, SO_LINGER): "linger",
    (IPPROTO_IP, IP_TTL): "hop_limit",
    (IPPROTO_IPV6, IPV6_UNICAST_HOPS): "hop_limit",
    (IPPROTO_IPV6, IPV6_V6ONLY): "only_v6",
    (IPPROTO_IP, IP_MULTICAST_TTL): "multicast_hop_limit",
    (IPPROTO_IPV6, IPV6_MULTICAST_HOPS): "multicast_hop_limit",
    (IPPROTO_IP, IP_MULTICAST_LOOP): "multicast_loop",
    (IPPROTO_IPV6, IPV6_MULTICAST_LOOP): "multicast_loop",
    (IPPROTO_IP, IP_MULTICAST_IF): "multicast_interface",
    (IPPROTO_IPV6, IPV6_MULTICAST_IF): "multicast_interface",
}
# Set, never asked for.
_SET_ONLY = {"keep_idle", "keep_interval", "keep_count"}
_GROUPS = {
    (IPPROTO_IP, IP_ADD_MEMBERSHIP): True,
    (IPPROTO_IP, IP_DROP_MEMBERSHIP): False,
    (IPPROTO_IPV6, IPV6_JOIN_GROUP): True,
    (IPPROTO_IPV6, IPV6_LEAVE_GROUP): False,
}


def _int32(data):
    return int.from_bytes(data[:4], "little", signed=True)


class socket:
    """A TCP or UDP socket, or one end of a pair."""

    __slots__ = ("_family", "_type", "_proto", "_timeout", "_options", "_number")

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        self._number = _CLOSED
        self._timeout = _default_timeout
        self._options = {}
        if fileno is not None:
            if isinstance(fileno, float):
                raise TypeError("integer argument expected, got float")
            if fileno < 0:
                raise ValueError("negative file descriptor")
            its_family, its_type = _door.socket_state(fileno)[:2]
            family = its_family if family == -1 else family
            type = its_type if type == -1 else type
        self._family = AF_INET if family == -1 else int(family)
        kind = SOCK_STREAM if type == -1 else int(type)
        self._type = kind & ~_FLAGS
        self._proto = 0 if proto == -1 else int(proto)
        if kind & SOCK_NONBLOCK:
            self._timeout = 0.0
        if fileno is None:
            if self._family not in (AF_INET, AF_INET6):
                raise OSError(_errno.EAFNOSUPPORT, "only IPv4 and IPv6 sockets are available to test code")
            if self._type not in (SOCK_STREAM, SOCK_DGRAM) or self._proto not in (
                0, IPPROTO_TCP if self._type == SOCK_STREAM else IPPROTO_UDP,
            ):
                raise OSError(
                    _errno.EPROTONOSUPPORT, "only TCP (SOCK_STREAM) and UDP (SOCK_DGRAM) are available to test code"
                )
            fileno = _door.socket(self._family, self._type)
        self._number = fileno

    family = property(lambda self: self._family)
    type = property(lambda self: self._type)
    proto = property(lambda self: self._proto)

    def _address(self, address, function):
        family = "AF_INET" if self._family == AF_INET else "AF_INET6"
        if not isinstance(address, tuple):
            raise TypeError(f"{function}(): {family} address must be tuple, not {type(address).__name__}")
        if len(address) != 2 and (self._family == AF_INET or not 2 <= len(address) <= 4):
            raise TypeError(f"{family} address must be a pair (host, port)")
        host, port = address[0], address[1]
        if not isinstance(port, int):
            raise TypeError(f"'{type(port).__name__}' object cannot be interpreted as an integer")
        if not 0 <= port <= 65535:
            raise OverflowError(f"{function}(): port must be 0-65535.")
        if isinstance(host, (bytes, bytearray)):
            host = bytes(host).decode("ascii")
        if not isinstance(host, str):
            raise TypeError(f"str, bytes or bytearray expected, not {type(host).__name__}")
        if not host:
            host = "0.0.0.0" if self._family == AF_INET else "::"
        elif host == "<broadcast>":
            host = "255.255.255.255"
        if len(address) == 4 and address[3] and "%" not in host:
            host = f"{host}%{address[3]}"
        return host, port

    def _shown(self, address):
        """An address of the host's as this family writes it."""
        if self._family == AF_UNIX:
            return ""
        if self._family == AF_INET:
            return address
        ip, port = address
        zone = ip.partition("%")[2]
        return ip, port, 0, int(zone) if zone.isdigit() else 0

    def _wait(self, flags=0):
        if flags & MSG_DONTWAIT:
            return 0
        return None if self._timeout is None else int(self._timeout * 1e9)

    def _blocks(self, wait, request, *arguments):
        try:
            return request(self._number, *arguments, wait)
        except TimeoutError as error:
            # One with a number is the network's, not ours.
            if wait == 0 and error.errno is None:
                raise BlockingIOError(_errno.EAGAIN, "Resource temporarily unavailable") from None
            raise

    def connect(self, address):
        _door.connect(self._number, *self._address(address, "connect"), self._wait())

    def connect_ex(self, address):
        try:
            self.connect(address)
        except gaierror:
            raise
        except TimeoutError as error:
            return error.errno or _errno.EAGAIN
        except OSError as error:
            return error.errno
        return 0

    def bind(self, address):
        _door.bind(self._number, *self._address(address, "bind"))

    def listen(self, backlog=128):
        _door.listen(self._number, max(backlog, 0))

    def _accept(self):
        number, peer = self._blocks(self._wait(), _door.accept)
        return number, self._shown(peer)

    def send(self, data, flags=0):
        return self._blocks(self._wait(flags), _door.send, data)

    def sendall(self, data, flags=0):
        data = memoryview(data).cast("B")
        sent = self.send(data[:_PIECE], flags) if data else 0
        if sent == len(data):
            return
        # The time-out is for all of it.
        wait = self._wait(flags)
        end = wait and _door.now(1) + wait
        while sent < len(data):
            left = wait and max(end - _door.now(1), 1)
            sent += self._blocks(left, _door.send, data[sent : sent + _PIECE])

    def sendto(self, data, *rest):
        if not 1 <= len(rest) <= 2:
            raise TypeError(f"sendto() takes 2 or 3 arguments ({len(rest) + 1} given)")
        flags, address = (0, rest[0]) if len(rest) == 1 else rest
        if self._type == SOCK_STREAM:
            return self.send(data, flags)
        return self._blocks(self._wait(flags), _door.send_to, *self._address(address, "sendto"), data)

    def recv(self, size, flags=0):
        if size < 0:
            raise ValueError("negative buffersize in recv")
        data = self._blocks(self._wait(flags), _door.receive, size, bool(flags & MSG_PEEK))
        if flags & MSG_WAITALL:
            while len(data) < size and (more := self.recv(size - len(data))):
                data += more
        return data

    def recv_into(self, buffer, nbytes=0, flags=0):
        view = memoryview(buffer).cast("B")
        data = self.recv(_size(nbytes, view), flags)
        view[: len(data)] = data
        return len(data)

    def recvfrom(self, size, flags=0):
        if size < 0:
            raise ValueError("negative buffersize in recvfrom")
        if self._type == SOCK_STREAM:
            return self.recv(size, flags), None
        data, sender = self._blocks(self._wait(flags), _door.receive_from, size, bool(flags & MSG_PEEK))
        return data, self._shown(sender)

    def recvfrom_into(self, buffer, nbytes=0, flags=0):
        view = memoryview(buffer).cast("B")
        data, sender = self.recvfrom(_size(nbytes, view), flags)
        view[: len(data)] = data
        return len(data), sender

    def shutdown(self, how):
        _door.shutdown(self._number, how)

    def close(self):
        number, self._number = self._number, _CLOSED
        if number != _CLOSED:
            _door.close(number)

    def detach(self):
        number = self.fileno()
        self._number = _CLOSED
        return number

    def fileno(self):
        return -1 if self._number == _CLOSED else self._number

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
        return self._shown(_door.socket_state(self._number)[2])

    def getpeername(self):
        peer = _door.socket_state(self._number)[3]
        if peer is None:
            raise OSError(_errno.ENOTCONN, "Transport endpoint is not connected")
        return self._shown(peer)

    def setsockopt(self, level, option, value, length=None):
        key = level, option
        if value is None and length is None:
            raise TypeError("setsockopt() requires 4 arguments when the third argument is None")
        if not isinstance(value, (int, type(None))):
            value = bytes(value)
        if key in _GROUPS:
            self._group(level, value, _GROUPS[key])
        elif name := _OPTIONS.get(key):
            _door.set_option(self._number, name, self._plain(name, value))
        elif self._number == _CLOSED:
            raise OSError(_errno.EBADF, "Bad file descriptor")
        if key not in _OPTIONS or _OPTIONS[key] in _SET_ONLY:
            self._options[key] = value

    def _plain(self, name, value):
        """An option's value as requests have it: a number."""
        if name == "linger":
            if not isinstance(value, bytes) or len(value) != 8:
                raise OSError(_errno.EINVAL, "Invalid argument")
            return _int32(value[4:]) if _int32(value) else -1
        if not isinstance(value, bytes):
            return int(value or 0)
        if name == "multicast_interface" and self._family == AF_INET:
            # The address alone, or after that of a group.
            return int.from_bytes(value[:4] if len(value) == 4 else value[4:8], "big")
        return value[0] if len(value) == 1 else _int32(value)

    def _group(self, level, value, join):
        if not isinstance(value, bytes) or len(value) < (8 if level == IPPROTO_IP else 20):
            raise OSError(_errno.EINVAL, "Invalid argument")
        if level == IPPROTO_IP:
            group, interface = inet_ntoa(value[:4]), inet_ntoa(value[4:8])
        else:
            group, interface = inet_ntop(AF_INET6, value[:16]), str(int.from_bytes(value[16:20], "little"))
        _door.group(self._number, group, interface, join)

    def getsockopt(self, level, option, buflen=0):
        value = self._option((level, option))
        if not buflen:
            return value if isinstance(value, int) else _int32(value)
        if isinstance(value, int):
            value = (value & 0xFFFFFFFF).to_bytes(4, "little")
        return value[:buflen]

    def _option(self, key):
        if key == (SOL_SOCKET, SO_ERROR):
            try:
                _door.take_error(self._number)
            except OSError as error:
                if error.errno == _errno.EBADF:
                    raise
                return error.errno
            return 0
        if key[0] == SOL_SOCKET and key[1] in (SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_ACCEPTCONN):
            listening = _door.socket_state(self._number)[4]
            protocol = self._proto or {SOCK_STREAM: IPPROTO_TCP, SOCK_DGRAM: IPPROTO_UDP}[self._type]
            if self._family == AF_UNIX:
                protocol = 0
            return {SO_TYPE: self._type, SO_DOMAIN: self._family, SO_PROTOCOL: protocol, SO_ACCEPTCONN: int(listening)}[key[1]]
        name = _OPTIONS.get(key)
        if name is None or name in _SET_ONLY:
            if self._number == _CLOSED:
                raise OSError(_errno.EBADF, "Bad file descriptor")
            return self._options.get(key) or 0
        value = _door.get_option(self._number, name)
        if name == "linger":
            return (value >= 0).to_bytes(4, "little") + max(value, 0).to_bytes(4, "little")
        if name == "multicast_interface" and self._family == AF_INET:
            return value.to_bytes(4, "big")
        return value

    def __del__(self):
        try:
            _close(self)
        except (AttributeError, OSError):
            pass


def _size(nbytes, view):
    if nbytes < 0:
        raise ValueError("negative buffersize in recv_into")
    if nbytes > len(view):
        raise ValueError("buffer too small for requested bytes")
    return nbytes or len(view)


SocketType = socket
_close = socket.close
