"""The order in which modules are found: the package's own, the standard library's, those in wheels; as under CPython."""

import sys

from _frozen_importlib_external import PathFinder
from _rehearsal_library import LibraryFinder

# CPython has imported these before any code of the user's runs.
_PRELOADED = frozenset(
    ("_collections_abc", "abc", "codecs", "encodings", "genericpath", "io", "ntpath", "os", "posixpath", "site", "stat")
)


class OwnFinder:
    """Looks into the folders of sys.path, before the standard library is asked."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if path is None:
            if name in _PRELOADED:
                return None
            path = [entry for entry in sys.path if not entry.endswith(".whl")]
        return PathFinder.find_spec(name, path, target)


# The standard library's modules that are not here, and the compiled ones below them.
_ABSENT = {
    "_ssl": "ssl", "_sqlite3": "sqlite3", "_ctypes": "ctypes", "_curses": "curses", "_multiprocessing": "multiprocessing",
    "_tracemalloc": "tracemalloc", "_lsprof": "cProfile", "_dbm": "dbm", "_gdbm": "dbm", "_tkinter": "tkinter",
} | {
    name: name
    for name in (
        "cProfile", "curses", "faulthandler", "fcntl", "grp", "mmap", "pwd", "readline", "resource", "syslog", "termios",
    )
}


class AbsentFinder:
    """Says of a module that is missing on purpose that it is."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in _ABSENT:
            raise ModuleNotFoundError(
                f"No module named {name!r}: the standard library's {_ABSENT[name]} is not part of Rehearsal's Python",
                name=name,
            )


# Behind the importer of builtin modules.
sys.meta_path[1:1] = OwnFinder, LibraryFinder
sys.meta_path.append(AbsentFinder)
