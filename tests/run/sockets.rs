//! Sockets of test code, as under CPython.

use crate::package::Package;

const CODE: &str = r#"
import errno, os, select, socket, struct

def number(result):
    return errno.errorcode.get(result, result) if isinstance(result, int) else result

def show(name, act):
    try:
        print(name, act())
    except OSError as error:
        print(name, type(error).__name__, number(error.errno))

def unused():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()

def udp():
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    return made

def connects():
    server = socket.create_server(("127.0.0.1", 0))
    address = server.getsockname()
    client = socket.socket()
    client.setblocking(False)
    show("connect", lambda: client.connect(address))
    print(select.select([], [client], [], 10)[1] == [client])
    print(client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), client.getpeername() == address)
    print(client.connect_ex(address), number(client.connect_ex(address)))
    accepted, peer = server.accept()
    print(peer == client.getsockname() == accepted.getpeername(), accepted.getsockname() == address)
    show("recv", lambda: client.recv(1))
    accepted.send(b"late")
    client.setblocking(True)
    print(client.recv(10))

def refused():
    address = unused()
    client = socket.socket()
    client.setblocking(False)
    print(number(client.connect_ex(address)))
    poll = select.poll()
    poll.register(client, select.POLLOUT)
    print(bool(poll.poll(10000)[0][1] & select.POLLOUT))
    print(number(client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)), client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
    show("peer", client.getpeername)
    client = socket.socket()
    show("connect", lambda: client.connect(address))
    client.settimeout(10)
    show("again", lambda: number(client.connect_ex(address)))

def closed():
    a, b = socket.socketpair()
    b.close()
    print(select.select([a], [a], [], 10) == ([a], [a], []))
    print(a.recv(1))
    show("send", lambda: a.send(b"1"))
    a.close()
    print(a.fileno())
    for name in ("recv", "send", "getsockname", "listen"):
        arguments = {"recv": (1,), "send": (b"1",)}.get(name, ())
        show(name, lambda: getattr(a, name)(*arguments))

def pairs():
    a, b = socket.socketpair()
    print(a.family.name, a.type.name, repr(a.getsockname()), repr(b.getpeername()))
    a.sendall(b"0123456789")
    print(b.recv(3, socket.MSG_PEEK), b.recv(100))
    double = a.dup()
    a.close()
    double.send(b"dup")
    again = socket.fromfd(double.fileno(), double.family, double.type)
    double.close()
    again.send(b"fromfd")
    print(b.recv(9, socket.MSG_WAITALL))
    moved = socket.socket(fileno=again.detach())
    print(moved.family.name, moved.type.name, again.fileno())
    moved.shutdown(socket.SHUT_WR)
    while b.recv(100):
        pass
    b.send(b"still")
    print(moved.recv(100))
    number = os.dup(moved.fileno())
    os.close(number)
    show("closed", lambda: socket.socket(fileno=number))
    try:
        socket.socketpair(socket.AF_INET)
    except OSError as error:
        print(error.errno == errno.EOPNOTSUPP)

def datagrams():
    first, second = udp(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    print(second.sendto(b"hello", first.getsockname()))
    data, sender = first.recvfrom(100)
    print(data, sender == ("127.0.0.1", second.getsockname()[1]))
    print(first.sendto(b"", 0, sender), second.recvfrom(10)[0])
    second.connect(first.getsockname())
    second.send(b"one")
    second.send(b"two")
    buffer = bytearray(10)
    print(first.recvfrom_into(buffer)[0], bytes(buffer[:3]), first.recv(2))
    print(second.getpeername() == first.getsockname())
    first.settimeout(0.01)
    show("late", lambda: first.recvfrom(1))
    first.setblocking(False)
    show("nothing", lambda: first.recvfrom(1))
    show("too big", lambda: second.send(bytes(70000)))
    show("nowhere", lambda: first.send(b"x"))
    poll = select.poll()
    poll.register(first, select.POLLIN | select.POLLOUT)
    print(poll.poll(10000) == [(first.fileno(), select.POLLOUT)])
    second.send(b"x")
    while poll.poll(10000) == [(first.fileno(), select.POLLOUT)]:
        pass
    print(poll.poll(10000) == [(first.fileno(), select.POLLIN | select.POLLOUT)])

def groups():
    speaker = udp()
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("", 0))
    loopback = socket.inet_aton("127.0.0.1")
    group = socket.inet_aton("239.255.42.99") + loopback
    listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
    speaker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)
    speaker.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 2)
    print(speaker.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL), speaker.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, 4) == loopback)
    speaker.sendto(b"all", ("239.255.42.99", listener.getsockname()[1]))
    listener.settimeout(10)
    print(listener.recv(10))
    listener.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, group)
    show("twice", lambda: listener.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, group))

