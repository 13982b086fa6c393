"""Tries every module of the standard library and prints one line of JSON for each.

The same file runs under `rehearse python` and under CPython, where every probe that has its module has to pass as well.
"""

import importlib
import io
import json
import sys

import probes

HERE = sys.implementation.name == "rustpython"


def missing(name):
    """Why the module cannot be imported, or None."""
    try:
        importlib.import_module(name)
    except ImportError as error:
        return str(error)
    return None


def tried(name):
    probe = probes.found.get(name)
    reason = missing(name)
    if reason is not None:
        return {"state": "missing", "note": reason}
    if probe is None:
        return {"state": "untried", "note": "it can be imported, and no probe tries it"}
    differences = [difference for difference in probe.differences if probes.SANDBOX or not difference.sandboxed]
    try:
        probe.run()
        shown = [probes.true(difference.shown) for difference in differences]
    except BaseException as error:
        if probes.SANDBOX and isinstance(error, RuntimeError) and str(error).startswith("can't start new thread"):
            return {"state": "threads", "note": ""}
        trace = error.__traceback__
        while trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        return {"state": "broken", "note": f"{type(error).__name__}: {error} ({place})"}
    for difference, is_shown in zip(differences, shown):
        if is_shown != HERE:
            return {"state": "broken", "note": f"{'no longer' if HERE else 'CPython as well'}: {difference.note}"}
    if HERE and differences:
        return {"state": "differs", "note": "; ".join(difference.note for difference in differences)}
    return {"state": "works", "note": ""}


def main():
    # What is imported and tried may print.
    out, sys.stdout = sys.stdout, io.StringIO()
    for name in probes.names():
        print(json.dumps({"module": name, **tried(name)}), file=out, flush=True)


main()
