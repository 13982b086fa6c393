"""The profiler that test code asks for by name, over the interpreter's profile hook: as CPython's, but slower."""

import profile as _profile
import sys
import time

__all__ = ["run", "runctx", "Profile"]


def run(statement, filename=None, sort=-1):
    return _profile._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    return _profile._Utils(Profile).runctx(statement, globals, locals, filename, sort)


def label(code):
    """How pstats names a function."""
    if isinstance(code, str):
        return "~", 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


class _Figures:
    """Calls (recursive ones apart), and seconds without and with what the function called."""

    __slots__ = ("primitive", "calls", "own", "whole")

    def __init__(self):
        self.primitive = self.calls = 0
        self.own = self.whole = 0.0

    def add(self, own, whole, outermost):
        self.calls += 1
        self.own += own
        if outermost:
            self.primitive += 1
            self.whole += whole

    def shown(self):
        return self.primitive, self.calls, self.own, self.whole


class Profile:
    """Measures the functions that its thread calls between enable() and disable()."""

    def __init__(self, timer=None, timeunit=0.0, subcalls=True, builtins=True):
        self._timer = timer or time.perf_counter
        self._unit = timeunit or 1.0
        self._builtins = builtins
        self.clear()

    def clear(self):
        self._figures, self._callers, self._active = {}, {}, {}
        self._stack = []

    def enable(self, subcalls=True, builtins=True):
        self._builtins = self._builtins and builtins
        sys.setprofile(self._hook)

    def disable(self):
        sys.setprofile(None)
        while self._stack:
            self._leave(self._timer())

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *_):
        self.disable()

    def _hook(self, frame, event, argument):
        now = self._timer()
        if event == "call":
            self._enter(label(frame.f_code), now)
        elif event == "return":
            self._leave(now)
        elif not self._builtins or getattr(argument, "__self__", None) is self:
            pass
        elif event == "c_call":
            self._enter(("~", 0, f"<built-in {getattr(argument, '__qualname__', argument)}>"), now)
        else:
            self._leave(now)

    def _enter(self, function, now):
        self._active[function] = self._active.get(function, 0) + 1
        # The function, when it began, and the time of what it called.
        self._stack.append([function, now, 0.0])

    def _leave(self, now):
        # Empty for the function that enabled the profiler.
        if not self._stack:
            return
        function, began, below = self._stack.pop()
        whole = (now - began) * self._unit
        self._active[function] -= 1
        outermost = not self._active[function]
        self._figures.setdefault(function, _Figures()).add(whole - below, whole, outermost)
        callers = self._callers.setdefault(function, {})
        if self._stack:
            self._stack[-1][2] += whole
            callers.setdefault(self._stack[-1][0], _Figures()).add(whole - below, whole, outermost)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        self.stats = {
            function: (*figures.shown(), {caller: of.shown() for caller, of in self._callers[function].items()})
            for function, figures in self._figures.items()
        }

    def print_stats(self, sort=-1):
        import pstats

        sort = sort if isinstance(sort, tuple) else (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*sort).print_stats()

    def dump_stats(self, file):
        import marshal

        self.create_stats()
        with open(file, "wb") as out:
            marshal.dump(self.stats, out)

    def run(self, cmd):
        import __main__

        return self.runctx(cmd, __main__.__dict__, __main__.__dict__)

    def runctx(self, cmd, globals, locals):
        with self:
            exec(cmd, globals, locals)
        return self

    def runcall(self, func, /, *args, **kw):
        with self:
            return func(*args, **kw)
