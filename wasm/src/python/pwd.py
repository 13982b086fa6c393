"""The users: one, who runs the tests."""

import _rehearsal_user as _user
from posix import _Fields


class struct_passwd(_Fields):
    _names = ("pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell")


def getpwall():
    name = _user.name()
    return [struct_passwd((name, "x", _user.ID, _user.ID, name, _user.home(), "/bin/sh"))]


def getpwuid(uid):
    if uid != _user.ID:
        raise KeyError(f"getpwuid(): uid not found: {uid}")
    return getpwall()[0]


def getpwnam(name):
    for entry in getpwall():
        if entry.pw_name == name:
            return entry
    raise KeyError(f"getpwnam(): name not found: {name!r}; the one user here is {_user.name()!r}")
