aborted = False
_verdicts = []
#if store

# Settings by the names templates use, and the variables of the test; what steps return and put out joins the variables.
_settings = {}
_variables = {}
#end


def step(
    name,
    fn,
    *,
    args=None,
    meas_specs=None,
    #if outputs
    outputs=None,
    #end
    terminate_on_fail=False,
    run_on_abort=False,
    retries=0,
    retry_delay_s=0.0,
    #if enabled
    enabled=True,
    #end
    #if force
    force=None,
    #end
    #if repeat
    repeat=1,
    #end
):
    """Runs one step as its YAML would: attempts, measurements, verdict, abort."""
    global aborted
    if aborted and not run_on_abort:
        _say("SKIP", name, "aborted")
        return
    #if enabled
    if not enabled:
        _say("SKIP", name, "disabled")
        return
    #end
    #if force
    if force == "skip":
        _say("SKIP", name, "forced")
        return
    #end
    try:
        #if repeat
        verdict, reason, lines = "PASS", "", []
        for index in range(repeat):
            #if counters
            _settings.update({"__iteration__": index, "__cycle__": index + 1})
            #end
            ended, why, more = _attempts(fn, args or {}, #outputs, meas_specs or [], retries, retry_delay_s)
            if _WORSE.index(ended) > _WORSE.index(verdict):
                verdict, reason = ended, why
            lines += more
            if ended == "ABORTED":
                break
        #else
        #if counters
        _settings.update({"__iteration__": 0, "__cycle__": 1})
        #end
        verdict, reason, lines = _attempts(fn, args or {}, #outputs, meas_specs or [], retries, retry_delay_s)
        #end
        #if force
        if force in ("pass", "fail"):
            verdict, reason = force.upper(), "forced"
        #end
    except KeyboardInterrupt:
        verdict, reason, lines = "ABORTED", "interrupted", []
    _say(verdict, name, reason, lines)
    #if policy_abort
    # policy.on_step_failure: abort
    if verdict in ("FAIL", "ABORTED"):
        aborted = True
    #end
    #if policy_continue
    # policy.on_step_failure: continue, which goes before terminate_on_fail
    if verdict == "ABORTED":
        aborted = True
    #end
    #if policy_none
    if verdict == "ABORTED" or (verdict == "FAIL" and terminate_on_fail):
        aborted = True
    #end
#if not_modelled


def not_modelled(name, what):
    """Stands for a step that plain Python cannot run."""
    _say("SKIP", name, f"not modelled: {what}")
#end


def _say(verdict, name, reason, lines=()):
    print(f"  - [{verdict:7}] {name}" + (f"  ({reason})" if reason else ""))
    for line in lines:
        print(f"      {line}")
    _verdicts.append(verdict)


def _verdict():
    """Of the whole run: the worst of its steps."""
    return next((verdict for verdict in ("ABORTED", "FAIL", "PASS") if verdict in _verdicts), "SKIPPED")


class _Ended(Exception):
    """An attempt that ended before its measurements, with verdict and reason."""

    def __init__(self, verdict, reason, message, again=True):
        super().__init__(verdict, f"{reason}: {message}")
        self.again = again


#if code
class _Code:
    """Test code by its name. It is imported when its first step runs, so that code which cannot be imported fails that step."""

    def __init__(self, module, function=None):
        self._module, self._function = module, function

    def __getattr__(self, function):
        return _Code(self._module, function)

    def __getitem__(self, function):
        return _Code(self._module, function)

    def __call__(self):
        """The function itself."""
        try:
            module = importlib.import_module(self._module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise _Ended("FAIL", "import_error", _described(error), again=False) from None
        function = getattr(module, self._function, None)
        if not callable(function):
            what = f"module {self._module!r} has no function {self._function!r}"
            raise _Ended("FAIL", "missing_function", what, again=False)
        return function


#end
#if repeat
_WORSE = ["PASS", "FAIL", "ABORTED"]


#end
def _attempts(fn, args, outputs, meas_specs, retries, retry_delay_s):
    """Attempts until one does not fail or none is left; the last one decides."""
    for left in range(retries, -1, -1):
        lines = []
        again = True
        try:
            bad = _attempt(fn, args, outputs, meas_specs, lines)
            verdict, reason = ("FAIL", "limit: " + ", ".join(bad)) if bad else ("PASS", "")
        except _Ended as end:
            verdict, reason = end.args
            again = end.again
        if verdict != "FAIL" or not again or not left:
            return verdict, reason, lines
        time.sleep(retry_delay_s)


def _attempt(fn, args, outputs, meas_specs, lines):
    """Parameters, call, results, outputs, measurements, in this order; gives the measurements that failed."""
    #if store
    arguments = {name: _fill(text, {}, f"parameter `{name}`") for name, text in args.items()}
    #else
    arguments = args
    #end
    returned = _called(fn, arguments)
    returns = returned if isinstance(returned, dict) else {} if returned is None else {"result": returned}
    #if store
    _variables.update(returns)
    #end
    #if outputs
    for name, value in outputs.items():
        _variables[name] = _evaluate(value, {}, f"output `{name}`")
    #end
    bad = []
    #if measurements
    for name, source, expected in meas_specs:
        try:
            name = _fill(name, returns, "its name")
            value = _measured(name, source, returns)
            why = _judge(value, expected)
        except _Ended as end:
            value, why = None, end.args[1]
        lines.append(f"[{'FAIL' if why else 'PASS':7}] {name} = {value!r}" + (f"  ({why})" if why else ""))
        if why:
            bad.append(name)
    #end
    return bad


def _called(fn, arguments):
    """What the function returned, checked and copied."""
    #if code
    function = fn() if isinstance(fn, _Code) else fn
    #else
    function = fn
    #end
    try:
        result = function(**arguments)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if isinstance(error, TypeError) and error.__traceback__.tb_next is None:
            # It was raised by the call, not within the function.
            raise _Ended("FAIL", "bad_arguments", error, again=False) from None
        traceback.print_exception(type(error), error, error.__traceback__.tb_next)
        raise _Ended("FAIL", "exception", _described(error)) from None
    return _plain(result, "the function's result")


def _described(error):
    return "".join(traceback.format_exception_only(type(error), error)).strip()


def _plain(value, place, depth=0):
    """A copy of plain types; what holds anything else fails the step."""
    if depth > 100:
        raise _Ended("FAIL", "bad_return", "it is nested more than 100 levels deep, or contains itself")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise _Ended("FAIL", "bad_return", f"{place} is text with a lone surrogate")
        return str.__str__(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"item {index} of {place}", depth + 1) for index, item in enumerate(value)]
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str) or any("\ud800" <= character <= "\udfff" for character in key):
                raise _Ended("FAIL", "bad_return", f"a key of {place} is no text")
        return {str.__str__(key): _plain(item, f"key `{key}` of {place}", depth + 1) for key, item in value.items()}
    raise _Ended("FAIL", "bad_return", f"{place} is of type `{type(value).__name__}`")
#if store


_MARK = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def _find(name, returns, what):
    """A result of the running step, where that counts, a setting, or a variable."""
    for place in (returns, _settings, _variables):
        if name in place:
            return place[name]
    raise _Ended("ABORTED", "unresolved_template", f"{what}: nothing is named `{name}`")


def _fill(text, returns, what):
    """The text with every {{name}} replaced."""
    return _MARK.sub(lambda mark: _text(_find(mark[1].strip(), returns, what)), text)
#end
#if evaluate


def _evaluate(value, returns, what):
    """Like _fill, but a text that is one {{name}} and nothing else gives the value with its type."""
    if not isinstance(value, str):
        return value
    mark = _MARK.match(value)
    if mark and mark.end() == len(value):
        return _find(mark[1].strip(), returns, what)
    return _fill(value, returns, what)
#end
#if store


def _text(value, nested=False):
    """What a template puts in a value's place: lists and dicts as JSON, nothing for None."""
    if isinstance(value, list):
        return "[" + ",".join(_text(item, True) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f"{_text(key, True)}:{_text(item, True)}" for key, item in value.items()) + "}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if nested else value
    if value is None:
        return "null" if nested else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float):
        return str(value)
    if value != value or value in (float("inf"), float("-inf")):
        text = "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
        return f'"{text}"' if nested else text
    digits, _, exponent = repr(value).partition("e")
    if nested and exponent == "-05":
        return f"{value:.{len(digits.strip('-').replace('.', '')) + 4}f}"
    plus = "+" if nested and exponent.startswith("+") else ""
    return f"{digits}e{plus}{int(exponent)}" if exponent else digits
