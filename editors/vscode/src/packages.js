"use strict";

// Which package a file belongs to, and how `rehearse` is told what to run of it.

const fs = require("node:fs");
const path = require("node:path");

/** The folder of the package around a file: the nearest one above it with package.json and tests/. */
function package_of(file) {
  let folder = path.dirname(file);
  for (;;) {
    if (fs.existsSync(path.join(folder, "package.json")) && fs.existsSync(path.join(folder, "tests"))) {
      return folder;
    }
    const parent = path.dirname(folder);
    if (parent === folder) {
      return undefined;
    }
    folder = parent;
  }
}

/** A test's file as the command line names it, or undefined for a file that is none. */
function test_path(folder, file) {
  const parts = path.relative(folder, file).split(path.sep);
  const hidden = parts.some((it) => it.startsWith("."));
  return parts[0] === "tests" && /\.ya?ml$/.test(file) && !hidden ? parts.join("/") : undefined;
}

/** The options that choose steps; none for the whole test. */
function selection(steps) {
  return steps.length > 0 ? ["--only", ...steps] : [];
}

/** The arguments of a run. */
function run_arguments({ folder, test, steps = [], simulate, further = [], events }) {
  return [
    "run",
    folder,
    test,
    ...(simulate ? ["--simulate"] : []),
    ...further,
    ...(events ? ["--events", events] : []),
    ...selection(steps),
  ];
}

/** The configuration that debugs the same. */
function debug_configuration({ folder, test, steps = [], simulate, further = [] }) {
  const what = steps.length > 0 ? steps.join(", ") : test;
  return {
    type: "rehearsal",
    request: "launch",
    name: `${path.basename(folder)}: ${what}`,
    package: folder,
    test,
    simulate,
    args: [...further, ...selection(steps)],
  };
}

module.exports = { debug_configuration, package_of, run_arguments, test_path };