def options():
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    accepted, _ = server.accept()
    for level, option in ((socket.IPPROTO_TCP, socket.TCP_NODELAY), (socket.SOL_SOCKET, socket.SO_KEEPALIVE)):
        before = client.getsockopt(level, option)
        client.setsockopt(level, option, 1)
        print(before, bool(client.getsockopt(level, option)), bool(client.getsockopt(level, option, 4)[0]))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5)
    print(client.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 20000)
    print(client.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) >= 20000)
    datagram = udp()
    show("broadcast", lambda: datagram.sendto(b"x", ("<broadcast>", 9)))
    datagram.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, True)
    print(bool(datagram.getsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST)))
    print([bool(server.getsockopt(socket.SOL_SOCKET, option)) for option in (socket.SO_REUSEADDR, socket.SO_ACCEPTCONN)])
    first, second = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for each in (first, second):
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    first.bind(("127.0.0.1", 0))
    second.bind(first.getsockname())
    print(first.getsockname() == second.getsockname())
    print(struct.unpack("ii", accepted.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)))
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    print(struct.unpack("ii", accepted.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)))
    accepted.close()
    show("reset", lambda: client.recv(1))

def binds():
    first, second = socket.socket(), socket.socket()
    first.bind(("127.0.0.1", 0))
    print(first.getsockname()[1] > 0)
    first.listen()
    show("bind", lambda: second.bind(first.getsockname()))
    second.bind(("127.0.0.1", 0))
    mine = second.getsockname()
    second.connect(first.getsockname())
    print(first.accept()[1] == mine)
    show("elsewhere", lambda: socket.socket().bind(("192.0.2.1", 0)))
    show("unknown", lambda: socket.socket().connect(("no-such-host.invalid", 1)))
"#;

fn same(function: &str, expected: &str) {
    Package::with(CODE).prints_like_cpython(function, expected);
}

#[test]
fn a_connection_can_begin_without_waiting() {
    same(
        "connects",
        "connect BlockingIOError EINPROGRESS\n\
         True\n\
         0 True\n\
         0 EISCONN\n\
         True True\n\
         recv BlockingIOError EAGAIN\n\
         b'late'\n",
    );
}

#[test]
fn a_connection_that_failed_makes_its_socket_ready_and_names_the_error_once() {
    same(
        "refused",
        "EINPROGRESS\n\
         True\n\
         ECONNREFUSED 0\n\
         peer OSError ENOTCONN\n\
         connect ConnectionRefusedError ECONNREFUSED\n\
         again ECONNREFUSED\n",
    );
}

#[test]
fn a_socket_whose_peer_has_gone_is_ready_and_one_that_is_closed_says_so() {
    same(
        "closed",
        "True\n\
         b''\n\
         send BrokenPipeError EPIPE\n\
         -1\n\
         recv OSError EBADF\n\
         send OSError EBADF\n\
         getsockname OSError EBADF\n\
         listen OSError EBADF\n",
    );
}

#[test]
fn pairs_and_duplicates_share_a_connection() {
    same(
        "pairs",
        "AF_UNIX SOCK_STREAM '' ''\n\
         b'012' b'0123456789'\n\
         b'dupfromfd'\n\
         AF_UNIX SOCK_STREAM -1\n\
         b'still'\n\
         closed OSError EBADF\n\
         True\n",
    );
}

#[test]
fn datagrams_are_sent_and_received() {
    same(
        "datagrams",
        "5\n\
         b'hello' True\n\
         0 b''\n\
         3 b'one' b'tw'\n\
         True\n\
         late TimeoutError None\n\
         nothing BlockingIOError EAGAIN\n\
         too big OSError EMSGSIZE\n\
         nowhere OSError EDESTADDRREQ\n\
         True\n\
         True\n",
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_multicast_group_is_joined_and_left() {
    same("groups", "2 True\nb'all'\ntwice OSError EADDRNOTAVAIL\n");
}

#[test]
fn socket_options_take_effect() {
    same(
        "options",
        "0 True True\n\
         0 True True\n\
         5\n\
         True\n\
         broadcast PermissionError EACCES\n\
         True\n\
         [True, True]\n\
         True\n\
         (0, 0)\n\
         (1, 0)\n\
         reset ConnectionResetError ECONNRESET\n",
    );
}

#[test]
fn a_socket_has_its_address_from_bind_on() {
    same(
        "binds",
        "True\n\
         bind OSError EADDRINUSE\n\
         True\n\
         elsewhere OSError EADDRNOTAVAIL\n\
         unknown gaierror -2\n",
    );
}
