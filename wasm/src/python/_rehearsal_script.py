"""Runs a whole program as `__main__`, the way CPython's command line does."""

import _io
import _rehearsal as _door
import builtins
import posix
import sys

# CPython's, for a program that a KeyboardInterrupt ended.
_INTERRUPTED = 130
_left = []


class _StandardInput(_io._RawIOBase):
    """Standard input, byte by byte as the host reads it."""

    name = "<stdin>"
    mode = "rb"

    def readable(self):
        return True

    def fileno(self):
        return 0

    def isatty(self):
        return _door.terminals[0]

    def readinto(self, buffer):
        data = _door.input(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def input(prompt="", /):
    """Reads a line from standard input, without its newline.

    The builtin one drops whatever a flush raises, a Ctrl-C among it, and would then wait for a line that nobody is about to type.
    """
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name, None) is None:
            raise RuntimeError(f"input(): lost sys.{name}")
    _flush(sys.stderr)
    if prompt != "":
        sys.stdout.write(str(prompt))
    _flush(sys.stdout)
    line = sys.stdin.readline()
    if not line:
        raise EOFError("EOF when reading a line")
    return line.removesuffix("\n")


def _flush(stream):
    try:
        stream.flush()
    except Exception:
        pass


def _open_streams():
    for stream, terminal in ((sys.stdout, _door.terminals[1]), (sys.stderr, _door.terminals[2])):
        stream.at_once(terminal)
    sys.stdin = sys.__stdin__ = _io.TextIOWrapper(_io.BufferedReader(_StandardInput()), "utf-8", "surrogateescape", "\n")
    sys.stdin.mode = "r"
    input.__module__ = "builtins"
    builtins.input = input


def _run_source(source, name, main):
    main["__spec__"] = None
    exec(compile(source, name, "exec", dont_inherit=True), main)


def _run_file(path, main):
    import os

    if _is_container(path):
        import runpy

        runpy._run_module_as_main("__main__", False)
        return
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        print(f"error: {path} cannot be read: {error.strerror}", file=sys.stderr)
        raise SystemExit(2) from None
    main["__file__"] = path = os.path.join(os.getcwd(), path)
    main["__cached__"] = None
    _run_source(source, path, main)


def _interact(main):
    import code

    sys.ps1, sys.ps2 = ">>> ", "... "
    banner = f"Python {sys.version.split()[0]} in Rehearsal; Ctrl-D or exit() ends it."
    code.interact(banner, local=main, exitmsg="")


def _run_main(kind, target, main):
    if kind == "module":
        import runpy

        runpy._run_module_as_main(target)
    elif kind == "code":
        _run_source(target, "<string>", main)
    elif kind == "file":
        _run_file(target, main)
    elif _door.terminals[0]:
        _interact(main)
    else:
        _run_source(sys.stdin.read(), "<stdin>", main)


def _code_of(exit):
    if exit is None:
        return 0
    if isinstance(exit, int):
        return exit & 0xFF
    print(exit, file=sys.stderr)
    return 1


def _show(error):
    """Prints a traceback without this file's frames."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_frame.f_globals is globals():
        traceback = traceback.tb_next
    try:
        sys.excepthook(type(error), error.with_traceback(traceback), traceback)
    except BaseException as second:
        print(f"Error in sys.excepthook: {second!r}; the exception was {error!r}", file=sys.stderr)


def _guarded(work, *arguments):
    try:
        work(*arguments)
        return 0
    except SystemExit as exit:
        return _code_of(exit.code)
    except KeyboardInterrupt as error:
        _show(error)
        return _INTERRUPTED
    except BaseException as error:
        _show(error)
        return 1


def _leaving(work, *arguments):
    """Notes that os._exit() was called."""
    try:
        work(*arguments)
    except posix._Leave:
        _left.append(True)
        raise


def _finish():
    """What CPython does once the main module has ended: threads that are no daemons, then atexit."""
    threading = sys.modules.get("threading")
    if threading is not None:
        threading._shutdown()
    import atexit

    atexit._run_exitfuncs()


def run(kind, target, arguments, safe_path, ignore_environment, warnings):
    """Runs the program and gives its exit code."""
    _open_streams()
    sys.argv = arguments
    sys.path[0:0] = _first(kind, target, safe_path, ignore_environment)
    _filter_warnings(warnings, ignore_environment)
    main = sys.modules["__main__"].__dict__
    main["__builtins__"] = sys.modules["builtins"]
    code = _guarded(_leaving, _run_main, kind, target, main)
    if not _left:
        code = _guarded(_leaving, _finish) or code
    for stream in (sys.stdout, sys.stderr):
        _guarded(stream.flush)
    return code


def _first(kind, target, safe_path, ignore_environment):
    """`sys.path` before the wheels: the script's folder or the working directory, then PYTHONPATH."""
    import os

    if kind == "file" and _is_container(target):
        first = [target]
    elif safe_path:
        first = []
    elif kind == "file":
        first = [os.path.dirname(os.path.abspath(target))]
    else:
        first = [os.getcwd() if kind == "module" else ""]
    if ignore_environment:
        return first
    named = os.environ.get("PYTHONPATH", "").split(_door.path_separator)
    return first + [entry for entry in named if entry]


def _is_container(path):
    import os

    return os.path.isdir(path) or path.endswith((".zip", ".pyz", ".whl"))


def _filter_warnings(filters, ignore_environment):
    import os

    if not ignore_environment:
        filters = [one for one in os.environ.get("PYTHONWARNINGS", "").split(",") if one] + filters
    sys.warnoptions = filters
    if filters:
        import warnings

        warnings._processoptions(filters)
