"use strict";

const assert = require("node:assert/strict");
const path = require("node:path");
const { test } = require("node:test");
const { debug_configuration, package_of, run_arguments, test_path } = require("../src/packages");

const EXAMPLE = path.join(__dirname, "../../../examples/ESH10000121_FunctionalTest_v00");

test("a file belongs to the package around it", () => {
  assert.equal(package_of(path.join(EXAMPLE, "tests/main.yaml")), EXAMPLE);
  assert.equal(package_of(path.join(EXAMPLE, "python_modules/deep/er.py")), EXAMPLE);
  assert.equal(package_of(path.join(path.parse(EXAMPLE).root, "nowhere", "main.yaml")), undefined);
});

test("only files below tests/ are tests", () => {
  assert.equal(test_path(EXAMPLE, path.join(EXAMPLE, "tests/power/rail.yml")), "tests/power/rail.yml");
  assert.equal(test_path(EXAMPLE, path.join(EXAMPLE, "bench.yaml")), undefined);
  assert.equal(test_path(EXAMPLE, path.join(EXAMPLE, "tests/.hidden/a.yaml")), undefined);
  assert.equal(test_path(EXAMPLE, path.join(EXAMPLE, "tests/notes.md")), undefined);
});

test("a run of some steps names them last, so that nothing is taken for a step", () => {
  const settings = { folder: "/p", test: "tests/main.yaml", steps: ["A b", "C"], simulate: true, further: ["--sandbox"], events: "/e" };
  assert.deepEqual(run_arguments(settings), ["run", "/p", "tests/main.yaml", "--simulate", "--sandbox", "--events", "/e", "--only", "A b", "C"]);
  assert.deepEqual(run_arguments({ folder: "/p", test: "tests/main.yaml" }), ["run", "/p", "tests/main.yaml"]);
});

test("debugging starts the same run", () => {
  const configuration = debug_configuration({ folder: "/p/Rail_v01", test: "tests/main.yaml", steps: ["A b"], simulate: true });
  assert.deepEqual(configuration, {
    type: "rehearsal",
    request: "launch",
    name: "Rail_v01: A b",
    package: "/p/Rail_v01",
    test: "tests/main.yaml",
    simulate: true,
    args: ["--only", "A b"],
  });
});
