"""Talks with a program through a pseudo-terminal: argv is the program, standard input a list of what to wait for and what to type then. `~` at
the beginning of what is typed is a second's pause; a first line that begins with `!` is a command to run meanwhile.

Prints all that came, without what moves the cursor, and ends with the program's exit code."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time

# Only against a program that hangs.
PATIENCE = 60

steps = json.load(sys.stdin)
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm"
    os.execv(sys.argv[1], sys.argv[1:])

seen = ""
shown = 0


def read():
    global seen
    if not select.select([terminal], [], [], PATIENCE)[0]:
        raise SystemExit(f"nothing came any more after:\n{seen}")
    try:
        data = os.read(terminal, 4096)
    except OSError:
        return False
    seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]", "", data.decode(errors="replace")).replace("\r", "")
    return bool(data)


for wanted, typed in steps:
    while wanted not in seen[shown:]:
        if not read():
            raise SystemExit(f"it ended before {wanted!r} came:\n{seen}")
    shown = seen.index(wanted, shown) + len(wanted)
    if typed.startswith("~"):
        time.sleep(1)
    if typed.startswith("!"):
        command, _, typed = typed[1:].partition("\n")
        subprocess.run(command, shell=True, check=True)
    os.write(terminal, typed.lstrip("~").encode())
while read():
    pass
_, status = os.waitpid(child, 0)
print(seen)
sys.exit(os.waitstatus_to_exitcode(status))
