"""The machine, the operating system and its users."""

from . import SANDBOX, differs, differs_in_the_sandbox, probe, raises


@probe("time")
def _():
    import time

    assert time.monotonic() <= time.monotonic() and time.time_ns() > 10**18 and time.perf_counter_ns() >= 0 and time.process_time() >= 0
    moment = time.gmtime(86400.5)
    assert moment[:6] == (1970, 1, 2, 0, 0, 0) and time.strftime("%Y-%m-%d %a %j", moment) == "1970-01-02 Fri 002" and moment.tm_yday == 2
    assert time.strptime("2 Jan 70 03:04 PM", "%d %b %y %I:%M %p")[:5] == (1970, 1, 2, 15, 4) and time.mktime(time.localtime(1e9)) == 1e9
    assert time.asctime(moment) == "Fri Jan  2 00:00:00 1970" and len(time.tzname) == 2 and time.get_clock_info("monotonic").monotonic
    assert time.strptime("+0130", "%z").tm_gmtoff == 5400 and time.localtime().tm_zone
    raises(ValueError, time.sleep, -1)


@probe("platform")
def _():
    import platform

    assert platform.system() and platform.machine() and platform.node() and platform.release() is not None
    assert platform.python_version_tuple()[0] == "3" and platform.uname().system == platform.system() and platform.platform()
    assert platform.architecture()[0] in ("64bit", "32bit") and platform.python_implementation()


@probe("errno")
def _():
    import errno

    assert errno.ENOENT == 2 and errno.errorcode[errno.EACCES] == "EACCES" and errno.ETIMEDOUT and errno.EINPROGRESS


@probe(
    "sys",
    differs_in_the_sandbox(
        "`maxsize` is 2**31 - 1, so `range` and the like have no more than so many items",
        lambda: __import__("sys").maxsize == 2**31 - 1,
    ),
)
def _():
    import sys

    assert sys.version_info >= (3, 11) and sys.byteorder in ("little", "big") and sys.maxsize == (2**31 - 1 if SANDBOX else 2**63 - 1) and sys.getdefaultencoding() == "utf-8"
    assert sys.getrecursionlimit() >= 1000 and sys.intern("a") is sys.intern("a") and sys.float_info.dig == 15 and sys.hash_info.width == 64
    try:
        1 / 0
    except ZeroDivisionError:
        assert sys.exc_info()[0] is ZeroDivisionError
    assert sys._getframe().f_code.co_name == "_" and sys.getsizeof([]) > 0 and "sys" in sys.modules and sys.flags is not None
    seen = []

    def tracer(frame, event, argument):
        if frame.f_code.co_name == "traced":
            seen.append(event)
            return tracer

    def traced():
        value = 1
        return value

    sys.settrace(tracer)
    traced()
    sys.settrace(None)
    assert seen == ["call", "line", "line", "return"] and raises(SystemExit, sys.exit, 3).code == 3

    def deep(n):
        return deep(n + 1)

    raises(RecursionError, deep, 0)


@probe("sysconfig")
def _():
    import sysconfig

    assert sysconfig.get_python_version().startswith("3.") and "purelib" in sysconfig.get_paths() and sysconfig.get_platform()
    assert sysconfig.get_config_var("no such") is None


@probe("site", differs("no site-packages: what is not in the package or its wheels is not found", lambda: not any("site-packages" in entry for entry in __import__("sys").path)))
def _():
    import site

    assert isinstance(site.getsitepackages(), list)


@probe("builtins")
def _():
    import builtins

    assert builtins.sorted([2, 1]) == [1, 2] and f"{3.14159:.3e}|{255:#06x}|{'a':^5}|{1e6:,.1f}" == "3.142e+00|0x00ff|  a  |1,000,000.0"
    assert divmod(-7, 2) == (-4, 1) and round(2.5) == 2 and pow(3, -1, 7) == 5 and int("0x1F", 16) == 31 and bytes.fromhex("0a ff") == b"\n\xff"
    assert (1000).to_bytes(2, "big") == b"\x03\xe8" and float.fromhex("0x1.8p1") == 3.0 and memoryview(b"abcd").cast("H")[0] in (25185, 24930)
    assert "ß".casefold() == "ss" and "%5.1f|%-4s|%03d" % (1.25, "a", 7) == "  1.2|a   |007" and 0.1 + 0.2 == 0.30000000000000004
    group = raises(ExceptionGroup, lambda: (_ for _ in ()).throw(ExceptionGroup("g", [ValueError(1), KeyError(2)])).__next__())
    assert group.subgroup(KeyError).exceptions[0].args == (2,)
    space = {}
    exec(compile("match (1, {'k': [2, 3]}):\n case (1, {'k': [_, *rest]}): found = rest\nwhole = (n := 5) + n", "f", "exec"), space)
    assert space["found"] == [3] and space["whole"] == 10 and "was never closed" in str(raises(SyntaxError, compile, "(", "f", "exec"))


