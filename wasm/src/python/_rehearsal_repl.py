"""The prompt of `rehearse repl`: takes lines one by one, and runs what they make up."""

import builtins
import codeop
import sys
import traceback

_namespace = {"__name__": "__main__", "__doc__": None, "__builtins__": builtins}
_pending = []


def reset():
    """Leaves what was begun."""
    _pending.clear()
    return {"state": "done"}


def push(line):
    """Takes a line: "more" when it is not whole, "exit" with its code when the code wants to leave, else "done"."""
    _pending.append(line)
    source = "\n".join(_pending)
    try:
        # An empty line ends what may go on.
        code = codeop.compile_command(source, "<repl>", "single")
        if code is None and not line and len(_pending) > 1:
            code = compile(source, "<repl>", "single")
    except (SyntaxError, OverflowError, ValueError):
        _pending.clear()
        kind, error, _ = sys.exc_info()
        sys.stderr.write("".join(traceback.format_exception_only(kind, error)))
        return {"state": "done"}
    if code is None:
        return {"state": "more"}
    _pending.clear()
    try:
        exec(code, _namespace)
    except SystemExit as error:
        return {"state": "exit", "code": error.code if isinstance(error.code, int) else 0 if error.code is None else 1}
    except BaseException as error:
        # Without the frame of this function.
        error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
        sys.stderr.write("".join(traceback.format_exception(error)))
    finally:
        sys.stdout.flush()
    return {"state": "done"}
