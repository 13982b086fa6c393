"""The order in which modules are found: the package's own, the standard library's, those in wheels; as under CPython."""

import sys

from _frozen_importlib_external import PathFinder

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


# Behind the importer of builtin modules.
sys.meta_path.insert(1, OwnFinder)