#end
#if measurements


def _measured(name, source, returns):
    """The value by its key, or what the step returned under the measurement's own name."""
    if source is None:
        return returns.get(name.lower(), returns.get("result"))
    #if literal
    if isinstance(source, tuple):
        return source[1]
    #end
    #if evaluate
    if not isinstance(source, str) or "{{" in source:
        return _evaluate(source, returns, "its value")
    #end
    return _find(source, returns, "its value")


def _judge(value, expected):
    """Why a measured value does not pass, if it does not."""
    if value is None:
        return "missing"
    #if boolean
    if isinstance(expected, str):
        expected = ("boolean", expected)
    #end
    #if log string boolean operator
    word, bound = expected
    #end
    #if log
    if word == "log":
        return ""
    #end
    #if string
    if word == "string":
        return "" if bound in (None, _text(value)) else f"expected {bound!r}"
    #end
    #if boolean
    if word == "boolean":
        truth = _truth(value)
        if truth is None:
            return "neither true nor false"
        return "" if bound is None or truth == _truth(bound) else f"expected {bound!r}"
    #end
    #if operator limits
    number = _number(value)
    if number is None:
        return "not a number"
    #end
    #if operator
    if isinstance(word, str):
        holds = bound is not None and _OPERATORS[word](number, bound)
        return "" if holds else f"must be {word} {bound}"
    #end
    #if limits
    low, high = expected
    if low is not None and float(number) < float(low):
        return f"must be at least {low}"
    if high is not None and float(number) > float(high):
        return f"must be at most {high}"
    return ""
    #end
#end
#if operator


def _equal(number, bound):
    """Whole numbers are compared in all their digits."""
    whole = isinstance(number, int) and isinstance(bound, int)
    return number == bound if whole else float(number) == float(bound)


_OPERATORS = {
    "equal": _equal,
    "notequal": lambda number, bound: not _equal(number, bound),
    "greaterthan": lambda number, bound: float(number) > float(bound),
    "greaterthanorequal": lambda number, bound: float(number) >= float(bound),
    "lessthan": lambda number, bound: float(number) < float(bound),
    "lessthanorequal": lambda number, bound: float(number) <= float(bound),
}
#end
#if operator limits


def _number(value):
    """The number a value is, or holds as text with a decimal dot."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    text = _text(value).strip()
    if not re.fullmatch(r"[-+.0-9eE]+", text):
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    if number in (float("inf"), float("-inf")):
        return None if isinstance(value, str) else number
    return int(text) if re.fullmatch(r"[-+]?[0-9]+", text) else number
#end
#if boolean


def _truth(value):
    """True or False, from a bool or from text in any letter case."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else None
#end
