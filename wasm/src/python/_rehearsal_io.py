"""Files and the standard streams, over host requests."""

import _io
import _rehearsal as _door
import _thread
import builtins
import posix
import sys

_FLAGS = {
    "r": posix.O_RDONLY,
    "w": posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC,
    "a": posix.O_WRONLY | posix.O_CREAT | posix.O_APPEND,
    "x": posix.O_WRONLY | posix.O_CREAT | posix.O_EXCL,
}


class FileIO(_io._RawIOBase):
    """The raw file under the buffered readers and writers."""

    _fd = -1

    def __init__(self, file, mode="r", closefd=True, opener=None):
        if isinstance(file, float):
            raise TypeError("integer argument expected, got float")
        kind = mode.replace("b", "").replace("+", "")
        if kind not in _FLAGS:
            raise ValueError(f"Must have exactly one of create/read/write/append mode and at most one plus")
        flags = _FLAGS[kind]
        plus = "+" in mode
        if plus:
            flags = flags & ~3 | posix.O_RDWR
        self._reads = plus or kind == "r"
        self._writes = plus or kind != "r"
        self._kind = kind
        self._plus = plus
        self.closefd = closefd
        self.name = file
        if isinstance(file, int):
            if file < 0:
                raise ValueError("negative file descriptor")
            if not isinstance(file, bool):
                posix.fstat(file)
            self._fd = int(file)
        else:
            if not closefd:
                raise ValueError("Cannot use closefd=False with file name")
            self._fd = posix.open(file, flags, 0o666) if opener is None else opener(file, flags)
            if not isinstance(self._fd, int):
                raise TypeError("expected integer from opener")
            if self._fd < 0:
                raise ValueError(f"opener returned {self._fd}")
            if posix.fstat(self._fd).st_mode & 0o170000 == 0o040000:
                posix.close(self._fd)
                self._fd = -1
                raise IsADirectoryError(21, "Is a directory", file)
        if kind == "a":
            posix.lseek(self._fd, 0, 2)

    @property
    def mode(self):
        if self._kind == "x":
            return "xb+" if self._plus else "xb"
        if self._kind == "a":
            return "ab+" if self._plus else "ab"
        if self._plus:
            return "rb+"
        return "rb" if self._reads else "wb"

    def __repr__(self):
        name = type(self).__module__ + "." + type(self).__qualname__
        if self.closed:
            return f"<{name} [closed]>"
        return f"<{name} name={self.name!r} mode={self.mode!r} closefd={self.closefd!r}>"

    def _check(self):
        if self.closed:
            raise ValueError("I/O operation on closed file")

    def _check_reads(self):
        self._check()
        if not self._reads:
            raise _io.UnsupportedOperation("File not open for reading")

    def _check_writes(self):
        self._check()
        if not self._writes:
            raise _io.UnsupportedOperation("File not open for writing")

    def read(self, size=-1):
        self._check_reads()
        if size is None or size < 0:
            return self.readall()
        try:
            return posix.read(self._fd, size)
        except BlockingIOError:
            return None

    def readall(self):
        self._check_reads()
        parts = []
        try:
            while part := posix.read(self._fd, 1 << 20):
                parts.append(part)
        except BlockingIOError:
            if not parts:
                return None
        return b"".join(parts)

    def readinto(self, buffer):
        self._check_reads()
        view = memoryview(buffer).cast("B")
        try:
            data = posix.read(self._fd, len(view))
        except BlockingIOError:
            return None
        view[: len(data)] = data
        return len(data)

    def write(self, data):
        self._check_writes()
        try:
            return posix.write(self._fd, data)
        except BlockingIOError:
            return None

    def seek(self, position, whence=0):
        self._check()
        return posix.lseek(self._fd, position, whence)

    def tell(self):
        self._check()
        return posix.lseek(self._fd, 0, 1)

    def truncate(self, size=None):
        self._check_writes()
        size = self.tell() if size is None else size
        posix.ftruncate(self._fd, size)
        return size

    def close(self):
        if self.closed:
            return
        try:
            super().close()
        finally:
            if self.closefd and self._fd >= 0:
                posix.close(self._fd)
            self._fd = -1

    def readable(self):
        self._check()
        return self._reads

    def writable(self):
        self._check()
        return self._writes

    def seekable(self):
        self._check()
        return self._fd > 2 and self._fd not in posix._pipes

    def fileno(self):
        self._check()
        return self._fd

    def isatty(self):
        self._check()
        return False


