"""What the frozen standard library has to be told, since it has no folder and was not configured for this system."""

import sys

import _rehearsal as _door
from _frozen_importlib import FrozenImporter


class _NoFolder(list):
    """A package's `__path__` with nothing to look into, whose first entry is the folder part of `logging`, as its frames call their file."""

    def __getitem__(self, index):
        return ""


def _let_enums_be_made_from_bytes(enum):
    """RustPython's int.from_bytes() makes an object of a subclass without asking the class."""

    def from_bytes(cls, bytes, byteorder="big", *, signed=False):
        return cls(int.from_bytes(bytes, byteorder, signed=signed))

    for kind in (enum.IntEnum, enum.IntFlag):
        kind.from_bytes = classmethod(from_bytes)


def _let_a_lost_connection_say_why(client):
    """RustPython's OSError.__init__() leaves the arguments that another base has set."""
    original = client.RemoteDisconnected.__init__

    def __init__(self, *args, **kwargs):
        original(self, *args, **kwargs)
        self.args = args

    client.RemoteDisconnected.__init__ = __init__


def _let_the_configuration_be_found(sysconfig):
    """The module with its data is named after the system that the interpreter was built for, which `sys.platform` does not say."""
    names = [name for name in sys.builtin_module_names if name.startswith("_sysconfigdata")]
    if names:
        sysconfig._get_sysconfigdata_name = lambda: names[0]


def _run_at_once(base_events):
    """Without threads, what would run in one of them is done when it is asked for."""
    in_executor = base_events.BaseEventLoop.run_in_executor

    def run_in_executor(self, executor, func, *args):
        if executor is not None:
            return in_executor(self, executor, func, *args)
        self._check_closed()
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            future.set_exception(error)
        return future

    base_events.BaseEventLoop.run_in_executor = run_in_executor


_AMENDMENTS = {
    "enum": _let_enums_be_made_from_bytes,
    "http.client": _let_a_lost_connection_say_why,
    "sysconfig": _let_the_configuration_be_found,
}

if not _door.threads:
    _AMENDMENTS["asyncio.base_events"] = _run_at_once

# Some modules tell by their file which frames are their own. Those of `_strptime` and `_pydatetime` begin with the folder of the first.
_FILES = {"_strptime": "_/strptime.py", "zipfile": "zipfile/__init__.py"}


class AmendingImporter(FrozenImporter):
    """Imports a frozen module and corrects it."""

    @staticmethod
    def exec_module(module):
        FrozenImporter.exec_module(module)
        _AMENDMENTS[module.__name__](module)


class LibraryFinder:
    """Finds those frozen modules that need something."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in _AMENDMENTS and name not in _FILES and name != "logging":
            return None
        spec = FrozenImporter.find_spec(name, path, target)
        if name in _AMENDMENTS:
            spec.loader = AmendingImporter
        elif name in _FILES:
            spec.origin = _FILES[name]
            spec.has_location = True
        else:
            spec.submodule_search_locations = _NoFolder()
        return spec


for _name in _AMENDMENTS.keys() & sys.modules.keys():
    _AMENDMENTS[_name](sys.modules[_name])
