"""Joining threads in slices, so that an interruption reaches a main thread that waits for another one.

Locks hear it themselves: they are this program's own (lock.rs).
"""

import _rehearsal as _door
import _thread

_native_handle = _thread._ThreadHandle
_native_start = _thread.start_joinable_thread
_native_make = _thread._make_thread_handle
_main = _thread.get_ident()
_SLICE = 0.05


class _ThreadHandle:
    """A thread; the main one comes up for air while it waits for it."""

    __slots__ = ("_native", "__weakref__")

    def __init__(self):
        self._native = _native_handle()

    ident = property(lambda self: self._native.ident)

    def is_done(self):
        return self._native.is_done()

    def _set_done(self):
        self._native._set_done()

    def join(self, timeout=None, /):
        native = self._native
        if _thread.get_ident() != _main or timeout is not None and 0 <= timeout <= _SLICE:
            return native.join(timeout)
        if timeout is None or timeout < 0:
            native.join(_SLICE)
            while not native.is_done():
                native.join(_SLICE)
            return native.join()
        end = _door.now(1) + int(timeout * 1e9)
        while (left := (end - _door.now(1)) / 1e9) > 0 and not native.is_done():
            native.join(min(left, _SLICE))

    def __repr__(self):
        return repr(self._native)


def _start_joinable_thread(function, handle=None, daemon=True):
    handle = _ThreadHandle() if handle is None else handle
    _native_start(function, handle=handle._native, daemon=daemon)
    return handle


def _make_thread_handle(ident):
    handle = _ThreadHandle()
    handle._native = _native_make(ident)
    return handle


_thread._ThreadHandle = _ThreadHandle
_thread.start_joinable_thread = _start_joinable_thread
_thread._make_thread_handle = _make_thread_handle
