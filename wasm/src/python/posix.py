"""The operating system as test code sees it: thin functions over host requests."""

import _rehearsal as _door
import errno as _errno
import sys as _sys

error = OSError

O_RDONLY, O_WRONLY, O_RDWR = 0, 1, 2
O_CREAT, O_EXCL, O_TRUNC, O_APPEND = 0o100, 0o200, 0o1000, 0o2000
O_NOCTTY, O_NONBLOCK, O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC = 0o400, 0o4000, 0o200000, 0o400000, 0o2000000
F_OK, X_OK, W_OK, R_OK = 0, 1, 2, 4
EX_OK, EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_NOUSER, EX_NOHOST, EX_UNAVAILABLE, EX_SOFTWARE = 0, 64, 65, 66, 67, 68, 69, 70
EX_OSERR, EX_OSFILE, EX_CANTCREAT, EX_IOERR, EX_TEMPFAIL, EX_PROTOCOL, EX_NOPERM, EX_CONFIG = 71, 72, 73, 74, 75, 76, 77, 78
NGROUPS_MAX = 65536
TMP_MAX = 238328
WNOHANG = 1

_have_functions = []
_FOLDER, _FILE, _LINK, _PIPE, _OTHER = 0o040000, 0o100000, 0o120000, 0o010000, 0o020000
_TYPES = {"folder": _FOLDER, "file": _FILE, "link": _LINK, "pipe": _PIPE, "other": _OTHER}

# The one user, and the group, all files belong to.
_USER = 1000

_cwd = "/"
_moved = False


def fspath(path):
    if isinstance(path, (str, bytes)):
        return path
    try:
        found = type(path).__fspath__(path)
    except AttributeError:
        if hasattr(type(path), "__fspath__"):
            raise
        raise TypeError(
            "expected str, bytes or os.PathLike object, not " + type(path).__name__
        ) from None
    if isinstance(found, (str, bytes)):
        return found
    raise TypeError(
        f"expected {type(path).__name__}.__fspath__() to return str or bytes, not {type(found).__name__}"
    )


def _path(path):
    path = fspath(path)
    if isinstance(path, bytes):
        path = path.decode("utf-8", "surrogateescape")
    if not path:
        raise FileNotFoundError(_errno.ENOENT, "No such file or directory", path)
    if "\0" in path:
        raise ValueError("embedded null character")
    if _moved and not path.startswith("/"):
        return f"{_cwd}/{path}"
    return path


def _at(path, function, *arguments):
    """Calls a function of the host with the path; an error names the path as test code gave it."""
    try:
        return function(_path(path), *arguments)
    except OSError as error:
        if error.filename is not None:
            error.filename = fspath(path)
        raise


def _no_dir_fd(dir_fd):
    if dir_fd is not None:
        raise NotImplementedError("dir_fd unavailable on this platform")


def _refuse(what, code=_errno.ENOSYS):
    raise OSError(code, what + " is not available to test code")


class _Fields(tuple):
    """A tuple whose items also have names."""

    _names = ()

    def __getattr__(self, name):
        try:
            return self[type(self)._names.index(name)]
        except ValueError:
            raise AttributeError(name) from None

    def __repr__(self):
        body = ", ".join(f"{name}={value!r}" for name, value in zip(self._names, self))
        return f"os.{type(self).__name__}({body})"

    def __reduce__(self):
        return type(self), (tuple(self),)


class stat_result(_Fields):
    n_fields = 19
    n_sequence_fields = 10
    n_unnamed_fields = 3
    _names = ("st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size")

    def __new__(cls, values, nanoseconds=None):
        self = super().__new__(cls, values)
        self.st_mtime_ns = self[8] * 10**9 if nanoseconds is None else nanoseconds
        return self

    @property
    def st_mtime(self):
        return self.st_mtime_ns / 1e9

    st_atime = st_ctime = st_mtime

    @property
    def st_atime_ns(self):
        return self.st_mtime_ns

    st_ctime_ns = st_atime_ns
    st_blksize = 4096

    @property
    def st_blocks(self):
        return (self.st_size + 511) // 512

    def __reduce__(self):
        return type(self), (tuple(self), self.st_mtime_ns)


class terminal_size(_Fields):
    _names = ("columns", "lines")


