"use strict";

const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Events } = require("../src/events");

const line = (event) => `${JSON.stringify(event)}\n`;
const started = (step, name, parent = null) => line({ event: "step_started", step, name, phase: "steps", place: {}, parent });
const finished = (step, verdict, rest) => line({ event: "step_finished", step, verdict, reason: null, message: null, duration_ns: 2e6, ...rest });

function told(text, size = text.length) {
  const heard = [];
  const events = new Events({
    started: (step) => heard.push(`started ${step.name}`),
    output: (step, what) => heard.push(`${step?.name} says ${what}`),
    finished: (step, { verdict, message, duration, place }) => heard.push([step.name, verdict, message, duration, place?.line]),
    over: ({ verdict }) => heard.push(verdict),
  });
  for (let at = 0; at < text.length; at += size) {
    events.take(text.slice(at, at + size));
  }
  return heard;
}

const RUN =
  started(0, "Rail") +
  line({ event: "output", step: 0, stream: "stdout", text: "5.42" }) +
  line({ event: "attempt_finished", step: 0, traceback: [] }) +
  line({ event: "measurement", step: 0, measurement: { name: "RAIL", value: 5.42, unit: "V", verdict: "FAIL", message: "must be at most 5.25" } }) +
  line({ event: "measurement", step: 0, measurement: { name: "OTHER", value: 1, unit: null, verdict: "PASS" } }) +
  finished(0, "FAIL", { reason: "limits" }) +
  line({ event: "run_finished", verdict: "FAIL" });

test("a step fails with the measurements that did", () => {
  assert.deepEqual(told(RUN), ["started Rail", "Rail says 5.42", ["Rail", "FAIL", "RAIL: 5.42 V, must be at most 5.25", 2, undefined], "FAIL"]);
});

test("the file may be read in pieces", () => {
  assert.deepEqual(told(RUN, 7), told(RUN));
});

test("a line that is not whole is waited for", () => {
  assert.deepEqual(told(RUN.slice(0, 30)), []);
});

test("a step of a sequence counts for the step that runs it", () => {
  const text =
    started(0, "Outer") +
    started(1, "Inner", { step: 0, iteration: 0, attempt: 0 }) +
    line({ event: "output", step: 1, stream: "stdout", text: "in" }) +
    line({ event: "attempt_finished", step: 1, traceback: [{ file: "python_modules/m.py", line: 3 }, { file: "python_modules/m.py", line: 7 }] }) +
    finished(1, "FAIL", { message: "ValueError: no" }) +
    finished(0, "FAIL", { message: "tests/inner.yaml ended FAIL" });
  assert.deepEqual(told(text), ["started Outer", "Outer says in", ["Outer", "FAIL", "tests/inner.yaml ended FAIL", 2, 7]]);
});

test("an iteration that is repeated forgets what failed before", () => {
  const failed = line({ event: "measurement", step: 0, measurement: { name: "A", value: 1, unit: null, verdict: "FAIL" } });
  const again = line({ event: "iteration_started", step: 0, index: 1 });
  assert.deepEqual(told(started(0, "S") + failed + again + finished(0, "PASS")).at(-1).slice(0, 3), ["S", "PASS", "PASS"]);
});
