"""What a process uses and may use; of all that only the processor time is known here."""

import errno as _errno

import _rehearsal as _door
from posix import _Fields

error = OSError
RLIM_INFINITY = -1
RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD = 0, -1, 1
RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS, RLIMIT_NPROC, RLIMIT_NOFILE = range(8)
RLIMIT_MEMLOCK, RLIMIT_AS = 8, 9


class struct_rusage(_Fields):
    _names = (
        "ru_utime", "ru_stime", "ru_maxrss", "ru_ixrss", "ru_idrss", "ru_isrss", "ru_minflt", "ru_majflt", "ru_nswap",
        "ru_inblock", "ru_oublock", "ru_msgsnd", "ru_msgrcv", "ru_nsignals", "ru_nvcsw", "ru_nivcsw",
    )


def getrusage(who):
    if who not in (RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD):
        raise ValueError("invalid who parameter")
    spent = 0.0 if who == RUSAGE_CHILDREN else _door.now(2) / 1e9
    return struct_rusage((spent, 0.0, *(0,) * 14))


def getpagesize():
    return 4096


def getrlimit(resource):
    raise OSError(_errno.ENOSYS, "the limits of the process are not visible to test code")


def setrlimit(resource, limits):
    raise OSError(_errno.EPERM, "the limits of the process are not test code's to change")
