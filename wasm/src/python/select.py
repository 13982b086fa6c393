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


def _nanoseconds(seconds):
    if seconds is None:
        return None
    if seconds < 0:
        raise ValueError("timeout must be non-negative")
    return int(seconds * 1e9)


def _select(rlist, wlist, xlist, timeout=None, /):
    reads = [(_number(file), file) for file in rlist]
    writes = [(_number(file), file) for file in wlist]
    for file in xlist:
        _number(file)
    found_reads, found_writes = _door.wait(
        [number for number, _ in reads], [number for number, _ in writes], _nanoseconds(timeout)
    )
    return [file for number, file in reads if number in found_reads], [
        file for number, file in writes if number in found_writes
    ], []


class _Builtin:
    """A function that does not become a method of the class it is put into, as `selectors` does with it."""

    __slots__ = ("_function", "__name__")

    def __init__(self, function, name):
        self._function, self.__name__ = function, name

    def __call__(self, *args):
        return self._function(*args)

    def __repr__(self):
        return f"<built-in function {self.__name__}>"


select = _Builtin(_select, "select")


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
        found_reads, found_writes = _door.wait(reads, writes, wait)
        found = dict.fromkeys(found_reads, POLLIN)
        for number in found_writes:
            found[number] = found.get(number, 0) | POLLOUT
        return list(found.items())
