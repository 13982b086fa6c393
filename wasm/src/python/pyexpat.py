"""XML as `xml.etree` and the others read it: RustPython's parser, and the errors that it keeps to itself."""

import re as _re

import _rehearsal as _door
import _rehearsal_expat as _expat
from _rehearsal_expat import *  # noqa: F401, F403
from _rehearsal_expat import ExpatError

error = ExpatError
# Expat's numbers.
_NO_ELEMENTS, _INVALID_TOKEN = 3, 4
_ENCODING = _re.compile(rb"^(\s*<\?xml[^>]*?)(\sencoding\s*=\s*(\"[^\"]*\"|'[^']*'))")


class _Parser:
    """An `xmlparser` that looks at the whole document once it has ended."""

    def __init__(self, inner):
        object.__setattr__(self, "_inner", inner)
        object.__setattr__(self, "_read", [])

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def __setattr__(self, name, value):
        setattr(self._inner, name, value)

    def Parse(self, data, isfinal=False, /):
        if isinstance(data, str):
            data = data.encode()
            if not self._read:
                # Text has been decoded already, whatever its first line says.
                data = _ENCODING.sub(lambda found: found[1] + b" " * len(found[2]), data)
        self._read.append(bytes(data))
        result = self._inner.Parse(data, isfinal)
        if isfinal:
            self._check()
        return result

    def ParseFile(self, file, /):
        return self.Parse(file.read(), True)

    def _check(self):
        found = _door.xml_error(b"".join(self._read))
        self._read.clear()
        if found is None:
            return
        message, line, column, ended = found
        error = ExpatError(f"{message}: line {line}, column {column}")
        error.code = _NO_ELEMENTS if ended else _INVALID_TOKEN
        error.lineno, error.offset = line, column
        raise error


XMLParserType = _Parser


def ParserCreate(*arguments, **keywords):
    return _Parser(_expat.ParserCreate(*arguments, **keywords))