class uname_result(_Fields):
    _names = ("sysname", "nodename", "release", "version", "machine")


class times_result(_Fields):
    _names = ("user", "system", "children_user", "children_system", "elapsed")


class statvfs_result(_Fields):
    pass


def _stat_result(found):
    kind, size, modified, mode, device, inode = found
    seconds = modified // 10**9
    values = (_TYPES[kind] | mode, inode, device, 1, _USER, _USER, size, seconds, seconds, seconds)
    return stat_result(values, modified)


def stat(path, *, dir_fd=None, follow_symlinks=True):
    _no_dir_fd(dir_fd)
    if isinstance(path, int):
        return fstat(path)
    return _stat_result(_at(path, _door.stat, follow_symlinks))


def lstat(path, *, dir_fd=None):
    return stat(path, dir_fd=dir_fd, follow_symlinks=False)


def fstat(fd):
    fd = _meant(fd)
    if fd in (0, 1, 2):
        return _stat_result(("other", 0, 0, 0o620, 0, fd + 1))
    return _stat_result(_door.handle_stat(fd))


def access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True):
    try:
        found = stat(path, dir_fd=dir_fd, follow_symlinks=follow_symlinks)
    except OSError:
        return False
    for wanted, bits in ((R_OK, 0o444), (W_OK, 0o222), (X_OK, 0o111)):
        if mode & wanted and not found.st_mode & bits:
            return False
    return True


def _name_like(path, names):
    if isinstance(path, bytes):
        return [name.encode("utf-8", "surrogateescape") for name in names]
    return names


def listdir(path="."):
    path = "." if path is None else fspath(path)
    return _name_like(path, [name for name, _kind in _at(path, _door.list_folder)])


class DirEntry:
    __slots__ = ("name", "path", "_kind")

    def __init__(self, name, path, kind):
        self.name, self.path, self._kind = name, path, kind

    def __fspath__(self):
        return self.path

    def __repr__(self):
        return f"<DirEntry {self.name!r}>"

    def is_symlink(self):
        return self._kind == "link"

    def _is(self, kind, mode, follow):
        if self._kind != "link":
            return self._kind == kind
        if not follow:
            return False
        try:
            return stat(self.path).st_mode & 0o170000 == mode
        except OSError:
            return False

    def is_dir(self, *, follow_symlinks=True):
        return self._is("folder", _FOLDER, follow_symlinks)

    def is_file(self, *, follow_symlinks=True):
        return self._is("file", _FILE, follow_symlinks)

    def is_junction(self):
        return False

    def stat(self, *, follow_symlinks=True):
        return stat(self.path, follow_symlinks=follow_symlinks)

    def inode(self):
        return lstat(self.path).st_ino


class _Scan:
    def __init__(self, entries):
        self._entries = iter(entries)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._entries)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._entries = iter(())


def scandir(path="."):
    path = "." if path is None else fspath(path)
    slash = b"/" if isinstance(path, bytes) else "/"
    start = path if path.endswith(slash) else path + slash
    entries = []
    for name, kind in _at(path, _door.list_folder):
        if isinstance(path, bytes):
            name = name.encode("utf-8", "surrogateescape")
        entries.append(DirEntry(name, start + name, kind))
    return _Scan(entries)


def open(path, flags, mode=0o777, *, dir_fd=None):
    _no_dir_fd(dir_fd)
    return _at(path, _door.open, flags, _allowed(mode))


# The standard streams: further numbers of theirs, and what dup2() put in their place.
_copies, _replaced = {}, {}


def dup(fd, /):
    fd = _copies.get(fd, fd)
    if fd not in (0, 1, 2):
        return _door.duplicate(fd)
    number = 2**30 + len(_copies)
    while number in _copies:
        number += 1
    _copies[number] = fd
    return number


def dup2(fd, fd2, inheritable=True):
    if fd2 not in (0, 1, 2):
        _refuse("os.dup2() to a file or socket")
    if _copies.get(fd, fd) == fd2:
        _replaced.pop(fd2, None)
    else:
        _replaced[fd2] = fd
    return fd2


def _meant(fd):
    return _copies[fd] if fd in _copies else _replaced.get(fd, fd)


