"""Makes the package that docs/performance.md speaks of: a few modules of the standard library and a table of 5,000 lines."""

import os
import sys

root = os.path.join(sys.argv[1], "Imports_v00")
for folder in ("tests", "python_modules"):
    os.makedirs(os.path.join(root, folder), exist_ok=True)


def write(name, text):
    with open(os.path.join(root, name), "w") as file:
        file.write(text)


write("package.json", '{"name": "Imports_v00", "version": "1.0.0", "author": "Tests", "description": "Imports much."}')
write(
    "tests/main.yaml",
    "test:\n  name: Imports\n  version: \"1.0.0\"\n  steps:\n    - {name: Look up, runner: python, module: lookup, function: look_up}\n",
)
write(
    "python_modules/lookup.py",
    "import dataclasses\nimport http.client\nimport json\nimport statistics\n\nimport table\n\n\ndef look_up():\n    return len(table.ROWS)\n",
)
rows = "".join(f"    ({number}, {number / 7!r}, 'row {number}'),\n" for number in range(5000))
write("python_modules/table.py", f"ROWS = [\n{rows}]\n")
write("run_local.py", "import sys\n\nsys.path.insert(0, 'python_modules')\nimport lookup\n\nprint(lookup.look_up())\n")
