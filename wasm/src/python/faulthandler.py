"""Accepted for the sake of those who enable it: a crash is noticed and told by Rehearsal, not by the interpreter."""

_enabled = False


def enable(file=None, all_threads=True, c_stack=True):
    global _enabled
    _enabled = True


def disable():
    global _enabled
    was, _enabled = _enabled, False
    return was


def is_enabled():
    return _enabled


def dump_traceback(file=None, all_threads=True):
    import sys
    import traceback

    file = sys.stderr if file is None else file
    if isinstance(file, int):
        raise ValueError("faulthandler writes to file objects only in Rehearsal's Python")
    print("Current thread (most recent call first):", file=file)
    for frame in reversed(traceback.extract_stack(sys._getframe(1))):
        print(f'  File "{frame.filename}", line {frame.lineno} in {frame.name}', file=file)


def dump_traceback_later(timeout, repeat=False, file=None, exit=False):
    """A step that takes too long is ended, and told, by its own time-out."""


def cancel_dump_traceback_later():
    pass


def register(signum, file=None, all_threads=True, chain=False):
    """No signal reaches test code."""


def unregister(signum):
    return False