def close(fd):
    if fd in _copies:
        del _copies[fd]
    elif fd > 2:
        _pipes.pop(fd, None)
        _door.close(fd)


def closerange(low, high):
    for fd in range(low, high):
        try:
            close(fd)
        except OSError:
            pass


def read(fd, length):
    fd = _meant(fd)
    if fd == 0:
        return _door.input(length)
    try:
        return _door.read(fd, length, None if _pipes.get(fd, True) else 0)
    except TimeoutError:
        raise BlockingIOError(_errno.EAGAIN, "Resource temporarily unavailable") from None


def write(fd, data):
    fd = _meant(fd)
    if fd in (1, 2):
        _door.output(fd, data)
        return len(data)
    blocking = _pipes.get(fd)
    if blocking is None:
        return _door.write(fd, data, None)
    data = memoryview(data).cast("B")
    written = 0
    try:
        while written < len(data):
            written += _door.write(fd, data[written : written + _PIECE], None if blocking else 0)
    except TimeoutError:
        if not written:
            raise BlockingIOError(_errno.EAGAIN, "Resource temporarily unavailable") from None
    return written


# The most that one write to a pipe hands over at once.
_PIECE = 1 << 16
# The ends of pipes, and whether reading or writing them waits.
_pipes = {}


def pipe():
    ends = _door.pipe()
    for fd in ends:
        _pipes[fd] = True
    return ends


def pipe2(flags):
    ends = pipe()
    if flags & O_NONBLOCK:
        for fd in ends:
            _pipes[fd] = False
    return ends


def lseek(fd, position, whence):
    if fd in _pipes:
        raise OSError(_errno.ESPIPE, "Illegal seek")
    return _door.seek(fd, position, whence)


def ftruncate(fd, length):
    _door.truncate(fd, length)


def truncate(path, length):
    fd = open(path, O_WRONLY)
    try:
        ftruncate(fd, length)
    finally:
        close(fd)


def fsync(fd):
    pass


fdatasync = fsync


def isatty(fd):
    return False


def device_encoding(fd):
    return None


def get_inheritable(fd):
    return False


def set_inheritable(fd, inheritable):
    pass


def set_blocking(fd, blocking):
    if fd in _pipes:
        _pipes[fd] = bool(blocking)


def get_blocking(fd):
    return _pipes.get(fd, True)


def mkdir(path, mode=0o777, *, dir_fd=None):
    _no_dir_fd(dir_fd)
    _at(path, _door.make_folder, _allowed(mode))


def rmdir(path, *, dir_fd=None):
    _no_dir_fd(dir_fd)
    _at(path, _door.remove_folder)


def unlink(path, *, dir_fd=None):
    _no_dir_fd(dir_fd)
    _at(path, _door.remove_file)


remove = unlink


def rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None):
    _no_dir_fd(src_dir_fd or dst_dir_fd)
    try:
        _door.rename(_path(src), _path(dst), True)
    except OSError as error:
        error.filename, error.filename2 = fspath(src), fspath(dst)
        raise


replace = rename


def link(src, dst, **_):
    _refuse("os.link", _errno.EPERM)


def symlink(src, dst, target_is_directory=False, *, dir_fd=None):
    _refuse("os.symlink", _errno.EPERM)


def readlink(path, *, dir_fd=None):
    lstat(path)
    raise OSError(_errno.EINVAL, "the target of a link is not visible to test code", path)


def chmod(path, mode, *, dir_fd=None, follow_symlinks=True):
    _no_dir_fd(dir_fd)
    _at(path, _door.set_mode, mode & 0o7777)


def utime(path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True):
    _no_dir_fd(dir_fd)
    if times is not None and ns is not None:
        raise ValueError("utime: you may specify either 'times' or 'ns' but not both")
    if times is not None:
        ns = int(times[0] * 1e9), int(times[1] * 1e9)
    if ns is None:
        now = _door.now(0)
        ns = now, now
    _at(path, _door.set_times, ns[0], ns[1])


# The permission bits that new files and folders do not get.
_mask = 0o022


def umask(mask, /):
    global _mask
    before, _mask = _mask, mask & 0o777
    return before


def _allowed(mode):
    return mode & 0o7777 & ~_mask


def getcwd():
    return _cwd


def getcwdb():
    return _cwd.encode("utf-8", "surrogateescape")


