"""The debugger's side within the interpreter: stops code where it was asked to, and answers questions about what stands still.

It speaks with the host by `_door.debug(said)`, in dictionaries: what is said is an event or an answer, what comes back is a command, until one
lets the code go on."""

import sys
from _thread import allocate_lock as _allocate_lock, get_ident as _get_ident

import _rehearsal as _door

_monitoring = sys.monitoring
_TOOL = _monitoring.DEBUGGER_ID
_EVENTS = _monitoring.events

# Characters of a value that are shown.
_CLIP = 400
# Children of a value that are shown at once.
_MOST = 1000

_files = {}
"""File → the code objects of it that were loaded, each with its lines."""
_sources = {}
"""File → the module that was loaded from it, and its source."""
_breakpoints = {}
"""File → line → breakpoint."""
_placed = {}
"""The same, by the lines where they really are."""
_hits = {}
"""Breakpoint's number → how often it was come to."""
_functions = {}
"""Name of a function → breakpoint."""
_raised = False
"""Whether exceptions stop where they are raised."""
_step = None
"""How the code goes on: None, or (how, frame, thread)."""
_watched = set()
"""Code objects that stop at each line while the code steps."""
_entering = None
"""The frame that was just entered by a step, and is to stop at its first line."""
_last_exception = None
_objects = []
"""What has children to show, by its number less one; as long as the code stands still."""
_called = None
"""The frame that was just entered of a function with a breakpoint."""
_busy = None
"""The thread in which the debugger's own code runs, which nothing stops."""
_standing = _allocate_lock()
"""Held while a thread stands still: one at a time."""
_trail = None
"""While lines are counted: how deep each line of the user's code was that this call has come to."""
_until = None
"""Which of those lines it stops at, whatever else is asked for."""
_silent = False
"""Whether breakpoints only count: this part of the run was seen before."""


def begin():
    """Called once, before any code of the user's."""
    from _frozen_importlib_external import SourceLoader

    _monitoring.use_tool_id(_TOOL, "rehearse")
    _monitoring.register_callback(_TOOL, _EVENTS.LINE, _at_line)
    _monitoring.register_callback(_TOOL, _EVENTS.PY_START, _at_start)
    _monitoring.register_callback(_TOOL, _EVENTS.PY_RESUME, _at_start)
    _monitoring.register_callback(_TOOL, _EVENTS.RAISE, _at_raise)
    original = SourceLoader.get_code

    def get_code(self, fullname):
        code = original(self, fullname)
        if code is not None:
            _load(code)
            _sources[code.co_filename] = fullname, self.get_data(code.co_filename)
        return code

    SourceLoader.get_code = get_code
    sys.breakpointhook = breakpointhook


def pause():
    """Stops where the code is, or at the next line of the user's."""
    if _busy != _get_ident():
        frame = sys._getframe(1)
        while frame is not None and not _is_own(frame.f_code):
            frame = frame.f_back
        if frame is not None:
            _stop("pause", _stack(frame), {})


def call_begins():
    """Before each function of a step: takes over what was changed since, and stops at its first line where that was asked for."""
    global _step
    _obey(_door.debug({"event": "call"}))


def call_ends():
    """The function of a step has ended; whoever stepped through it goes on in the next one."""
    global _step, _entering, _trail, _until
    ended = _step is not None
    _trail = _until = None
    _go(None, None)
    _entering = None
    _door.debug({"event": "end", "stepping": ended})


