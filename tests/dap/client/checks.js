"use strict";

// Drives `rehearse dap` as an editor does and prints one line for each check. REHEARSE names the program; an argument chooses the
// checks whose lines hold it; DAP_TRANSCRIPTS names a folder for what both sides said.

const fs = require("node:fs");
const net = require("node:net");
const path = require("node:path");
const { Session, copy, equal, expect, lines_of, within } = require("./session.js");

const PACKAGE = path.join(__dirname, "package");
const MAIN = "tests/main.yaml";

/** What a frame of code is called may hold more than the function's name. */
const named = (frame, name) => frame.name === name || frame.name.startsWith(`${name} `) || frame.name.endsWith(`.${name}`);

/** Stands before the line of main.yaml's first step that has read the rail. */
async function at_the_rail(s, settings) {
  await s.launch(settings, () => s.breakpoints(s.code_file, [s.line("code", "rail is read")]));
  const stop = await s.stopped("breakpoint");
  s.at(stop.top, s.code_file, s.line("code", "rail is read"));
  return stop;
}

/** Stands before a step of main.yaml. */
async function at_step(s, mark, settings) {
  await s.launch(settings, () => s.breakpoints(s.file(MAIN), [s.line(MAIN, `${mark} step`)]));
  return s.stopped("breakpoint");
}

/** What `rehearse run` wrote about a step with `--events`. */
function step_events(file, name) {
  expect(fs.existsSync(file), "the run has written no events");
  const events = fs.readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const numbers = events.filter((it) => it.event === "step_started" && it.name === name).map((it) => it.step);
  return events.filter((it) => it.event === "step_finished" && numbers.includes(it.step));
}