def chdir(path):
    global _cwd, _moved
    found = stat(path)
    if found.st_mode & 0o170000 != _FOLDER:
        raise NotADirectoryError(_errno.ENOTDIR, "not a folder", path)
    from posixpath import normpath

    path = _path(path)
    _cwd = normpath(path if path.startswith("/") else f"{_cwd}/{path}")
    _moved = True


environ = {}

# The host's own, since os.environ changes `environ` itself; and what programs find.
_initial = {}
_variables = {}


def _settle():
    """Takes in what the run is told at its start."""
    global _cwd
    _cwd = _door.cwd
    found = {_bytes(name): _bytes(value) for name, value in _door.environment()}
    for variables in environ, _initial, _variables:
        variables.clear()
        variables.update(found)


def putenv(name, value):
    _variables[_bytes(name)] = _bytes(value)


def unsetenv(name):
    _variables.pop(_bytes(name), None)


def urandom(size):
    return _door.random(size)


def getrandom(size, flags=0):
    return _door.random(size)


# Whether code has looked at what is other in each run (`_rehearsal_ahead`).
asked_for_pid = False


def getpid():
    global asked_for_pid
    asked_for_pid = True
    return _door.pid


def getppid():
    return 1


def getuid():
    return _USER


geteuid = getgid = getegid = getuid


def getlogin():
    _refuse("os.getlogin")


def cpu_count():
    return _door.cpus


process_cpu_count = cpu_count


def sched_getaffinity(pid, /):
    if pid not in (0, _door.pid):
        raise ProcessLookupError(_errno.ESRCH, "No such process")
    return set(range(_door.cpus))


def sched_yield():
    _door.sleep(0)


def uname():
    return uname_result(("Linux", "station", "0", "rehearse", "x86_64"))


def times():
    cpu = _door.now(2) / 1e9
    return times_result((cpu, 0.0, 0.0, 0.0, _door.now(1) / 1e9))


def get_terminal_size(fd=1):
    raise OSError(_errno.ENOTTY, "not a terminal")


def strerror(code):
    return _STRINGS.get(code, f"Unknown error {code}")


_STRINGS = {
    getattr(_errno, name): text
    for name, text in (
        ("EPERM", "Operation not permitted"),
        ("ENOENT", "No such file or directory"),
        ("ESRCH", "No such process"),
        ("EINTR", "Interrupted system call"),
        ("EIO", "Input/output error"),
        ("EBADF", "Bad file descriptor"),
        ("ECHILD", "No child processes"),
        ("EAGAIN", "Resource temporarily unavailable"),
        ("ENOMEM", "Cannot allocate memory"),
        ("EACCES", "Permission denied"),
        ("EBUSY", "Device or resource busy"),
        ("EEXIST", "File exists"),
        ("EXDEV", "Invalid cross-device link"),
        ("ENODEV", "No such device"),
        ("ENOTDIR", "Not a directory"),
        ("EISDIR", "Is a directory"),
        ("EINVAL", "Invalid argument"),
        ("EMFILE", "Too many open files"),
        ("ENOTTY", "Inappropriate ioctl for device"),
        ("EFBIG", "File too large"),
        ("ENOSPC", "No space left on device"),
        ("ESPIPE", "Illegal seek"),
        ("EROFS", "Read-only file system"),
        ("EPIPE", "Broken pipe"),
        ("ERANGE", "Numerical result out of range"),
        ("ENAMETOOLONG", "File name too long"),
        ("ENOSYS", "Function not implemented"),
        ("ENOTEMPTY", "Directory not empty"),
        ("EADDRINUSE", "Address already in use"),
        ("EADDRNOTAVAIL", "Cannot assign requested address"),
        ("ENETUNREACH", "Network is unreachable"),
        ("ECONNABORTED", "Software caused connection abort"),
        ("ECONNRESET", "Connection reset by peer"),
        ("EISCONN", "Transport endpoint is already connected"),
        ("ENOTCONN", "Transport endpoint is not connected"),
        ("ETIMEDOUT", "Connection timed out"),
        ("ECONNREFUSED", "Connection refused"),
        ("EHOSTUNREACH", "No route to host"),
    )
    if hasattr(_errno, name)
}


