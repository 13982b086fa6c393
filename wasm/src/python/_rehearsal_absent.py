"""Why a module of the standard library is missing, and what to do instead."""


def _not_here(module, why):
    return f"the standard library's {module} is not part of Rehearsal's Python: {why}"


def _windows(module):
    return f"{module} is there on Windows only, and test code runs as on a station, which is Linux; ask os.name or sys.platform first"


def _removed(version, instead):
    return f"it was removed from Python in {version}, and Rehearsal's is 3.14; {instead}"


_CURSES = _not_here("curses", "a test has no terminal of its own; print what is to be seen")
_C = "it would call C libraries past the permissions of a run; do it in Python, or in a program of its own"
_TK = "a test has no screen; print what is to be seen, or ask with a prompt step"
_DBM = "it is a C library; dbm.dumb works, and is what dbm.open() takes"

# The compiled modules below some of them go by the name of what is imported.
_REASONS = {
    "_curses": _CURSES,
    "curses": _CURSES,
    "_ctypes": _not_here("ctypes", _C),
    "_sqlite3": _not_here("sqlite3", "it would open files past the permissions of a run; json, csv or shelve keep data in files"),
    "_multiprocessing": _not_here("multiprocessing", "Python cannot be forked; subprocess starts programs, concurrent.futures.ThreadPoolExecutor runs threads"),
    "_posixshmem": _not_here("multiprocessing.shared_memory", "Python cannot be forked; concurrent.futures.ThreadPoolExecutor runs threads, which share all memory"),
    "_tracemalloc": _not_here("tracemalloc", "the interpreter does not keep track of its memory; measure under CPython"),
    "_lsprof": _not_here("_lsprof", "import cProfile, which works without it"),
    "_dbm": _not_here("dbm.ndbm", _DBM),
    "_gdbm": _not_here("dbm.gnu", _DBM),
    "_tkinter": _not_here("tkinter", _TK),
    "readline": _not_here("readline", "there is no line to edit; input() reads one as it is"),
    "syslog": _not_here("syslog", "the machine's log is not test code's; use logging or print()"),
    "ensurepip": _not_here("ensurepip", "nothing is installed; put pure-Python wheels into the package's wheels/ (pip download)"),
    "venv": _not_here("venv", "there are no environments; put pure-Python wheels into the package's wheels/ (pip download)"),
    "aifc": _removed("3.13", "wave reads and writes the other common format"),
    "asynchat": _removed("3.12", "use asyncio"),
    "asyncore": _removed("3.12", "use asyncio"),
    "audioop": _removed("3.13", "array and struct unpack samples"),
    "cgi": _removed("3.13", "use urllib.parse and email.message"),
    "cgitb": _removed("3.13", "use traceback"),
    "chunk": _removed("3.13", "struct reads a chunk's header"),
    "crypt": _removed("3.13", "use hashlib"),
    "distutils": _removed("3.12", "shutil, sysconfig and packaging (a pure-Python wheel) have most of it"),
    "imghdr": _removed("3.13", "compare the first bytes of the file"),
    "imp": _removed("3.12", "use importlib"),
    "lib2to3": _removed("3.13", "use ast, or a pure-Python wheel of parso"),
    "mailcap": _removed("3.13", "use mimetypes"),
    "msilib": _removed("3.13", "it was for Windows only"),
    "nis": _removed("3.13", "there is no replacement"),
    "nntplib": _removed("3.13", "talk to the server by socket"),
    "ossaudiodev": _removed("3.13", "there is no replacement"),
    "pipes": _removed("3.13", "use subprocess and shlex.quote()"),
    "smtpd": _removed("3.12", "a pure-Python wheel of aiosmtpd does the same"),
    "sndhdr": _removed("3.13", "compare the first bytes of the file"),
    "spwd": _removed("3.13", "there is no replacement"),
    "sunau": _removed("3.13", "use wave"),
    "telnetlib": _removed("3.13", "use socket, or a pure-Python wheel of telnetlib3 or standard-telnetlib"),
    "uu": _removed("3.13", "use base64, or binascii.b2a_uu()"),
    "xdrlib": _removed("3.13", "use struct"),
} | {name: _windows(name) for name in ("msvcrt", "nt", "winreg", "winsound", "_winapi", "_overlapped", "_msi")}


def reason(name):
    """Why the module is missing; None for a module of somebody else's."""
    return _REASONS.get(name)