const CHECKS = {
  "initialize announces what the adapter can do": async (s) => {
    const capabilities = await s.initialize();
    for (const name of [
      "supportsConfigurationDoneRequest",
      "supportsConditionalBreakpoints",
      "supportsHitConditionalBreakpoints",
      "supportsLogPoints",
      "supportsFunctionBreakpoints",
      "supportsEvaluateForHovers",
      "supportsSetVariable",
      "supportsSetExpression",
      "supportsCompletionsRequest",
      "supportsExceptionInfoRequest",
      "supportsExceptionFilterOptions",
      "supportsTerminateRequest",
      "supportTerminateDebuggee",
      "supportsRestartFrame",
    ]) {
      expect(capabilities[name] === true, `${name} is ${capabilities[name]}`);
    }
    expect(!capabilities.supportsDelayedStackTraceLoading, "supportsDelayedStackTraceLoading is announced");
    const filters = capabilities.exceptionBreakpointFilters ?? [];
    equal(filters.map((it) => it.filter).sort(), ["bench", "failed", "limits", "raised", "uncaught"], "the exception filters");
    expect(filters.every((it) => it.label), "an exception filter has no label");
    equal(filters.filter((it) => it.default).map((it) => it.filter), ["uncaught"], "the exception filters that are on by default");
    expect(filters.find((it) => it.filter === "bench").supportsCondition === true, "the filter bench takes no condition");
  },

  "a run without breakpoints ends with its verdict's exit code and shows what was printed": async (s) => {
    await s.launch();
    await s.ends_with(1);
    await s.says("the rail 5V has 5.42 V");
    await s.says("switched off");
    await s.says("FAIL");
  },

  "a run that passes ends with exit code 0": async (s) => {
    await s.launch({ test: "tests/nested.yaml" });
    await s.ends_with(0);
  },

  "a test is found by its name": async (s) => {
    await s.launch({ test: "Raises" });
    await s.ends_with(1);
    await s.says("has no revision");
  },

  "further options of run are passed on": async (s) => {
    await s.launch({ args: ["--force", "Measure Rail=pass"] });
    await s.ends_with(0);
  },

  "requests that need no arguments may come without any": async (s) => {
    // In the order and the form of nvim-dap: launch at once, then breakpoints, then what is on by default.
    const capabilities = await s.initialize();
    const launched = s.answer("launch", { name: "a check", type: "rehearsal", request: "launch", package: s.folder, simulate: true, sandbox: s.mode === "sandbox" });
    await s.event("initialized");
    await s.breakpoints(s.code_file, [s.line("code", "rail is read")]);
    const filters = capabilities.exceptionBreakpointFilters.filter((it) => it.default).map((it) => it.filter);
    await s.ask("setExceptionBreakpoints", { filters });
    await s.ask("configurationDone");
    expect((await launched).success, "launch was refused");
    equal((await s.event("stopped")).threadId, 1, "the thread that stopped");
    await s.ask("threads");
    const { stackFrames } = await s.ask("stackTrace", { threadId: 1 });
    s.at(stackFrames[0], s.code_file, s.line("code", "rail is read"));
    await s.ask("scopes", { frameId: stackFrames[0].id });
    equal((await s.ask("evaluate", { expression: "volts", frameId: stackFrames[0].id })).result, "5.42", "volts");
    await s.go();
    await s.ends_with(1);
  },

  "a package that is not there is refused with a reason": async (s) => {
    await s.initialize();
    const answer = await s.answer("launch", { package: s.file("nowhere"), simulate: true });
    expect(!answer.success, "launch has succeeded");
    const text = `${answer.message} ${answer.body?.error?.format ?? ""}`;
    expect(text.includes("nowhere"), `the message does not name the package: ${text}`);
  },

  "a test that is not there is refused with a reason": async (s) => {
    await s.initialize();
    const answer = await s.answer("launch", { package: s.folder, test: "tests/nowhere.yaml", simulate: true });
    expect(!answer.success, "launch has succeeded");
    const text = `${answer.message} ${answer.body?.error?.format ?? ""}`;
    expect(text.includes("nowhere.yaml"), `the message does not name the test: ${text}`);
  },

  "a request that does not exist is refused": async (s) => {
    await s.initialize();
    const answer = await s.answer("makeCoffee", {});
    expect(!answer.success, "makeCoffee has succeeded");
  },

  "it stops at a line of Python and shows a local variable": async (s) => {
    const { frames, top } = await at_the_rail(s);
    expect(named(top, "measure_rail"), `the top frame is ${top.name}`);
    const step = s.step(frames, "Measure Rail");
    s.at(step, s.file(MAIN), s.line(MAIN, "rail step"), "the step's frame");
    await s.local(top, "volts", "5.42");
    await s.local(top, "gain", "'2'");
    await s.go();
    await s.ends_with(1);
  },

  "a breakpoint at a line of Python is verified and keeps its line": async (s) => {
    await s.launch({}, async () => {
      const line = s.line("code", "rail is read");
      const [breakpoint] = await s.breakpoints(s.code_file, [line]);
      expect(breakpoint.verified === true, `it is not verified: ${JSON.stringify(breakpoint)}`);
      equal(breakpoint.line, line, "its line");
      expect(breakpoint.id !== undefined, "it has no id");
    });
    const { body } = await s.stopped("breakpoint");
    const ids = body.hitBreakpointIds ?? [];
    expect(ids.length <= 1, `hitBreakpointIds is ${JSON.stringify(ids)}`);
    await s.go();
    await s.ends_with(1);
  },

  "a breakpoint in a file that is not there is not verified": async (s) => {
    await s.launch({}, async () => {
      const [breakpoint] = await s.breakpoints(s.file("python_modules/nowhere.py"), [3]);
      expect(breakpoint.verified === false, "it is verified");
      expect(breakpoint.message, "nothing says why");
    });
    await s.ends_with(1);
  },

  "it stops at a step of the YAML before the step runs": async (s) => {
    const { top } = await at_step(s, "count");
    equal(top.name, 'step "Count"', "the top frame");
    s.at(top, s.file(MAIN), s.line(MAIN, "count step"));
    await s.says("the rail 5V has");
    s.says_not("the counter is at");
    await s.go();
    await s.ends_with(1);
  },

  "any line within a step's entry stops before that step": async (s) => {
    await s.launch({}, () => s.breakpoints(s.file(MAIN), [s.line(MAIN, "inside the rail step")]));
    const { top } = await s.stopped("breakpoint");
    equal(top.name, 'step "Measure Rail"', "the top frame");
    s.says_not("the rail 5V has");
    await s.go();
    await s.ends_with(1);
  },

  "a breakpoint with a condition stops where the condition holds": async (s) => {
    const line = s.line("code", "in the loop");
    await s.launch({}, () => s.breakpoints(s.code_file, [{ line, condition: "number == 7" }]));
    const { top } = await s.stopped("breakpoint");
    await s.local(top, "number", "7");
    await s.local(top, "total", "21");
    await s.go();
    await s.ends_with(1);
  },

  "a breakpoint with a hit condition stops at that hit": async (s) => {
    const line = s.line("code", "in the loop");
    await s.launch({}, () => s.breakpoints(s.code_file, [{ line, hitCondition: "4" }]));
    const { top } = await s.stopped("breakpoint");
    await s.local(top, "number", "3");
  },

  "a log point prints and does not stop": async (s) => {
    const line = s.line("code", "in the loop");
    await s.launch({}, () => s.breakpoints(s.code_file, [{ line, logMessage: "number is {number}, so far {total + 0}" }]));
    await s.ends_with(1);
    await s.says("number is 0, so far 0");
    await s.says("number is 9, so far 36");
  },

  "a breakpoint set while it stands still stops later, and one taken away does not": async (s) => {
    await at_the_rail(s);
    await s.breakpoints(s.code_file, [s.line("code", "last of count")]);
    await s.go();
    const { top } = await s.stopped("breakpoint");
    s.at(top, s.code_file, s.line("code", "last of count"));
    await s.breakpoints(s.code_file, []);
    await s.go();
    await s.ends_with(1);
  },

  "a function breakpoint stops at the function's first line": async (s) => {
    await s.launch({}, async () => {
      const { breakpoints } = await s.ask("setFunctionBreakpoints", { breakpoints: [{ name: "scale" }] });
      equal(breakpoints.length, 1, "the number of breakpoints in the answer");
    });
    const { top } = await s.stopped(["function breakpoint", "breakpoint"]);
    s.at(top, s.code_file, s.line("code", "first of scale"));
    await s.local(top, "gain", "2.0");
    await s.go();
    await s.ends_with(1);
  },

  "the filter limits stops where a measurement is out of its limits": async (s) => {
    await s.launch({}, () => s.exceptions(["limits"]));
    const { body, frames } = await s.stopped("exception");
    s.step(frames, "Measure Rail");
    const text = `${body.description ?? ""} ${body.text ?? ""}`;
    expect(text.includes("RAIL"), `its text does not name the measurement: ${JSON.stringify(body)}`);
    const info = await s.ask("exceptionInfo", { threadId: 1 });
    expect(info.exceptionId && info.breakMode, `exceptionInfo lacks exceptionId or breakMode: ${JSON.stringify(info)}`);
    const rail = await s.variable(frames[0], "Measurements", "RAIL");
    expect(rail.value.includes("5.42"), `the measurement RAIL is ${JSON.stringify(rail)}`);
    await s.go();
    await s.ends_with(1);
  },

  "the filter failed stops at a step that fails": async (s) => {
    await s.launch({}, () => s.exceptions(["failed"]));
    const { body, frames } = await s.stopped("exception");
    s.step(frames, "Measure Rail");
    expect(body.text || body.description, "nothing says what has failed");
    await s.go();
    await s.ends_with(1);
  },

  "the filter uncaught stops at the line that raised, with its locals": async (s) => {
    await s.launch({ test: "tests/raises.yaml" }, () => s.exceptions(["uncaught"]));
    const { body, top, frames } = await s.stopped("exception");
    s.at(top, s.code_file, s.line("code", "raises ValueError"));
    s.step(frames, "Raise");
    await s.local(top, "identity", "'ESH10000122'");
    expect(`${body.text ?? ""}${body.description ?? ""}`.includes("ValueError"), `its text does not name the exception: ${JSON.stringify(body)}`);
    const info = await s.ask("exceptionInfo", { threadId: 1 });
    expect(info.exceptionId.includes("ValueError"), `exceptionId is ${info.exceptionId}`);
    expect(info.description.includes("has no revision"), `description is ${info.description}`);
    await s.go();
    await s.ends_with(1);
  },

  "the filter uncaught passes over what is caught, and raised does not": async (s) => {
    await s.launch({ test: "tests/raises.yaml" }, () => s.exceptions(["raised"]));
    const { top } = await s.stopped("exception");
    s.at(top, s.code_file, s.line("code", "raises KeyError"));
    await s.exceptions([]);
    await s.go();
    await s.ends_with(1);
  },

  "filters may come as options, as VS Code sends them": async (s) => {
    await s.launch({ test: "tests/raises.yaml" }, () => s.exceptions([], [{ filterId: "uncaught" }]));
    const { top } = await s.stopped("exception");
    s.at(top, s.code_file, s.line("code", "raises ValueError"));
    await s.exceptions([], []);
    await s.go();
    await s.ends_with(1);
  },

  "the filter bench stops at a request that fits its condition": async (s) => {
    await s.launch({}, () => s.exceptions([], [{ filterId: "bench", condition: "POST /api/resources/value/set" }]));
    const { body, frames } = await s.stopped("exception");
    s.step(frames, "Advance");
    expect(frames.some((it) => named(it, "advance")), `no frame is advance: ${frames.map((it) => it.name).join(", ")}`);
    expect(`${body.text ?? ""} ${body.description ?? ""}`.includes("/api/resources/value/set"), `its text does not name the request: ${JSON.stringify(body)}`);
    await s.go();
    await s.ends_with(1);
  },

  "expressions are evaluated in the frame that is chosen": async (s) => {
    const line = s.line("code", "last of scale");
    await s.launch({}, () => s.breakpoints(s.code_file, [line]));
    const { frames, top } = await s.stopped("breakpoint");
    for (const context of ["watch", "hover", "repl", "clipboard", "variables"]) {
      equal((await s.evaluate(top, "result > 5", context)).result, "True", `the ${context} value`);
    }
    const outer = frames.find((it) => named(it, "measure_rail"));
    equal((await s.evaluate(outer, "reading + 1", "watch")).result, "3.71", "a value of the outer frame");
    const answer = await s.answer("evaluate", { expression: "no_such_name", frameId: top.id, context: "watch" });
    expect(!answer.success && answer.message.includes("no_such_name"), `a name that is not there: ${JSON.stringify(answer)}`);
    await s.go();
    await s.ends_with(1);
  },

  "a statement in the console changes what the code goes on with": async (s) => {
    const { top } = await at_the_rail(s);
    await s.evaluate(top, "volts = 5.0");
    await s.local(top, "volts", "5.0");
    await s.go();
    await s.ends_with(0);
  },

  "setting a variable changes the verdict": async (s) => {
    const { top } = await at_the_rail(s);
    const variablesReference = await s.scope(top, "Locals");
    const { value } = await s.ask("setVariable", { variablesReference, name: "volts", value: "4.9 + 0.1" });
    equal(value, "5.0", "the value in the answer");
    await s.local(top, "volts", "5.0");
    await s.go();
    await s.ends_with(0);
    await s.says("the rail 5V has 5.00 V");
  },

  "setting an expression changes the verdict": async (s) => {
    const line = s.line("code", "first of scale");
    await s.launch({}, () => s.breakpoints(s.code_file, [line]));
    const { top } = await s.stopped("breakpoint");
    const { value } = await s.ask("setExpression", { expression: "reading", value: "2.5", frameId: top.id });
    equal(value, "2.5", "the value in the answer");
    await s.go();
    await s.ends_with(0);
  },

  "setting an item of a value inside a variable works as well": async (s) => {
    const { top } = await at_the_rail(s);
    const { variablesReference } = await s.variable(top, "Locals", "labels");
    expect(variablesReference > 0, "labels cannot be opened");
    const items = await s.children(variablesReference);
    const item = items.find((it) => it.name.replace(/["']/g, "") === "rail");
    expect(item, `labels has ${items.map((it) => it.name).join(", ")}`);
    await s.ask("setVariable", { variablesReference, name: item.name, value: "'12V'" });
    await s.go();
    await s.ends_with(1);
    await s.says("the rail 12V has");
  },

  "the scopes are those of the code, the step, the run and the bench": async (s) => {
    const { top } = await at_the_rail(s);
    const { scopes } = await s.ask("scopes", { frameId: top.id });
    equal(scopes.map((it) => it.name), ["Locals", "Globals", "Step", "Variables", "Measurements", "Hardware"], "the scopes");
    for (const scope of scopes) {
      expect(scope.variablesReference > 0 && typeof scope.expensive === "boolean", `${JSON.stringify(scope)} lacks variablesReference or expensive`);
      await s.children(scope.variablesReference);
    }
    equal((await s.variable(top, "Globals", "FACTOR")).value, "1.0", "the global variable FACTOR");
    const { variablesReference } = await s.variable(top, "Locals", "labels");
    const points = (await s.children(variablesReference)).find((it) => it.name.includes("points"));
    equal(points?.value, "[1, 2, 3]", "the item points of labels");
    equal((await s.children(points.variablesReference)).filter((it) => /^\[?[0-9]+\]?$/.test(it.name)).map((it) => it.value), ["1", "2", "3"], "its items");
  },

  "variables and what the bench said last are those of this moment": async (s) => {
    const { top } = await at_step(s, "finish");
    equal((await s.variable(top, "Variables", "counted")).value, "45", "the variable counted");
    const hardware = await s.children(await s.scope(top, "Hardware"));
    expect(
      hardware.some((it) => it.name.includes("/api/resources/value/set") && it.name.includes("DUT.COUNTER")),
      `Hardware does not show the last request: ${hardware.map((it) => it.name).join(", ")}`,
    );
  },

  "a name is completed": async (s) => {
    const { top } = await at_the_rail(s);
    const { targets } = await s.ask("completions", { frameId: top.id, text: "1 + vol", column: 8 });
    const labels = targets.map((it) => it.text ?? it.label);
    expect(labels.includes("volts"), `volts is not among ${labels.join(", ")}`);
    const attributes = await s.ask("completions", { frameId: top.id, text: "labels.va", column: 10 });
    const names = attributes.targets.map((it) => it.text ?? it.label);
    expect(names.some((it) => it.includes("values")), `values is not among ${names.join(", ")}`);
  },

  "next goes over a call": async (s) => {
    await s.launch({}, () => s.breakpoints(s.code_file, [s.line("code", "call of scale")]));
    await s.stopped("breakpoint");
    await s.go("next");
    const { top } = await s.stopped("step");
    s.at(top, s.code_file, s.line("code", "call of scale") + 1);
    await s.local(top, "volts", "5.42");
  },

  "step in goes into a call and step out comes back": async (s) => {
    await s.launch({}, () => s.breakpoints(s.code_file, [s.line("code", "call of scale")]));
    const { frames } = await s.stopped("breakpoint");
    await s.go("stepIn");
    const inside = await s.stopped("step");
    s.at(inside.top, s.code_file, s.line("code", "first of scale"));
    equal(inside.frames.length, frames.length + 1, "the depth of the stack");
    await s.go("stepOut");
    const { top } = await s.stopped("step");
    const line = s.line("code", "call of scale");
    expect([line, line + 1].includes(top.line) && named(top, "measure_rail"), `it stopped in ${top.name} at line ${top.line}`);
  },

  "next leads from the last line of a step into the next step": async (s) => {
    await s.launch({}, () => s.breakpoints(s.code_file, [s.line("code", "last of rail")]));
    await s.stopped("breakpoint");
    for (let steps = 0; ; steps += 1) {
      await s.go("next");
      const { frames } = await s.stopped("step");
      if (frames.some((it) => it.name === 'step "Count"')) {
        break;
      }
      s.step(frames, "Measure Rail");
      expect(steps < 2, "it does not leave the step");
    }
    await s.go();
    await s.ends_with(1);
  },

  "step in leads from a step into its function": async (s) => {
    await at_step(s, "count");
    await s.go("stepIn");
    const { top } = await s.stopped("step");
    s.at(top, s.code_file, s.line("code", "first of count"));
  },

  "next at a step leads to the next step": async (s) => {
    await at_step(s, "count");
    await s.go("next");
    const { top } = await s.stopped("step");
    equal(top.name, 'step "Advance"', "the top frame");
  },

  "stopOnEntry stops before the first step": async (s) => {
    await s.launch({ stopOnEntry: true });
    const { top } = await s.stopped("entry");
    equal(top.name, 'step "Connect"', "the top frame");
    s.at(top, s.file(MAIN), s.line(MAIN, "connect step"));
    await s.go();
    await s.ends_with(1);
  },

  "the steps that called a step are below it in the stack": async (s) => {
    await s.launch({ test: "tests/nested.yaml" }, () => s.breakpoints(s.code_file, [s.line("code", "last of count")]));
    const { frames } = await s.stopped("breakpoint");
    const names = frames.map((it) => it.name).filter((it) => it.startsWith("step "));
    equal(names, ['step "Inner Count"', 'step "Outer"'], "the steps of the stack");
    s.at(s.step(frames, "Inner Count"), s.file("tests/inner.yaml"), s.line("tests/inner.yaml", "inner step"), "the inner step");
    s.at(s.step(frames, "Outer"), s.file("tests/nested.yaml"), s.line("tests/nested.yaml", "outer step"), "the outer step");
    await s.go();
    await s.ends_with(0);
  },

  "there is one thread, of number 1": async (s) => {
    await at_the_rail(s);
    const { threads } = await s.ask("threads");
    equal(threads.map((it) => it.id), [1], "the threads");
  },

  "a part of the stack is given on request": async (s) => {
    await s.launch({}, () => s.breakpoints(s.code_file, [s.line("code", "first of scale")]));
    const { frames } = await s.stopped("breakpoint");
    const part = await s.ask("stackTrace", { threadId: 1, startFrame: 1, levels: 1 });
    equal(part.stackFrames.map((it) => it.name), [frames[1].name], "the second frame");
    expect(part.totalFrames === undefined || part.totalFrames === frames.length, `totalFrames is ${part.totalFrames}`);
  },

  "pause stops code that runs, and it goes on when told": async (s) => {
    await s.launch({ test: "tests/waits.yaml" });
    await s.go("pause");
    let { top, frames } = await s.stopped("pause");
    if (top.line !== s.line("code", "while waiting")) {
      // Paused before its loop, or in what that calls.
      s.step(frames, "Wait");
      await s.breakpoints(s.code_file, [s.line("code", "while waiting")]);
      await s.go();
      ({ top } = await s.stopped("breakpoint"));
      await s.breakpoints(s.code_file, []);
    }
    await s.evaluate(top, "waiting = False");
    await s.go();
    await s.ends_with(0);
    await s.says("no longer waiting");
  },

  "restarting a step takes what has changed in its Python": async (s) => {
    const { frames } = await at_the_rail(s);
    const code = fs.readFileSync(s.code_file, "utf8");
    fs.writeFileSync(s.code_file, code.replace("FACTOR = 1.0", "FACTOR = 0.9225"));
    await s.ask("restartFrame", { frameId: s.step(frames, "Measure Rail").id });
    // The protocol: the answer first, then an event "stopped" with the reason "restart".
    const { frames: again } = await s.stopped("restart");
    s.step(again, "Measure Rail");
    await s.go();
    const { top } = await s.stopped("breakpoint");
    expect((await s.variable(top, "Locals", "volts")).value.startsWith("4.99"), "volts is not what the changed code makes of it");
    await s.go();
    await s.ends_with(0);
  },

  "step back leads to the step before, with the bench as it was": async (s) => {
    const { top } = await at_step(s, "finish");
    equal(top.name, 'step "Finish"', "the top frame");
    expect(s.client.messages.some((it) => it.event === "capabilities" && it.body?.capabilities?.supportsStepBack === true), "no event capabilities announces supportsStepBack");
    await s.go("stepBack");
    const back = await s.stopped("step");
    equal(back.top.name, 'step "Advance"', "the top frame after stepping back");
    await s.go();
    await s.stopped("breakpoint");
    await s.go();
    await s.ends_with(1);
    const lines = s.output().split("\n").filter((it) => it.includes("the counter is at"));
    equal(lines.map((it) => it.replace(/.*counter/, "counter").trim()), ["counter is at 1", "counter is at 1"], "what the step printed each time");
  },

  "disconnect while it stands still runs the steps marked run_on_abort": async (s) => {
    const events = s.file("events.jsonl");
    await at_the_rail(s, { args: ["--events", events] });
    await s.ask("disconnect", {});
    await s.over();
    const finished = step_events(events, "Switch Off");
    equal(finished.map((it) => it.verdict), ["PASS"], "the verdict of the step Switch Off");
    equal(step_events(events, "Count").map((it) => it.verdict).filter((it) => it === "PASS"), [], "what ran of the step Count");
  },

  "disconnect before a step leaves that step out, and the steps marked run_on_abort run undisturbed": async (s) => {
    const events = s.file("events.jsonl");
    await at_step(s, "finish", { args: ["--events", events] });
    await s.ask("disconnect", {});
    await s.over();
    equal(step_events(events, "Finish").map((it) => it.verdict).filter((it) => it === "PASS"), [], "what ran of the step Finish");
    equal(step_events(events, "Switch Off").map((it) => it.verdict), ["PASS"], "the verdict of the step Switch Off");
  },

  "an editor that is gone is taken for a disconnect": async (s) => {
    const events = s.file("events.jsonl");
    await at_the_rail(s, { args: ["--events", events] });
    s.client._adapterProcess.stdin.end();
    await s.over();
    equal(step_events(events, "Switch Off").map((it) => it.verdict), ["PASS"], "the verdict of the step Switch Off");
  },

  "terminate ends the run as a person does": async (s) => {
    await at_the_rail(s);
    await s.ask("terminate", {});
    const code = await s.end();
    expect(code !== 0, "the exit code is 0");
    await s.says("switched off");
  },

  "it serves on a port, and says which": async (s) => {
    const server = s.spawn(["dap", "--listen", "127.0.0.1:0"]);
    const port = await within(listening(server.stderr), undefined, "no line `listening on 127.0.0.1:PORT` on stderr");
    await s.start(port);
    const { top } = await at_the_rail(s);
    await s.local(top, "volts", "5.42");
    await s.go();
    await s.ends_with(1);
  },

  "it attaches to a run that waits for it": async (s) => {
    const { port, run } = await waiting_run(s);
    await s.initialize();
    await s.configure("attach", { type: "rehearsal", request: "attach", name: "a check", host: "127.0.0.1", port }, () =>
      s.breakpoints(s.code_file, [s.line("code", "rail is read")]),
    );
    const { top } = await s.stopped("breakpoint");
    await s.local(top, "volts", "5.42");
    await s.go();
    await s.ends_with(1);
    equal(await within(run, undefined, "`rehearse run` does not end"), 1, "the exit code of `rehearse run`");
  },

  "detaching lets the run go on": async (s) => {
    const { port, run } = await waiting_run(s);
    await s.initialize();
    await s.configure("attach", { type: "rehearsal", request: "attach", name: "a check", port }, () => s.breakpoints(s.code_file, [s.line("code", "rail is read")]));
    await s.stopped("breakpoint");
    await s.ask("disconnect", { terminateDebuggee: false });
    equal(await within(run, undefined, "`rehearse run` does not end"), 1, "the exit code of `rehearse run`");
  },
};

/** Checks that start their adapter themselves. */
const OWN_START = new Set(["it serves on a port, and says which"]);

async function listening(stream) {
  let said = "";
  for await (const line of lines_of(stream)) {
    const found = /^listening on 127\.0\.0\.1:([0-9]+)$/.exec(line.trim());
    if (found) {
      // Whatever else it says, it must not wait for somebody to read it.
      stream.resume();
      return Number(found[1]);
    }
    said += `${line}\n`;
  }
  throw new Error(`it ended and said: ${said}`);
}

/** A run that waits on a free port; its end is its exit code. */
async function waiting_run(s) {
  const port = await free_port();
  const sandbox = s.mode === "sandbox" ? ["--sandbox"] : [];
  const child = s.spawn(["run", s.folder, "--simulate", ...sandbox, "--dap", String(port)]);
  let said = "";
  const run = new Promise((resolve) => child.on("close", (code) => resolve(code)));
  const ready = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data) => {
        said += data;
        if (said.includes(String(port))) {
          resolve();
        }
      });
    }
    child.on("close", (code) => reject(new Error(`\`rehearse run --dap\` ended (${code}) before anybody attached; it said: ${said.trim()}`)));
  });
  await within(ready, undefined, `\`rehearse run --dap ${port}\` does not say that it waits there`);
  return { port, run };
}