@probe("atexit")
def _():
    import atexit

    def never():
        raise AssertionError

    assert atexit.register(never) is never
    atexit.unregister(never)


@probe("gc")
def _():
    import gc, weakref

    class Node:
        pass

    node = Node()
    node.itself = node
    reference = weakref.ref(node)
    del node
    gc.collect()
    assert reference() is None and gc.isenabled() and len(gc.get_threshold()) == 3


@probe("faulthandler", differs("accepted; a crash or a late `dump_traceback_later()` writes nothing: Rehearsal tells of both itself", lambda: _nothing_dumped()))
def _():
    import faulthandler, os, tempfile

    with tempfile.TemporaryFile() as file:
        faulthandler.enable(file)
        assert faulthandler.is_enabled()
        faulthandler.dump_traceback_later(1000, file=file)
        faulthandler.cancel_dump_traceback_later()
        faulthandler.disable()
        assert not faulthandler.is_enabled() and os is not None


def _nothing_dumped():
    import faulthandler, tempfile, time

    with tempfile.TemporaryFile() as file:
        faulthandler.dump_traceback_later(0.01, file=file)
        time.sleep(0.3)
        faulthandler.cancel_dump_traceback_later()
        file.seek(0)
        return not file.read()


@probe("tracemalloc")
def _():
    import tracemalloc

    tracemalloc.start()
    assert tracemalloc.get_traced_memory()[1] >= 0
    tracemalloc.stop()


@probe("resource", differs("limits cannot be read or set; `getrusage()` knows the processor time only", lambda: _no_limits()))
def _():
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    assert usage.ru_utime >= 0 and usage[0] == usage.ru_utime and usage.ru_maxrss >= 0


def _no_limits():
    import resource

    try:
        resource.getrlimit(resource.RLIMIT_NOFILE)
    except OSError:
        return True
    return False


@probe("pwd", differs("one user, the one the environment names", lambda: len(__import__("pwd").getpwall()) == 1))
def _():
    import os, pwd

    own = pwd.getpwuid(os.getuid())
    assert own.pw_name and own.pw_dir and own[2] == os.getuid() and own.pw_shell is not None and pwd.getpwnam(own.pw_name).pw_uid == own.pw_uid
    assert "no such user" in str(raises(KeyError, pwd.getpwnam, "no such user"))


@probe("grp", differs("one group, named as its user", lambda: len(__import__("grp").getgrall()) == 1))
def _():
    import grp, os

    own = grp.getgrgid(os.getgid())
    assert own.gr_gid == os.getgid() and grp.getgrnam(own.gr_name).gr_name == own[0] and isinstance(own.gr_mem, list)
    raises(KeyError, grp.getgrnam, "no such group")


@probe("fcntl", differs("`flock()`, `lockf()` and `ioctl()` raise OSError", lambda: _no_lock()))
def _():
    import fcntl, tempfile

    with tempfile.TemporaryFile() as file:
        fcntl.lockf(file, fcntl.LOCK_UN)
        flags = fcntl.fcntl(file.fileno(), fcntl.F_GETFD)
        fcntl.fcntl(file, fcntl.F_SETFD, flags | fcntl.FD_CLOEXEC)
        raises(OSError, fcntl.ioctl, file, 0x5401, b"\0" * 60)
        assert fcntl.LOCK_SH == 1


def _no_lock():
    import fcntl, tempfile

    with tempfile.TemporaryFile() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            return True
    return False


@probe("termios", differs("there is no terminal: its functions raise `termios.error`; the constants are there", lambda: _no_terminal()))
def _():
    import tempfile, termios

    assert termios.B9600 == 13 and termios.VMIN == 6 and issubclass(termios.error, Exception)
    with tempfile.TemporaryFile() as file:
        assert raises(termios.error, termios.tcgetattr, file).args[0] == 25


def _no_terminal():
    import os, sys, termios

    if sys.implementation.name != "rustpython":
        return False
    try:
        termios.tcgetattr(0)
    except termios.error:
        return True


