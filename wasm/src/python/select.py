"""Waiting for sockets, over one host request."""

import _rehearsal as _door
import errno as _errno

error = OSError
POLLIN, POLLPRI, POLLOUT, POLLERR, POLLHUP, POLLNVAL = 1, 2, 4, 8, 16, 32
PIPE_BUF = 4096


def _number(file):
    number = file if isinstance(file, int) else file.fileno()
    if number < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({number})")
    return number


def _ready(reads, writes, timeout):
    """Which of the numbers are ready, for sockets by what fileno() gives."""
    from _socket import _handle_of

    by_handle = {_handle_of(number): number for number in (*reads, *writes)}
    found_reads, found_writes = _door.wait(
        [_handle_of(number) for number in reads], [_handle_of(number) for number in writes], timeout
    )
    return [by_handle[handle] for handle in found_reads], [by_handle[handle] for handle in found_writes]


def _nanoseconds(seconds):
    if seconds is None:
        return None
    if seconds < 0:
        raise ValueError("timeout must be non-negative")
    return int(seconds * 1e9)


def select(rlist, wlist, xlist, timeout=None, /):
    reads = {_number(file): file for file in rlist}
    writes = {_number(file): file for file in wlist}
    ready_reads, ready_writes = _ready(list(reads), list(writes), _nanoseconds(timeout))
    return [reads[number] for number in ready_reads], [writes[number] for number in ready_writes], []


class poll:
    def __init__(self):
        self._events = {}

    def register(self, file, events=POLLIN | POLLPRI | POLLOUT):
        self._events[_number(file)] = events

    def modify(self, file, events):
        if _number(file) not in self._events:
            raise FileNotFoundError(_errno.ENOENT, "No such file or directory")
        self._events[_number(file)] = events

    def unregister(self, file):
        del self._events[_number(file)]

    def poll(self, timeout=None):
        reads = [number for number, events in self._events.items() if events & (POLLIN | POLLPRI)]
        writes = [number for number, events in self._events.items() if events & POLLOUT]
        wait = None if timeout is None or timeout < 0 else int(timeout * 1e6)
        found = {}
        ready_reads, ready_writes = _ready(reads, writes, wait)
        for number in ready_reads:
            found[number] = POLLIN
        for number in ready_writes:
            found[number] = found.get(number, 0) | POLLOUT
        return list(found.items())
