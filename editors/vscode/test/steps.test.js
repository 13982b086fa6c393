"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const { test_of } = require("../src/steps");

const steps = (text) => test_of(text).steps.map(({ name, phase, line, end }) => [name, phase, line, end]);

test("steps are found with their phase and their lines", () => {
  const text = `# a comment
test:
  name: "A test" # its name
  version: "1.0.0"
  variables:
    - name: no step

  setup:
    - name: Connect
      runner: python

  steps:
    # about the step below
    - name: "Measure \\"rail\\" # 1"
      measurements:
        - name: RAIL
          low_limit: 4.75

    - runner: python # the name comes later
      function: count
      name: 'It''s counted'   # so it is called
    -
      name: Last
  teardown:
    - {name: Switch Off, runner: python, function: off}
`;
  assert.equal(test_of(text).name, "A test");
  assert.deepEqual(steps(text), [
    ["Connect", "setup", 8, 9],
    ['Measure "rail" # 1', "steps", 13, 16],
    ["It's counted", "steps", 18, 20],
    ["Last", "steps", 21, 22],
    ["Switch Off", "teardown", 24, 24],
  ]);
});

test("a list may stand in the column of its key", () => {
  const text = "test:\n  name: T\n  steps:\n  - name: One\n    type: mock\n  - name: Two\n    type: mock\n  teardown:\n  - name: Three\n";
  assert.deepEqual(steps(text), [
    ["One", "steps", 3, 4],
    ["Two", "steps", 5, 6],
    ["Three", "teardown", 8, 8],
  ]);
});

test("text in blocks and further names are no steps", () => {
  const text = "test:\n  name: T\n  steps:\n    - name: Ask\n      type: prompt\n      prompt:\n        message: |\n          - name: no step\n          steps:\n        buttons:\n          - name: OK\n";
  assert.deepEqual(steps(text), [["Ask", "steps", 3, 10]]);
});

test("carriage returns are no part of a name", () => {
  assert.deepEqual(steps("test:\r\n  steps:\r\n    - name: One\r\n      type: mock\r\n"), [["One", "steps", 2, 3]]);
});

test("a step being typed has no name yet", () => {
  assert.deepEqual(steps("test:\n  steps:\n    - \n    - name:\n    - name: Two\n"), [["Two", "steps", 4, 4]]);
});

test("a file that is no test has no steps", () => {
  assert.equal(test_of("cfg:\n  steps:\n    - name: One\n"), undefined);
  assert.equal(test_of(""), undefined);
});

test("the examples have the steps that they have", () => {
  const examples = path.join(__dirname, "../../../examples");
  const of = (name) => steps(fs.readFileSync(path.join(examples, name, "tests/main.yaml"), "utf8")).map(([step]) => step);
  assert.deepEqual(of("ESH10000121_FunctionalTest_v00"), ["Connect to Agent", "Load Forwarder", "Scan I2C", "Test Interconnect", "Disconnect"]);
  assert.equal(of("ESH10000122_FailureShowcase_v00").length, 10);
});
