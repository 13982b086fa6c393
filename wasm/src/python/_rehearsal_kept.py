"""Modules of the standard library that were imported when the sandbox's image was made.

`sys.modules` does not show them, and no module has them as attributes, until test code imports them, or something that imports them: what works
here works in a fresh interpreter.
"""

import builtins
import sys

from _frozen_importlib import ModuleSpec

# What packages that talk to instruments import, and what that imports.
_NAMES = """
    argparse base64 binascii bisect calendar cmath codecs collections collections.abc configparser contextlib contextvars copy csv
    dataclasses datetime decimal difflib email.message email.parser email.utils enum errno fnmatch fractions functools glob gzip hashlib
    heapq hmac html http http.client http.cookiejar importlib importlib.metadata importlib.util inspect io itertools json keyword
    locale logging logging.handlers math mimetypes numbers operator os os.path pathlib pickle platform pprint queue quopri random re
    select selectors shlex shutil signal socket ssl stat statistics string stringprep struct subprocess tempfile textwrap
    threading time timeit tokenize traceback types typing unicodedata unittest unittest.mock urllib urllib.error urllib.parse
    urllib.request uuid warnings weakref zipfile zlib zoneinfo
""".split()

# Not handed out yet.
_kept = {}
# By their parent: modules that have another name of their own.
_aliases = {}
# Those of them that `module()` is asked for.
_first = {}
# What is to be done again once the run has begun; None when it has.
_held = None
# What a module asks for when it is imported; known while the image is made.
_wants = {}
# The modules whose import a module's own brings with it, in the order in which they are done.
_brings = {}
# The first parts of their names.
_tops = set()
# What sys.path was when its folders were last looked into.
_path = None


def keep():
    """Imports all of them and puts them away."""
    before = set(sys.modules)
    original = builtins.__import__
    builtins.__import__ = _noting(original)
    try:
        for name in _NAMES:
            original(name)
    finally:
        builtins.__import__ = original
    for name in [name for name in sys.modules if name not in before]:
        module = sys.modules.pop(name)
        if module.__spec__ is None or module.__spec__.name == name:
            _kept[name] = module
        else:
            # Put there by its parent, as `os.path` is.
            _aliases.setdefault(name.rpartition(".")[0], []).append((name, module))
    for name in _kept:
        _brings[name] = tuple(_all_it_wants(name))
        _tops.add(name.partition(".")[0])
    _wants.clear()
    _first["random"] = _kept["random"]
    for name, module in _kept.items():
        parent, _, own = name.rpartition(".")
        parent = _kept.get(parent) or sys.modules.get(parent)
        if parent is not None and parent.__dict__.get(own) is module:
            delattr(parent, own)
    sys.meta_path.insert(_behind_own(), KeptFinder)


def _all_it_wants(name, seen=None):
    seen = {name} if seen is None else seen
    found = []
    for wanted in _wants.get(name, ()):
        if wanted in _kept and wanted not in seen:
            seen.add(wanted)
            found += _all_it_wants(wanted, seen)
            found.append(wanted)
    return found


def _noting(original):
    def __import__(name, globals=None, locals=None, fromlist=(), level=0):
        module = original(name, globals, locals, fromlist, level)
        importer = (globals or {}).get("__name__")
        if level:
            base = globals["__package__"] or importer
            base = base.rsplit(".", level - 1)[0]
            name = f"{base}.{name}" if name else base
        wants = _wants.setdefault(importer, {})
        while name:
            wants.setdefault(name)
            wants.update((f"{name}.{part}", None) for part in fromlist or () if f"{name}.{part}" in sys.modules)
            fromlist = ()
            name = name.rpartition(".")[0]
        return module

    return __import__


def _behind_own():
    for place, finder in enumerate(sys.meta_path):
        if finder.__name__ == "OwnFinder":
            return place + 1
    return 0


class KeptFinder:
    """Hands out what is kept."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in _kept:
            return None
        _forget_what_is_hidden()
        return ModuleSpec(name, KeptFinder) if name in _kept else None

    @staticmethod
    def create_module(spec):
        module = _kept.pop(spec.name)
        spec.loader_state = module.__spec__, module.__loader__
        return module

    @staticmethod
    def exec_module(module):
        name = module.__spec__.name
        module.__spec__, module.__loader__ = module.__spec__.loader_state
        for wanted in _brings.get(name, ()):
            if wanted in _kept:
                # All of it through importlib would touch ten times as much memory.
                brought = sys.modules[wanted] = _kept.pop(wanted)
                parent, _, own = wanted.rpartition(".")
                parent = sys.modules.get(parent) or _kept.get(parent)
                if parent is not None:
                    setattr(parent, own, brought)
                _handed_out(wanted, brought)
        _handed_out(name, module)


def _handed_out(name, module):
    for alias, other in _aliases.pop(name, ()):
        sys.modules.setdefault(alias, other)
    if name in _AGAIN:
        _again(name, module)


def _again(name, module):
    if _held is None:
        _AGAIN[name](module)
    else:
        _held.append((name, module))


def hold():
    """From now on nothing asks what it was told when the image was made; `let_go()` makes up for it."""
    global _held
    _held = []


def let_go():
    global _held
    held, _held = _held, None
    for name, module in held or ():
        _again(name, module)


def module(name):
    """The module, whether it was handed out or not; None when it is somebody else's."""
    return _kept.get(name) or _first.get(name)


def _forget_what_is_hidden():
    """What a module of the package stands before, and all that imports it, is imported in the usual way."""
    global _path
    path = [entry for entry in sys.path if not entry.endswith(".whl")]
    if path == _path:
        return
    _path = path
    import posix

    hidden = set()
    for entry in path:
        try:
            hidden.update(file.partition(".")[0] for file in posix.listdir(entry))
        except OSError:
            pass
    hidden = {name for name in hidden if name in _tops}
    while hidden:
        for name in [name for name in _kept if name in hidden or name.partition(".")[0] in hidden]:
            del _kept[name]
        hidden = {name for name in _kept if any(wanted in hidden or wanted.partition(".")[0] in hidden for wanted in _brings.get(name, ()))}


def _begin_anew(logging):
    import time

    logging._startTime = time.time_ns()


# What has asked something when it was imported.
_AGAIN = {"random": lambda random: random.seed(), "logging": _begin_anew}