def uncaught(exception):
    """An exception leaves the function of a step."""
    if _silent:
        return
    traceback = exception.__traceback__
    frames = []
    while traceback is not None:
        frames.append((traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    frames.reverse()
    own = [its for its in frames if _is_own(its[0].f_code)]
    if own:
        _stop("uncaught", frames, {"exception": _described(exception), "class": _name(type(exception))})


def breakpointhook(*args, **kwargs):
    """What breakpoint() does."""
    if _busy != _get_ident() and not _silent:
        _stop("breakpoint()", _stack(sys._getframe(1)), {})


# What is loaded


def _load(code):
    file = code.co_filename
    if "/" not in file:
        return
    found = _files.setdefault(file, [])
    pending = [code]
    while pending:
        one = pending.pop()
        found.append((one, frozenset(line for _, _, line in one.co_lines() if line)))
        pending.extend(its for its in one.co_consts if type(its) is type(code))
    _apply(file)


def _refresh():
    """Gives functions the code that their files have by now; what modules have kept stays, and the rest of their code does not run again."""
    for file, (name, source) in list(_sources.items()):
        module = sys.modules.get(name)
        try:
            with open(file, "rb") as opened:
                edited = opened.read()
        except OSError:
            continue
        if edited == source or module is None:
            continue
        code = compile(edited, file, "exec")
        _files.pop(file, None)
        _load(code)
        _sources[file] = name, edited
        codes = {one.co_qualname: one for one, _ in _files[file] if one is not code}
        known = set()
        for function in _functions_of(vars(module), name):
            known.add(function.__qualname__)
            new = codes.get(function.__qualname__)
            if new is not None and new.co_freevars == function.__code__.co_freevars:
                function.__code__ = new
        for qualname, new in codes.items():
            if qualname not in known and qualname.isidentifier() and new in code.co_consts and qualname in code.co_names:
                vars(module).setdefault(qualname, type(_refresh)(new, vars(module), qualname))


def _functions_of(names, module):
    """Its functions, and those of its classes."""
    for value in list(names.values()):
        for function in (value, getattr(value, "__func__", None), *(getattr(value, its, None) for its in ("fget", "fset", "fdel"))):
            if isinstance(function, type(_refresh)) and function.__module__ == module:
                yield function
        if isinstance(value, type) and value.__module__ == module:
            yield from _functions_of(vars(value), module)


def _apply(file):
    """Watches those code objects of a file that have something to stop at, and no others."""
    breaks = _placed[file] = _place(file)
    for code, lines in _files.get(file, ()):
        wanted = _trail is not None or code in _watched or not lines.isdisjoint(breaks) or _is_stopped(code)
        events = _EVENTS.LINE if wanted else 0
        if _is_stopped(code):
            events |= _EVENTS.PY_START
        _monitoring.set_local_events(_TOOL, code, events)


def _place(file):
    """The breakpoints of a file, each at the first line with code from where it was asked for on."""
    loaded = _files.get(file)
    if loaded is None:
        return _breakpoints.get(file, {})
    lines = sorted(set().union(*(lines for _, lines in loaded)))
    placed = {}
    for line, one in _breakpoints.get(file, {}).items():
        found = next((its for its in lines if its >= line), None)
        if found is not None:
            placed[found] = one
    return placed


def _is_stopped(code):
    return bool(_functions) and (code.co_qualname in _functions or code.co_name in _functions)


def _is_own(code):
    """Whether code is the user's: neither the standard library's nor a wheel's nor ours."""
    file = code.co_filename
    return "/" in file and ".whl/" not in file


# Where it stops


def _at_line(code, line):
    global _entering, _called
    if _busy == _get_ident():
        return
    frame = sys._getframe(1)
    if _trail is not None and _is_own(code):
        _trail.append(_depth(frame))
        if len(_trail) == _until:
            return _stop("back", _stack(frame), {})
    if _entering is frame:
        _entering = None
        return _stop("step", _stack(frame), {})
    if _step is not None and _step_ends(frame):
        return _stop("step", _stack(frame), {})
    found = _placed.get(code.co_filename, {}).get(line)
    if _called is frame:
        _called = None
        found = found or _functions.get(code.co_qualname) or _functions.get(code.co_name)
    if found is not None:
        return _come_to(found, frame)
    if _is_stopped(code):
        return None
    # This line says nothing any more, until something changes.
    return None if _step is not None or _trail is not None else _monitoring.DISABLE


def _depth(frame):
    depth = 0
    while frame is not None:
        depth += 1
        frame = frame.f_back
    return depth


def _place_in_trail():
    """The number of the line it stands at, and of the one before it in the same function or further out."""
    if not _trail:
        return {}
    here = len(_trail)
    earlier = (number for number in range(here - 1, 0, -1) if _trail[number - 1] <= _trail[-1])
    return {"line": here, "back": next(earlier, None)}


def _come_to(found, frame):
    """A breakpoint: stops, says something, or lets it pass."""
    with _standing:
        detail = _judge(found, frame)
    if detail is not None:
        _stop("breakpoint", _stack(frame), {**detail, "number": found["number"]})


def _judge(found, frame):
    """What there is to say when it stops; None when it does not."""
    global _busy
    _busy = _get_ident()
    try:
        condition = found.get("condition")
        if condition:
            try:
                holds = eval(condition, _names(frame))
            except Exception as error:
                # Whoever set it wants to know.
                return None if _silent else {"error": f"{condition}: {_name(type(error))}: {error}"}
            if not holds:
                return None
        number = found["number"]
        _hits[number] = _hits.get(number, 0) + 1
        if not _counts(found.get("hits"), _hits[number]) or _silent:
            return None
        if found.get("log") is not None:
            _door.debug({"event": "log", "text": _filled(found["log"], frame), "number": number})
            return None
        return {}
    finally:
        _busy = None


def _counts(rule, hits):
    """Whether it stops for the nth time: `5`, `>= 5`, `% 5` and the like."""
    if not rule:
        return True
    for sign, holds in (
        (">=", lambda wanted: hits >= wanted),
        ("<=", lambda wanted: hits <= wanted),
        ("==", lambda wanted: hits == wanted),
        (">", lambda wanted: hits > wanted),
        ("<", lambda wanted: hits < wanted),
        ("%", lambda wanted: wanted and hits % wanted == 0),
        ("", lambda wanted: hits == wanted),
    ):
        if rule.strip().startswith(sign):
            number = rule.strip()[len(sign) :].strip()
            return not number.isdigit() or bool(holds(int(number)))


def _filled(text, frame):
    """A log text with the values of the expressions in its braces."""
    parts = []
    rest = text
    while "{" in rest:
        before, _, rest = rest.partition("{")
        expression, closed, rest = rest.partition("}")
        parts.append(before)
        if not closed:
            parts.append("{" + expression)
            break
        try:
            parts.append(str(eval(expression, _names(frame))))
        except Exception as error:
            parts.append(f"{{{expression}: {_name(type(error))}: {error}}}")
    return "".join(parts) + rest


def _names(frame):
    """What an expression finds, in functions of its own, too."""
    return {**frame.f_globals, **frame.f_locals}


def _at_start(code, offset):
    """A function begins, or goes on: while a step goes into functions, or when it has a breakpoint itself."""
    global _entering, _called
    if _busy == _get_ident():
        return
    if _is_stopped(code):
        _called = sys._getframe(1)
    if _step is None or _step[0] != "in" or _step[2] not in (None, _get_ident()):
        return
    # The step's function is meant, not the import before it.
    if _is_own(code) and not (_step[1] is None and code.co_name == "<module>"):
        _watched.add(code)
        _monitoring.set_local_events(_TOOL, code, _EVENTS.LINE)
        _entering = sys._getframe(1)


def _at_raise(code, offset, exception):
    global _last_exception
    # It comes to every frame on its way.
    if _busy == _get_ident() or _silent or exception is _last_exception or not _is_own(code):
        return
    if isinstance(exception, (StopIteration, StopAsyncIteration, GeneratorExit)):
        return
    _last_exception = exception
    detail = {"exception": _described(exception), "class": _name(type(exception))}
    _stop("raised", _stack(sys._getframe(1)), detail)


def _step_ends(frame):
    how, start, thread = _step
    if start is None or thread != _get_ident():
        return False
    if how != "out" and frame is start:
        return True
    # Deeper calls are passed over; once the frame has returned, the one that called it stops.
    current = frame
    while current is not None:
        if current is start:
            return False
        current = current.f_back
    return True


def _go(how, frame):
    """How the code goes on from here."""
    global _step
    changed = {code.co_filename for code in _watched}
    _watched.clear()
    _step = None if how is None else (how, frame, _get_ident())
    current = None if how is None else frame if how != "out" else frame.f_back
    while current is not None:
        if _is_own(current.f_code):
            _watched.add(current.f_code)
            changed.add(current.f_code.co_filename)
        current = current.f_back
    for file in changed:
        _apply(file)
    for code in _watched:
        _monitoring.set_local_events(_TOOL, code, _EVENTS.LINE)
    _tell_events()
    _monitoring.restart_events()


def _tell_events():
    events = 0
    if _step is not None and _step[0] == "in":
        events |= _EVENTS.PY_START | _EVENTS.PY_RESUME
    if _raised:
        events |= _EVENTS.RAISE
    _monitoring.set_events(_TOOL, events)


# While it stands still


def _stack(frame):
    frames = []
    while frame is not None:
        frames.append((frame, frame.f_lineno))
        frame = frame.f_back
    return frames


def _stop(why, frames, detail):
    """Stands still until a command lets it go on."""
    with _standing:
        _stand(why, frames, detail)


def _stand(why, frames, detail):
    global _busy, _last_exception, _trail, _until
    _busy = _get_ident()
    try:
        frames = [its for its in frames if its[0].f_globals is not globals()]
        said = {"event": "stopped", "why": why, "frames": _shown(frames), **_place_in_trail(), **detail}
        command = _door.debug(said)
        while command["do"] != "resume":
            try:
                answer = _COMMANDS[command["do"]](frames, command)
            except BaseException as error:
                answer = {"error": f"{_name(type(error))}: {error}".rstrip(": ")}
            command = _door.debug({"event": "answer", **answer})
        _objects.clear()
        _last_exception = None if why == "uncaught" else _last_exception
        how = command.get("how")
        if command.get("count") and _trail is None:
            _trail = []
        _until = command.get("until")
        if "breakpoints" in command:
            _set_breakpoints(frames, command)
        if why != "uncaught" and how != "keep":
            _go(how if how != "continue" else None, frames[0][0])
    finally:
        _busy = None


def _shown(frames):
    return [
        {"name": frame.f_code.co_qualname, "file": frame.f_code.co_filename, "line": line, "own": _is_own(frame.f_code)}
        for frame, line in frames
    ]


def _obey(command):
    """Takes over what the host wants before a call."""
    global _step, _trail, _until
    _trail = [] if command.get("count") else None
    _until = command.get("until")
    if command.get("how") == "in":
        _step = ("in", None, None)
    if command.get("refresh"):
        _refresh()
    _set_breakpoints(None, command)


def _set_breakpoints(frames, command):
    global _raised, _silent
    changed = set(_breakpoints)
    _breakpoints.clear()
    _functions.clear()
    for one in command.get("breakpoints", ()):
        if one.get("function"):
            _functions[one["function"]] = one
        else:
            _breakpoints.setdefault(one["file"], {})[one["line"]] = one
    _raised = bool(command.get("raised"))
    _silent = bool(command.get("silent"))
    # A function can be in any file.
    for file in changed | set(_breakpoints) | set(_files):
        _apply(file)
    _tell_events()
    _monitoring.restart_events()
    return {}


def _frame(frames, command):
    return frames[command.get("frame", 0)][0]


def _evaluate(frames, command):
    frame = _frame(frames, command)
    text = command["text"]
    try:
        code = compile(text, "<debugger>", "eval")
        only = ":=" not in text
    except SyntaxError:
        if command.get("only"):
            raise
        code = compile(text, "<debugger>", "exec")
        only = False
    names = (_names(frame),) if only else (frame.f_globals, frame.f_locals)
    value = eval(code, *names)
    return {"value": _value("", value)}


def _assign(frames, command):
    """Sets a variable, an item or an attribute: whatever may stand on the left of `=`."""
    frame = _frame(frames, command)
    value = eval(compile(command["text"], "<debugger>", "eval"), _names(frame))
    target = command["name"]
    if command.get("of"):
        container = _objects[command["of"] - 1]
        return _assign_in(container, target, value)
    if command.get("globals"):
        frame.f_globals[target] = value
    elif target.isidentifier():
        scope = frame.f_locals if target in frame.f_locals or target not in frame.f_globals else frame.f_globals
        scope[target] = value
    else:
        frame.f_globals["__rehearsal_value"] = value
        try:
            exec(compile(f"{target} = __rehearsal_value", "<debugger>", "exec"), frame.f_globals, frame.f_locals)
        finally:
            del frame.f_globals["__rehearsal_value"]
    return {"value": _value("", value)}


def _assign_in(container, name, value):
    if isinstance(container, dict):
        for key in container:
            if _clipped(repr(key)) == name:
                container[key] = value
                return {"value": _value("", value)}
    elif isinstance(container, list):
        container[int(name.strip("[]"))] = value
        return {"value": _value("", value)}
    else:
        setattr(container, name, value)
        return {"value": _value("", value)}
    raise KeyError(name)


def _variables(frames, command):
    frame = _frame(frames, command)
    scope = frame.f_globals if command["scope"] == "globals" else frame.f_locals
    hidden = ("__builtins__", "__cached__", "__doc__", "__loader__", "__spec__", "__package__")
    return {"values": [_value(name, value) for name, value in list(scope.items()) if name not in hidden][:_MOST]}


def _children(frames, command):
    """The items of a container, the attributes of an object."""
    return {"values": [_value(name, value) for name, value in _parts(_objects[command["of"] - 1])]}


def _parts(value):
    if isinstance(value, dict):
        return [(_clipped(repr(key)), item) for key, item in list(value.items())[:_MOST]]
    if isinstance(value, (list, tuple)):
        return [(f"[{number}]", item) for number, item in enumerate(value[:_MOST])]
    if isinstance(value, (set, frozenset)):
        return [(f"[{number}]", item) for number, item in enumerate(list(value)[:_MOST])]
    if isinstance(value, BaseException):
        return [("args", value.args), *vars(value).items()]
    slots = [name for its in type(value).__mro__ for name in getattr(its, "__slots__", ()) if isinstance(name, str)]
    fields = dict(getattr(value, "__dict__", {}))
    fields.update((name, getattr(value, name)) for name in slots if hasattr(value, name))
    return list(fields.items())[:_MOST]


def _complete(frames, command):
    frame = _frame(frames, command)
    text = command["text"]
    start = len(text)
    while start and (text[start - 1].isalnum() or text[start - 1] in "_."):
        start -= 1
    before, dot, last = text[start:].rpartition(".")
    if dot:
        names = dir(eval(compile(before, "<debugger>", "eval"), frame.f_globals, frame.f_locals))
    else:
        import builtins

        names = {*frame.f_locals, *frame.f_globals, *dir(builtins)}
    fits = sorted(name for name in names if name.startswith(last) and (last.startswith("_") or not name.startswith("_")))
    return {"names": fits[:_MOST], "start": len(text) - len(last)}


_COMMANDS = {
    "breakpoints": _set_breakpoints,
    "evaluate": _evaluate,
    "assign": _assign,
    "variables": _variables,
    "children": _children,
    "complete": _complete,
}


# How values are shown


def _value(name, value):
    has_parts = not isinstance(value, (str, bytes, bytearray, int, float, complex, bool, type(None), type)) and _has_parts(value)
    number = 0
    if has_parts:
        _objects.append(value)
        number = len(_objects)
    return {"name": str(name), "text": _described(value), "type": _name(type(value)), "of": number}


def _has_parts(value):
    try:
        return bool(_parts(value))
    except Exception:
        return False


def _described(value):
    """As repr() has it, numbers also in hexadecimal, bytes as such digits."""
    try:
        if isinstance(value, (bytes, bytearray)):
            digits = value[: _CLIP // 3].hex(" ").upper()
            more = " …" if len(value) > _CLIP // 3 else ""
            return _clipped(f"{_name(type(value))}({len(value)}) {digits}{more}".rstrip())
        if type(value) is int and not -10 < value < 10:
            sign = "-" if value < 0 else ""
            return _clipped(f"{value}  {sign}0x{abs(value):02X}") if abs(value) < 1 << 64 else _clipped(repr(value))
        return _clipped(repr(value))
    except BaseException as error:
        return f"<{_name(type(value))}: its repr() raised {_name(type(error))}>"


def _clipped(text):
    return text if len(text) <= _CLIP else text[:_CLIP] + "…"


def _name(kind):
    return kind.__qualname__ if kind.__module__ in ("builtins", None) else f"{kind.__module__}.{kind.__qualname__}"