@probe("tty", differs("there is no terminal: its functions raise `termios.error`", lambda: _no_terminal()))
def _():
    import tempfile, termios, tty

    with tempfile.TemporaryFile() as file:
        raises(termios.error, tty.setraw, file)


@probe("pty", differs("there is no terminal: its functions raise OSError or AttributeError", lambda: not hasattr(__import__("os"), "openpty")))
def _():
    import pty

    assert pty.STDIN_FILENO == 0


@probe("syslog")
def _():
    import syslog

    assert syslog.LOG_ERR == 3


@probe("ctypes")
def _():
    import ctypes

    class Pair(ctypes.Structure):
        _fields_ = [("a", ctypes.c_uint8), ("b", ctypes.c_uint16)]

    assert ctypes.sizeof(Pair) == 4 and Pair(1, 2).b == 2


@probe("mmap", differs("a file is read whole when it is mapped; a shared mapping that writes raises OSError", lambda: _no_shared_memory()))
def _():
    import mmap, tempfile

    with tempfile.TemporaryFile() as file:
        file.write(b"one\ntwo\n")
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
            assert memory[:3] == b"one" and memory[4] == ord("t") and memory.find(b"two") == 4 and memory.readline() == b"one\n" and memory.size() == 8
            assert bytes(memoryview(memory)[4:7]) == b"two" and memory.tell() == 4 and memory.read() == b"two\n"
            raises(TypeError, memory.__setitem__, 0, 1)
        raises(ValueError, memory.read)
        with mmap.mmap(file.fileno(), 4, access=mmap.ACCESS_COPY) as memory:
            memory[0] = ord("O")
            assert memory[:] == b"One\n"

    with mmap.mmap(-1, 10) as memory:
        memory[:2] = b"ab"
        assert memory.read(2) == b"ab"


def _no_shared_memory():
    import mmap, tempfile

    with tempfile.TemporaryFile() as file:
        file.write(b"one")
        file.flush()
        try:
            mmap.mmap(file.fileno(), 0).close()
        except OSError:
            return True
    return False


@probe("logging")
def _():
    import io, logging, logging.config, logging.handlers, os, queue, tempfile

    out = io.StringIO()
    logger = logging.getLogger("probe.a")
    logger.propagate = False
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(levelname)s|%(name)s|%(funcName)s|%(lineno)d|{%(message)s}"))
    logger.addHandler(handler)
    logger.setLevel("INFO")
    logger.debug("no")
    logger.warning("%s V", 3.3)
    try:
        1 / 0
    except ZeroDivisionError:
        logger.exception("failed")
    text = out.getvalue()
    assert text.startswith("WARNING|probe.a|_|") and "{3.3 V}" in text and "ZeroDivisionError: division by zero" in text and "no}" not in text
    with tempfile.TemporaryDirectory() as folder:
        rotating = logging.handlers.RotatingFileHandler(os.path.join(folder, "l.txt"), maxBytes=30, backupCount=1)
        logger.addHandler(rotating)
        for number in range(4):
            logger.error("message number %d", number)
        logger.removeHandler(rotating)
        rotating.close()
        assert sorted(os.listdir(folder)) == ["l.txt", "l.txt.1"]
    waiting = queue.Queue()
    logger.addHandler(logging.handlers.QueueHandler(waiting))
    logger.error("queued")
    assert waiting.get_nowait().getMessage() == "queued"
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False, "loggers": {"probe.b": {"level": "ERROR"}}})
    assert logging.getLogger("probe.b").level == logging.ERROR


@probe("warnings")
def _():
    import warnings

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
    assert str(seen[0].message) == "old" and seen[0].category is DeprecationWarning and seen[0].filename.endswith("system.py")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        raises(UserWarning, warnings.warn, "x")


@probe("traceback")
def _():
    import traceback

    def inner():
        raise ValueError("bad") from KeyError("k")

    try:
        inner()
    except ValueError as error:
        text = "".join(traceback.format_exception(error))
        frames = traceback.extract_tb(error.__traceback__)
    assert "The above exception was the direct cause" in text and text.rstrip().endswith("ValueError: bad") and 'raise ValueError("bad")' in text
    assert [frame.name for frame in frames] == ["_", "inner"] and traceback.format_exception_only(KeyError("k")) == ["KeyError: 'k'\n"]
    assert traceback.TracebackException.from_exception(ValueError(1)).exc_type_str == "ValueError" if hasattr(traceback.TracebackException, "exc_type_str") else True
