"""`_thread` where there is one thread only. The locks are put in by lock.rs."""

error = RuntimeError
TIMEOUT_MAX = 9223372036.0
_MAIN = 1


def get_ident():
    return _MAIN


_get_main_thread_ident = get_native_id = get_ident


def _is_main_interpreter():
    return True


def daemon_threads_allowed():
    return True


def _count():
    return 0


def _shutdown():
    pass


def set_name(name):
    pass


def stack_size(size=0, /):
    if size != 0 and size < 32768:
        raise ValueError(f"size not valid: {size} bytes")
    return 0


def exit():
    raise SystemExit


exit_thread = exit


def interrupt_main(signum=2, /):
    from _signal import raise_signal

    raise_signal(signum)


def start_new_thread(function, args, kwargs={}, /):
    raise RuntimeError(
        "can't start new thread: Python in the sandbox has one only; do the work in turn or with asyncio, or run without --sandbox"
    )


def start_joinable_thread(function, handle=None, daemon=True):
    start_new_thread(function, ())


start_new = start_new_thread


class _ThreadHandle:
    """A thread that never ran, or the main one."""

    __slots__ = ("ident", "_done", "__weakref__")

    def __init__(self):
        self.ident = 0
        self._done = False

    def is_done(self):
        return self._done

    def _set_done(self):
        self._done = True

    def join(self, timeout=None, /):
        if not self.ident:
            raise RuntimeError("thread not started")

    def __repr__(self):
        return f"<_ThreadHandle object: ident={self.ident}>"


def _make_thread_handle(ident):
    handle = _ThreadHandle()
    handle.ident = ident
    return handle


class _local:
    """What belongs to each thread alone: with one thread, an object with attributes."""

    def __new__(cls, /, *args, **kwargs):
        if (args or kwargs) and cls.__init__ is object.__init__:
            raise TypeError("Initialization arguments are not supported")
        return object.__new__(cls)


for _class in _ThreadHandle, _local:
    _class.__module__ = "_thread"
del _class
