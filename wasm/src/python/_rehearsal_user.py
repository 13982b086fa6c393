"""Who runs the tests, as the environment says."""

import posix

ID = posix.getuid()


def _first(*names):
    for name in names:
        value = posix.environ.get(name.encode())
        if value:
            return value.decode("utf-8", "surrogateescape")
    return None


def name():
    return _first("LOGNAME", "USER", "USERNAME") or "operator"


def home():
    return (_first("HOME", "USERPROFILE") or "/").replace("\\", "/")
