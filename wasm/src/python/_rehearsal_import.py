"""The order in which modules are found: the package's own, the standard library's, those in wheels; as under CPython."""

import sys

import _rehearsal as _door
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


def _raised(error):
    """Whether an import asks, which the error ends; importlib.util.find_spec() only wants to know."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_name != "_find_and_load":
        if frame.f_code.co_name == "find_spec" and frame.f_globals is not globals():
            return
        frame = frame.f_back
    raise error


class AbsentFinder:
    """Says of a module that is missing on purpose why it is, and what to do."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        from _rehearsal_absent import reason

        why = reason(name)
        if why is not None:
            _raised(ModuleNotFoundError(f"No module named {name!r}: {why}", name=name))
        if path is None and "." not in name:
            for wheel in _door.compiled_wheels:
                if _holds(wheel, name):
                    _raised(ImportError(_compiled(name, wheel), name=name, path=wheel))


def _holds(wheel, name):
    """Whether the wheel has this top-level module."""
    from zipimport import ZipImportError, _read_directory

    try:
        files = _read_directory(wheel)
    except (OSError, ZipImportError):
        return False
    return any(file.partition("/")[0].partition(".")[0] == name and ".dist-info/" not in file for file in files)


def _compiled(name, wheel):
    file = wheel.rpartition("/")[2]
    return (
        f"No module named {name!r}: wheels/{file} has it, and holds compiled code, which Rehearsal's Python cannot load; "
        "look for a wheel of it whose name ends in -none-any.whl, or for a library in Python that does the same"
    )


# Behind the importer of builtin modules.
sys.meta_path[1:1] = OwnFinder, LibraryFinder
sys.meta_path.append(AbsentFinder)
