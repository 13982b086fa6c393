"""Runs one of CPython's test modules: `runner.py FOLDER MODULE RESULTS`.

FOLDER holds the package `test`. One JSON list is added to the file RESULTS for each fact, at once, so that nothing is lost with a process that
dies: ["sources", digest of the test files], ["start", ID], ["end", ID, "passed" | "failed" | "skipped", text]. Tests that RESULTS already
names are left out. ["done"] is last.
"""

import contextlib
import hashlib
import json
import os
import sys
import unittest


class Results(unittest.TestResult):
    def __init__(self, path):
        super().__init__()
        self._file = open(path, "a", encoding="utf-8")
        self._verdict = None

    def tell(self, *fact):
        self._file.write(json.dumps(fact) + "\n")
        self._file.flush()

    def startTest(self, test):
        super().startTest(test)
        self._verdict = None
        self.tell("start", name(test))

    def stopTest(self, test):
        super().stopTest(test)
        # Without a verdict the process is about to end.
        if self._verdict is not None:
            self.tell("end", name(test), *self._verdict)

    def addSuccess(self, test):
        self._verdict = self._verdict or ("passed", "")

    def addExpectedFailure(self, test, err):
        self.addSuccess(test)

    def _fails(self, test, error):
        text = self._exc_info_to_string(error, test)
        if isinstance(test, unittest.suite._ErrorHolder):
            # A class or module could not be set up: none of its tests runs.
            self.tell("end", name(test), "failed", text)
        elif self._verdict is not None and self._verdict[0] == "failed":
            self._verdict = ("failed", self._verdict[1] + "\n" + text)
        else:
            self._verdict = ("failed", text)

    def addError(self, test, err):
        self._fails(test, err)

    def addFailure(self, test, err):
        self._fails(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self._fails(test, err)

    def addSkip(self, test, reason):
        if isinstance(test, unittest.suite._ErrorHolder):
            self.tell("end", name(test), "skipped", reason)
        else:
            self._verdict = self._verdict or ("skipped", reason)

    def addUnexpectedSuccess(self, test):
        self._verdict = ("failed", "unexpected success")


def name(test):
    return test.id().removeprefix("test.")


def cases(tests):
    for test in tests:
        if isinstance(test, unittest.TestSuite):
            yield from cases(test)
        else:
            yield test


def without(tests, names):
    """The same suite, so that what sets up classes and modules still does, without these tests."""
    kept = [
        without(test, names) if isinstance(test, unittest.TestSuite) else test
        for test in tests
        if isinstance(test, unittest.TestSuite) or name(test) not in names
    ]
    return type(tests)(kept)


def seen(path):
    """The tests that a process before this one began. It may have died within a line."""
    names = set()
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in file:
                with contextlib.suppress(ValueError):
                    kind, *rest = json.loads(line)
                    if kind == "start":
                        names.add(rest[0])
    return names


def digest(folder, modules):
    """Over the files of these modules, so that another release's tests are not taken for these."""
    total = hashlib.sha256()
    for module in sorted(modules):
        place = os.path.join(folder, *module.split("."))
        for path in (place + ".py", os.path.join(place, "__init__.py")):
            if os.path.exists(path):
                with open(path, "rb") as file:
                    total.update(file.read())
    return total.hexdigest()[:16]


def main():
    folder, module, path = sys.argv[1:]
    sys.path[0] = folder
    from test import support
    from test.support import import_helper, os_helper

    # The whole standard library is frozen; without it a fresh import would find nothing.
    import_helper.frozen_modules = lambda enabled=True: contextlib.nullcontext()
    # There is no `resource` to ask how large the stack may become; it is not unlimited.
    support.skip_if_unlimited_stack_size = lambda test: test
    # The tests of what an ordinary user may not do are left out for everybody, so that root's numbers are the same.
    os_helper._can_dac_override = True
    # As regrtest has it unless asked for more: no network, nothing that takes minutes.
    support.use_resources = {}
    names = seen(path)
    results = Results(path)
    tests = unittest.defaultTestLoader.loadTestsFromName("test." + module)
    for test in cases(tests):
        # The machine's zones are of another year than those in the binary, and on another machine of yet another one.
        if hasattr(test, "zonename"):
            type(test).setUp.__globals__["ZoneInfo"].zoneroot = "no-such-folder"
    modules = {type(test).__module__ for test in cases(tests)} | {"test." + module}
    results.tell("sources", digest(folder, {module for module in modules if module.startswith("test.")}))
    without(tests, names).run(results)
    results.tell("done")


main()