def open(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    if not isinstance(file, int):
        file = posix.fspath(file)
    if not isinstance(mode, str):
        raise TypeError(f"open() argument 'mode' must be str, not {type(mode).__name__}")
    modes = set(mode)
    if modes - set("axrwb+t") or len(mode) > len(modes):
        raise ValueError(f"invalid mode: {mode!r}")
    binary, text = "b" in modes, "t" in modes
    kinds = modes & set("axrw")
    if text and binary:
        raise ValueError("can't have text and binary mode at once")
    if len(kinds) != 1:
        raise ValueError("must have exactly one of create/read/write/append mode")
    if binary:
        for name, value in (("encoding", encoding), ("errors", errors), ("newline", newline)):
            if value is not None:
                raise ValueError(f"binary mode doesn't take {'an' if name[0] == 'e' else 'a'} {name} argument")
    if buffering == 0 and not binary:
        raise ValueError("can't have unbuffered text I/O")
    raw = FileIO(file, "".join(kinds) + ("+" if "+" in modes else ""), closefd, opener)
    result = raw
    try:
        if buffering == 0:
            return result
        size = buffering if buffering > 1 else _io.DEFAULT_BUFFER_SIZE
        if "+" in modes:
            result = _io.BufferedRandom(raw, size)
        elif "r" in modes:
            result = _io.BufferedReader(raw, size)
        else:
            result = _io.BufferedWriter(raw, size)
        if binary:
            return result
        result = _io.TextIOWrapper(result, encoding or "utf-8", errors, newline, buffering == 1)
        result.mode = mode
        return result
    except BaseException:
        result.close()
        raise


def open_code(path):
    return open(path, "rb")


class _Bytes(_io._BufferedIOBase):
    """`sys.stdout.buffer`."""

    def __init__(self, text):
        self._text = text

    def writable(self):
        return True

    def write(self, data):
        data = bytes(data)
        self._text.write_bytes(data)
        return len(data)

    def flush(self):
        self._text.flush()

    def fileno(self):
        return self._text.fileno()

    def isatty(self):
        return self._text.isatty()


class Output(_io._TextIOBase):
    """A standard stream whose lines go to the host as they are finished."""

    encoding = "utf-8"
    errors = "backslashreplace"
    line_buffering = True
    newlines = None
    mode = "w"

    def __init__(self, fd, name):
        self._fd = fd
        self.name = name
        self._lock = _thread.RLock()
        self._terminal = False
        self._flushes = False
        # What a thread has printed of a line it has not finished.
        self._rest = {}

    @property
    def buffer(self):
        return _Bytes(self)

    def writable(self):
        return True

    def fileno(self):
        return self._fd

    def isatty(self):
        return self._terminal

    def at_once(self, terminal):
        """From now on flush() hands over unfinished lines too, and stderr does not wait for one."""
        self._terminal = terminal
        self._flushes = True

    def reconfigure(self, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None):
        if encoding not in (None, "utf-8", "locale"):
            import codecs

            if codecs.lookup(encoding).name != "utf-8":
                raise _io.UnsupportedOperation(f"{self.name} is written as UTF-8, not as {encoding}; write() encoded bytes to its buffer")

    def _check(self):
        if self.closed:
            raise ValueError("I/O operation on closed file.")

    def write(self, text):
        self._check()
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        me = _thread.get_ident()
        lines, newline, rest = text.rpartition("\n")
        with self._lock:
            before = self._rest.pop(me, "")
            if newline:
                whole = before + lines + newline
                if rest:
                    self._rest[me] = rest
            else:
                self._rest[me] = before + rest
                whole = ""
        if whole:
            _door.output(self._fd, whole)
        if self._flushes and self._fd == 2:
            self.drain()
        return len(text)

    def write_bytes(self, data):
        """Writes what need not be text; a step's output is put together of lines, so it is there."""
        self._check()
        if self._flushes:
            self.drain()
            _door.output(self._fd, data)
        else:
            self.write(data.decode("utf-8", "backslashreplace"))

    def drain(self):
        """Hands over lines that have no newline yet."""
        with self._lock:
            rests, self._rest = self._rest, {}
        for rest in rests.values():
            if rest:
                _door.output(self._fd, rest)

    def flush(self):
        if self._flushes:
            self.drain()


class _Input(_io._TextIOBase):
    """Standard input of a test: there is none."""

    encoding = "utf-8"
    errors = "strict"
    name = "<stdin>"
    mode = "r"

    def readable(self):
        return True

    def read(self, size=-1):
        return ""

    def readline(self, size=-1):
        return ""

    def fileno(self):
        return 0

    def isatty(self):
        return False


_io.FileIO = FileIO
_io.open = builtins.open = open
_io.open_code = open_code
FileIO.__module__ = open.__module__ = "_io"
sys.stdout = sys.__stdout__ = Output(1, "<stdout>")
sys.stderr = sys.__stderr__ = Output(2, "<stderr>")
sys.stdin = sys.__stdin__ = _Input()