def waitstatus_to_exitcode(status):
    return -(status & 0x7F) if status & 0x7F else status >> 8


class _Leave(SystemExit):
    """An end that runs no atexit functions."""


_Leave.__name__ = _Leave.__qualname__ = "SystemExit"
_Leave.__module__ = "builtins"

def _exit(status):
    """Ends the step or the script."""
    raise _Leave(status)


def abort():
    raise SystemExit("os.abort() was called")


# The host's handles of the programs by their number: of those nobody has waited for, and of all.
_children = {}
_programs = {}


def _bytes(text):
    text = fspath(text)
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text


def _text(text):
    text = fspath(text)
    text = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
    if "\0" in text:
        raise ValueError("embedded null byte")
    return text


def _spawn(program, arguments, folder, environment, streams, session):
    """Starts a program and gives its number; `environment` are the bytes of names and values, or None for the own one."""
    variables = _variables if environment is None else environment
    # The difference is sent, so that the record of a run does not hold everything.
    inherit = any(_initial.get(name) == value for name, value in variables.items())
    remove = [_text(name) for name in _initial if name not in variables] if inherit else []
    changed = variables.items() - _initial.items() if inherit else variables.items()
    changed = [_text(text) for pair in sorted(changed) for text in pair]
    arguments = list(map(_text, arguments))
    if program == _sys.executable:
        # It is a Python by this subcommand.
        arguments.insert(1, "python")
    names = [_text(program), _path("." if folder is None else folder), *arguments]
    handle, pid = _door.spawn(names, inherit, remove, changed, streams, session)
    _children[pid] = _programs[pid] = handle
    return pid


def execv(path, argv, /):
    _refuse("os.exec…(), which would put a program in place of the run,")


def execve(path, argv, env):
    execv(path, argv)


def system(command):
    return waitpid(_spawn("/bin/sh", ["sh", "-c", command], None, None, [-1, -1, -1], False), 0)[1]


def waitpid(pid, options):
    if pid <= 0:
        return _wait_any(options)
    handle = _children.get(pid)
    if handle is None:
        raise ChildProcessError(_errno.ECHILD, "No child processes")
    try:
        code, signal = _door.wait_program(handle, 0 if options & WNOHANG else None)
    except TimeoutError:
        return 0, 0
    _children.pop(pid, None)
    return pid, code << 8 | signal


def _wait_any(options):
    while _children:
        for pid in list(_children):
            found = waitpid(pid, WNOHANG)
            if found[0]:
                return found
        if options & WNOHANG:
            return 0, 0
        _door.sleep(10_000_000)
    raise ChildProcessError(_errno.ECHILD, "No child processes")


def wait():
    return waitpid(-1, 0)


def kill(pid, signal):
    if pid < -1:
        return killpg(-pid, signal)
    if pid not in _programs:
        raise PermissionError(_errno.EPERM, "os.kill() of what test code has not started is not available to it")
    if pid not in _children:
        raise ProcessLookupError(_errno.ESRCH, "No such process")
    try:
        _door.signal(_children[pid], signal, False)
    except ProcessLookupError:
        # It has ended, and its number is its own until somebody has waited for it.
        pass


def killpg(pgid, signal):
    if pgid not in _programs:
        raise PermissionError(_errno.EPERM, "os.killpg() of what test code has not started is not available to it")
    _door.signal(_programs[pgid], signal, True)


def getpgid(pid):
    """Every program leads a group of its own."""
    if pid in (0, _door.pid):
        return _door.pid
    if pid not in _children:
        raise ProcessLookupError(_errno.ESRCH, "No such process")
    return pid


getsid = getpgid


def getpgrp():
    return _door.pid


def setsid():
    """For `preexec_fn`; test code itself stays where it is."""
    raise PermissionError(_errno.EPERM, "Operation not permitted")


def setpgrp():
    """For `preexec_fn`; test code itself stays where it is."""
    raise PermissionError(_errno.EPERM, "Operation not permitted")


def WIFSTOPPED(status):
    return False


def WSTOPSIG(status):
    return status >> 8


def WIFSIGNALED(status):
    return bool(status & 0x7F)


def WTERMSIG(status):
    return status & 0x7F


def WIFEXITED(status):
    return not status & 0x7F


def WEXITSTATUS(status):
    return status >> 8
