"""The groups: one, of the user who runs the tests."""

import _rehearsal_user as _user
from posix import _Fields


class struct_group(_Fields):
    _names = ("gr_name", "gr_passwd", "gr_gid", "gr_mem")


def getgrall():
    return [struct_group((_user.name(), "x", _user.ID, []))]


def getgrgid(id):
    if id != _user.ID:
        raise KeyError(f"getgrgid(): gid not found: {id}")
    return getgrall()[0]


def getgrnam(name):
    for entry in getgrall():
        if entry.gr_name == name:
            return entry
    raise KeyError(f"getgrnam(): name not found: {name!r}; the one group here is {_user.name()!r}")
