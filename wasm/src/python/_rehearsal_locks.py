"""Waiting in slices, so that an interruption reaches a main thread that waits for another one.

Conditions, events, queues and futures wait on a lock that `_thread.allocate_lock` makes.
"""

import _rehearsal as _door
import _thread

_allocate = _thread.allocate_lock
_main = _thread.get_ident()
_SLICE = 0.05


class Lock:
    """A lock; the main thread comes up for air while it waits."""

    __slots__ = ("_lock", "__weakref__")

    def __init__(self):
        self._lock = _allocate()

    def acquire(self, blocking=True, timeout=-1):
        if not blocking or 0 <= timeout <= _SLICE or _thread.get_ident() != _main:
            return self._lock.acquire(blocking, timeout)
        if self._lock.acquire(False):
            return True
        if timeout < 0:
            while not self._lock.acquire(True, _SLICE):
                pass
            return True
        end = _door.now(1) + int(timeout * 1e9)
        while (left := (end - _door.now(1)) / 1e9) > 0:
            if self._lock.acquire(True, min(left, _SLICE)):
                return True
        return self._lock.acquire(False)

    def release(self):
        self._lock.release()

    def locked(self):
        return self._lock.locked()

    __enter__ = acquire

    def __exit__(self, *_):
        self._lock.release()

    def __repr__(self):
        return repr(self._lock)


_thread.allocate_lock = Lock
