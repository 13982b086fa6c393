"""What the sandbox does before the first step, so that the next run finds it done: a module is imported, the others are compiled.

The host sees to it that the import has asked for nothing but files, and keeps the memory. Code that ran must not have drawn from what is other in each
run: `untouched()` says whether it has.
"""

import sys

import _rehearsal_kept
import posix
from _frozen_importlib_external import SourceLoader

_MOST_FILES = 200
_MOST_BYTES = 4 << 20

# By path: the source and its code.
_compiled = {}
_compile = SourceLoader.source_to_code
_random = None


def _source_to_code(self, data, path, **options):
    source, code = _compiled.pop(path, (None, None))
    if code is not None and source == data and not options:
        return code
    return _compile(self, data, path, **options)


SourceLoader.source_to_code = _source_to_code


def begin():
    global _random
    _rehearsal_kept.hold()
    posix.asked_for_pid = False
    _random = _state()


def _state():
    random = _rehearsal_kept.module("random")
    return random and random.getstate()


def untouched():
    return not posix.asked_for_pid and _state() == _random


def compile_others():
    """Compiles the modules of the package that were not imported; those that cannot be, or would warn, are left alone."""
    import _warnings

    imported = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    files = [file for entry in sys.path if not entry.endswith(".whl") for file in _files(entry)]
    room = _MOST_BYTES
    warns = "error", None, SyntaxWarning, None, 0
    _warnings.filters.insert(0, warns)
    try:
        for path in files[:_MOST_FILES]:
            if path in imported or path in _compiled:
                continue
            try:
                source = _read(path)
                room -= len(source)
                if room < 0:
                    break
                _compiled[path] = source, _compile(None, source, path)
            except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
                pass
    finally:
        _warnings.filters.remove(warns)


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def _files(folder, depth=8):
    try:
        names = sorted(posix.listdir(folder))
    except OSError:
        return
    for name in names:
        path = f"{folder}/{name}"
        if name.endswith(".py"):
            yield path
        elif depth and name.isidentifier() and name != "__pycache__":
            yield from _files(path, depth - 1)
