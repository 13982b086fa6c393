"""Testing, debugging and measuring."""

import sys

from . import differs, probe, raises


def add(a, b):
    """Adds.

    >>> add(1, 2)
    3
    >>> add(1, "a")
    Traceback (most recent call last):
    TypeError: unsupported operand type(s) for +: 'int' and 'str'
    """
    return a + b


@probe("unittest")
def _():
    import io, unittest
    from unittest import mock

    class Case(unittest.TestCase):
        def setUp(self):
            self.addCleanup(lambda: None)

        def test_passes(self):
            with self.subTest(n=1):
                self.assertAlmostEqual(0.1 + 0.2, 0.3)
            with self.assertRaisesRegex(ValueError, "b.d"):
                raise ValueError("bad")
            with self.assertLogs("unit", "INFO") as logs:
                __import__("logging").getLogger("unit").info("x")
            self.assertEqual(logs.output, ["INFO:unit:x"])

        def test_fails(self):
            self.assertEqual({"a": 1}, {"a": 2})

        @unittest.skip("why")
        def test_skipped(self):
            raise AssertionError

        @unittest.expectedFailure
        def test_expected(self):
            self.fail()

    out = io.StringIO()
    result = unittest.TextTestRunner(out).run(unittest.defaultTestLoader.loadTestsFromTestCase(Case))
    assert (result.testsRun, len(result.failures), len(result.skipped), len(result.expectedFailures), len(result.errors)) == (4, 1, 1, 1, 0)
    assert "AssertionError: {'a': 1} != {'a': 2}" in out.getvalue()
    made = mock.MagicMock(return_value=3, spec=add)
    assert made(1, 2) == 3 and made.call_args == mock.call(1, 2)
    with mock.patch("os.getcwd", return_value="/x"), mock.patch.dict("os.environ", A="1"):
        import os

        assert os.getcwd() == "/x" and os.environ["A"] == "1"
    raises(AssertionError, made.assert_called_with, 9)


@probe("doctest")
def _():
    import doctest

    results = doctest.TestResults(0, 0)
    for test in doctest.DocTestFinder().find(add, "add", globs={"add": add}):
        results = doctest.DocTestRunner(verbose=False).run(test)
    assert (results.failed, results.attempted) == (0, 2)


@probe("timeit")
def _():
    import timeit

    assert timeit.timeit("x + 1", "x = 1", number=100) >= 0 and len(timeit.repeat(lambda: 0, repeat=2, number=1)) == 2


def _profiled(module):
    import io, pstats

    profile = module.Profile()
    assert profile.runcall(add, 1, 2) == 3
    out = io.StringIO()
    pstats.Stats(profile, stream=out).sort_stats("cumulative").print_stats()
    assert "(add)" in out.getvalue() and "function calls" in out.getvalue()


@probe("profile")
def _():
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import profile

        _profiled(profile)


@probe("cProfile", differs("is written in Python, and slower; `getstats()` is missing", lambda: not hasattr(__import__("cProfile").Profile, "getstats")))
def _():
    import cProfile, io, pstats

    _profiled(cProfile)
    with cProfile.Profile() as measured:
        add(add(1, 2), len("a"))
    ((_, (primitive, calls, own, whole, _)),) = [one for one in pstats.Stats(measured).stats.items() if one[0][2] == "add"]
    assert (primitive, calls) == (2, 2) and 0 <= own <= whole
    out = io.StringIO()
    import contextlib

    with contextlib.redirect_stdout(out):
        cProfile.runctx("add(1, 2)", {"add": add}, {}, sort="tottime")
    assert "(add)" in out.getvalue()


@probe("pstats")
def _():
    import os, profile, pstats, tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "p")
        one = profile.Profile()
        one.runcall(add, 1, 2)
        one.dump_stats(path)
        assert any(function[2] == "add" for function in pstats.Stats(path).stats)


@probe("trace")
def _():
    import trace

    tracer = trace.Trace(count=True, trace=False)
    assert tracer.runfunc(add, 1, 2) == 3 and sum(tracer.results().counts.values()) >= 1


@probe("bdb")
def _():
    import bdb

    seen = []

    class Debugger(bdb.Bdb):
        def user_line(self, frame):
            seen.append(frame.f_code.co_name)
            self.set_continue()

    assert Debugger().runcall(add, 1, 2) == 3 and seen == ["add"]


@probe("pdb")
def _():
    import io, pdb

    out = io.StringIO()
    debugger = pdb.Pdb(stdin=io.StringIO("p 6 * 7\nw\nc\n"), stdout=out, nosigint=True, readrc=False)
    debugger.use_rawinput = False
    assert debugger.runcall(add, 1, 2) == 3
    assert "42\n" in out.getvalue() and "add(" in out.getvalue()


@probe("code")
def _():
    import code, contextlib, io

    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        console = code.InteractiveConsole({"a": 1})
        assert console.push("for i in [1]:") is True and console.push("    print(a + i)") is True and console.push("") is False
        console.push("1 / 0")
    assert out.getvalue().startswith("2\n") and "ZeroDivisionError" in out.getvalue()


@probe("codeop")
def _():
    import codeop

    assert codeop.compile_command("if x:") is None and codeop.compile_command("x = 1") is not None
    raises(SyntaxError, codeop.compile_command, "x =")


@probe("pydoc")
def _():
    import pydoc

    assert "Adds." in pydoc.plain(pydoc.render_doc(add)) and pydoc.locate("json.dumps").__name__ == "dumps"


@probe("pydoc_data")
def _():
    import pydoc_data.topics

    assert "if" in pydoc_data.topics.topics


@probe("inspect")
def _():
    import inspect

    def function(a, b: int = 1, *rest, c, **more) -> str:
        """Doc."""
        return inspect.currentframe().f_code.co_name

    signature = inspect.signature(function)
    assert str(signature) == "(a, b: int = 1, *rest, c, **more) -> str" and signature.bind(1, c=2).arguments == {"a": 1, "c": 2}
    assert inspect.getdoc(function) == "Doc." and function(1, c=1) == "function" and inspect.getsource(add).startswith("def add(a, b):")
    assert inspect.isgeneratorfunction(lambda: (yield)) and inspect.getmembers(add, inspect.iscode) and inspect.stack()[0].function == "_"
    assert inspect.getfullargspec(add).args == ["a", "b"] and inspect.getmodule(add) is sys.modules[__name__] and inspect.cleandoc(" a\n  b") == "a\nb"


@probe("ensurepip")
def _():
    import ensurepip

    assert ensurepip.version()


@probe("venv")
def _():
    import venv

    assert venv.EnvBuilder
