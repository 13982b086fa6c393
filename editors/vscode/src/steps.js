"use strict";

// Finds the steps of a test's YAML by its lines: the editor shows something before the file is valid, and `rehearse check` judges it.

const PHASES = ["setup", "steps", "teardown"];

const indent = (line) => line.length - line.trimStart().length;
const blank = (line) => /^\s*(#.*)?$/.test(line);

/** A scalar's text: quoted, or plain up to a comment. */
function scalar(text) {
  const double = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  if (double) {
    try {
      return JSON.parse(`"${double[1]}"`);
    } catch {
      return double[1];
    }
  }
  const single = /^'((?:[^']|'')*)'/.exec(text);
  if (single) {
    return single[1].replaceAll("''", "'");
  }
  return text.replace(/(^|\s)#.*$/, "").trim();
}

/** The name that a line of a step gives it, without the dash. */
function name_of(line) {
  const block = /^name:\s+(.*)$/.exec(line);
  if (block) {
    return scalar(block[1]);
  }
  const flow = /^\{(?:.*,)?\s*name:\s+("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,}]*)/.exec(line);
  return flow ? scalar(flow[1].trim()) : undefined;
}

/** The value of a key of the test itself, such as its name. */
function of_test(lines, key) {
  const start = lines.findIndex((line) => /^test:\s*(#.*)?$/.test(line));
  if (start < 0) {
    return undefined;
  }
  const first = lines.slice(start + 1).find((line) => !blank(line));
  const column = first === undefined ? 0 : indent(first);
  for (const line of lines.slice(start + 1)) {
    if (!blank(line) && indent(line) === 0) {
      break;
    }
    if (indent(line) === column && line.trimStart().startsWith(`${key}:`)) {
      return scalar(line.trimStart().slice(key.length + 1).trim());
    }
  }
  return undefined;
}

/**
 * The test of a YAML file: its name and its steps with `name`, `phase`, and the first and last line (`line`, `end`) from 0. Undefined where it is no
 * test at all.
 */
function test_of(text) {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => /^test:\s*(#.*)?$/.test(line));
  if (start < 0) {
    return undefined;
  }
  const steps = [];
  let column; // of the keys of the test
  let phase;
  let dash; // the column of the phase's dashes
  let step;
  for (let number = start + 1; number < lines.length; number += 1) {
    const line = lines[number];
    if (blank(line)) {
      continue;
    }
    const at = indent(line);
    const rest = line.trimStart();
    if (at === 0 && !rest.startsWith("- ")) {
      break;
    }
    column ??= at;
    // A list may stand in the column of its key.
    const item = rest === "-" || rest.startsWith("- ");
    if (at <= column && !item) {
      const key = /^([a-z_]+):\s*(#.*)?$/.exec(rest)?.[1];
      phase = PHASES.includes(key) ? key : undefined;
      dash = undefined;
      step = undefined;
      continue;
    }
    if (phase === undefined) {
      continue;
    }
    dash ??= item ? at : undefined;
    if (item && at === dash) {
      const content = rest.slice(1).trimStart();
      step = { name: name_of(content), phase, line: number, end: number, keys: content && line.length - content.length };
      steps.push(step);
    } else if (step) {
      step.end = number;
      step.keys ||= at;
      if (step.name === undefined && at === step.keys) {
        step.name = name_of(rest);
      }
    }
  }
  return {
    name: of_test(lines, "name"),
    steps: steps.filter((it) => it.name).map(({ name, phase, line, end }) => ({ name, phase, line, end })),
  };
}

module.exports = { test_of };
