"""Calls on open files."""

import errno as _errno

import posix as _posix

F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_SETOWN, F_GETOWN = range(10)
F_RDLCK, F_WRLCK, F_UNLCK = 0, 1, 2
FD_CLOEXEC = 1
LOCK_SH, LOCK_EX, LOCK_NB, LOCK_UN = 1, 2, 4, 8


def _number(fd):
    return fd if isinstance(fd, int) else fd.fileno()


def fcntl(fd, cmd, arg=0):
    fd = _number(fd)
    if cmd == F_GETFD:
        return 0 if _posix.get_inheritable(fd) else FD_CLOEXEC
    if cmd == F_SETFD:
        _posix.set_inheritable(fd, not arg & FD_CLOEXEC)
        return 0
    if cmd == F_GETFL:
        return _posix.O_RDWR | (0 if _posix.get_blocking(fd) else _posix.O_NONBLOCK)
    if cmd == F_SETFL:
        _posix.set_blocking(fd, not arg & _posix.O_NONBLOCK)
        return 0
    raise OSError(_errno.EINVAL, f"fcntl.fcntl() with command {cmd} is not available to test code")


def ioctl(fd, request, arg=0, mutate_flag=True):
    _number(fd)
    raise OSError(_errno.ENOTTY, "fcntl.ioctl() reaches devices, which test code cannot open")


def flock(fd, operation):
    _number(fd)
    if not operation & (LOCK_SH | LOCK_EX | LOCK_UN):
        raise OSError(_errno.EINVAL, "Invalid argument")
    _unlock_only("flock", operation)


def lockf(fd, cmd, len=0, start=0, whence=0):
    _number(fd)
    if not cmd & (LOCK_SH | LOCK_EX | LOCK_UN):
        raise ValueError("unrecognized lockf argument")
    _unlock_only("lockf", cmd)


def _unlock_only(name, operation):
    if not operation & LOCK_UN:
        raise OSError(_errno.ENOLCK, f"fcntl.{name}() is not available to test code: open(path, 'x') makes a lock file")