function free_port() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function run(mode, name, check) {
  const { place, folder } = copy(PACKAGE);
  const s = new Session(process.env.REHEARSE, mode, folder);
  let failure;
  try {
    if (!OWN_START.has(name)) {
      await s.start();
    }
    await check(s);
  } catch (error) {
    failure = error;
  }
  try {
    await s.stop();
  } catch (error) {
    failure ??= error;
  }
  fs.rmSync(place, { recursive: true, force: true });
  console.log(`${failure ? "FAIL" : "ok  "} ${mode}: ${name}`);
  if (failure) {
    const text = failure.constructor.name === "Failure" ? failure.message : failure.stack;
    console.log(`       ${text.replaceAll("\n", "\n       ")}`);
  }
  if (process.env.DAP_TRANSCRIPTS) {
    const file = path.join(process.env.DAP_TRANSCRIPTS, `${mode} ${name}.jsonl`.replace(/[^a-zA-Z0-9.]+/g, "_"));
    fs.mkdirSync(process.env.DAP_TRANSCRIPTS, { recursive: true });
    fs.writeFileSync(file, s.client.messages.map((it) => `${JSON.stringify(it)}\n`).join(""));
  }
  return !failure;
}

async function main() {
  if (!process.env.REHEARSE) {
    console.error("REHEARSE has to name the program");
    process.exit(2);
  }
  const chosen = process.argv.slice(2).join(" ");
  let [passed, failed] = [0, 0];
  for (const mode of ["native", "sandbox"]) {
    for (const [name, check] of Object.entries(CHECKS)) {
      if (`${mode}: ${name}`.includes(chosen)) {
        if (await run(mode, name, check)) {
          passed += 1;
        } else {
          failed += 1;
        }
      }
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

main();
