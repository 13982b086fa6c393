"""One probe for each module: a few lines that use it, and hold under CPython too."""

import sys
from collections import namedtuple

Probe = namedtuple("Probe", "run differences")
Difference = namedtuple("Difference", "note shown sandboxed")

# The sandbox is a machine of 32 bits.
SANDBOX = sys.maxsize == 2**31 - 1

found = {}


def probe(name, *differences):
    """Registers a function that uses the module `name` and raises when something is wrong."""

    def register(run):
        assert name not in found, name
        found[name] = Probe(run, differences)
        return run

    return register


def differs(note, shown):
    """What differs from CPython, and a function that is true here and false (or raises) there."""
    return Difference(note, shown, False)


def differs_in_the_sandbox(note, shown):
    """What differs there only, and a function that is true there."""
    return Difference(note, shown, True)


def true(question):
    try:
        return bool(question())
    except Exception:
        return False


def raises(kinds, action, *arguments, **keywords):
    """The exception that the call raises; an AssertionError where it raises none."""
    try:
        action(*arguments, **keywords)
    except kinds as error:
        return error
    raise AssertionError(f"{action} raised nothing")


# Part of CPython 3.11 and gone by 3.14, and those of another operating system.
_OLD = """aifc asynchat asyncore audioop cgi cgitb chunk crypt distutils imghdr imp lib2to3 mailcap msilib nis nntplib ossaudiodev pipes
smtpd sndhdr spwd sunau telnetlib uu xdrlib msvcrt nt winreg winsound""".split()
# New since 3.11. Some interpreters leave them out of sys.stdlib_module_names.
_NEW = ["annotationlib", "compression"]
# Programs of their own, which nothing imports.
_NOT_FOR_IMPORT = {"antigravity", "this", "idlelib", "turtledemo", "test"}


def names():
    own = {name for name in sys.stdlib_module_names if not name.startswith("_")}
    return sorted((own | {*_OLD, *_NEW, *found} | {"__future__"}) - _NOT_FOR_IMPORT)


from . import concurrency, data, files, formats, importing, internet, language, numeric, system, text, tools  # noqa: E402, F401
