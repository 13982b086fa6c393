"""What a breakpoint costs: `debugging.py REHEARSE [ROUNDS]` times, in turn, a loop without a debugger, with a breakpoint in another function, and
with one in the function of the loop at a line that it never comes to. Prints medians and their ratio to the first."""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

CODE = """
def loop():
    total = 0
    for number in range(300_000):
        total += number
        if number < 0:
            total = 0
    return {"total": total}

def other():
    pass
"""
TEST = """test:
  name: Loop
  version: "1.0.0"
  steps:
    - {name: Loop, runner: python, module: m, function: loop}
"""

rehearse, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 11
with tempfile.TemporaryDirectory() as folder:
    package = pathlib.Path(folder, "Loop_v00")
    for name, text in (
        ("package.json", '{"name": "Loop_v00", "version": "1.0.0", "author": "Tests", "description": "A loop."}'),
        ("tests/main.yaml", TEST),
        ("python_modules/m.py", CODE),
        ("bench.yaml", ""),
    ):
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for home in ((), ("--sandbox",)):
        variants = {
            "without": (),
            "elsewhere": ("--break", "other"),
            "in the loop": ("--break", "m.py:7"),
        }
        times = {name: [] for name in variants}
        for _ in range(rounds):
            for name, switches in variants.items():
                start = time.perf_counter()
                subprocess.run([rehearse, "run", package, "--simulate", *home, *switches], check=True, stdout=subprocess.DEVNULL)
                times[name].append(time.perf_counter() - start)
        base = statistics.median(times["without"])
        for name, values in times.items():
            median = statistics.median(values)
            print(f"{' '.join(home) or 'native':9}  {name:12}  {median * 1000:7.1f} ms  {median / base:.2f}")
