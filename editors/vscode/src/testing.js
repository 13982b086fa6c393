"use strict";

// The tests of the packages in the workspace, in the editor's test view: a test is a YAML file, and its children are its steps.

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const vscode = require("vscode");
const { program } = require("./debugging");
const { Events } = require("./events");
const { debug_configuration, package_of, run_arguments, test_path } = require("./packages");
const { test_of } = require("./steps");

const FILES = "**/tests/**/*.{yaml,yml}";
const NOT = "**/{node_modules,target,.git}/**";

/** What is known of an item: `folder`, `test`, and for a step `step`. */
const known = new WeakMap();

function offer(controller, uri, text) {
  const folder = package_of(uri.fsPath);
  const test = folder && test_path(folder, uri.fsPath);
  const found = test && test_of(text);
  if (!found) {
    controller.items.delete(uri.toString());
    return;
  }
  const item = controller.items.get(uri.toString()) ?? controller.createTestItem(uri.toString(), "", uri);
  item.label = found.name || test;
  item.description = `${path.basename(folder)}/${test}`;
  known.set(item, { folder, test });
  const names = new Set();
  const children = found.steps
    // --only takes steps of `steps`, the first of each name.
    .filter((step) => step.phase === "steps" && !names.has(step.name) && names.add(step.name))
    .map((step, index) => {
      const child = controller.createTestItem(`${uri}#${step.name}`, step.name, uri);
      child.range = new vscode.Range(step.line, 0, step.end, 0);
      child.sortText = String(index).padStart(5, "0");
      known.set(child, { folder, test, step: step.name });
      return child;
    });
  item.children.replace(children);
  controller.items.add(item);
}

/** What a request means: for each test its item and the steps that are wanted, none for all of them. */
function wanted(controller, request) {
  const tests = new Map();
  const excluded = new Set(request.exclude ?? []);
  const add = (item, step) => {
    if (!tests.has(item)) {
      tests.set(item, []);
    }
    // The editor may name an item twice.
    if (step && !tests.get(item).includes(step)) {
      tests.get(item).push(step);
    }
  };
  const include = request.include ?? [...controller.items].map(([, item]) => item);
  for (const item of include.filter((it) => !excluded.has(it))) {
    const left = [...item.children].map(([, child]) => child);
    if (item.parent) {
      if (!include.includes(item.parent)) {
        add(item.parent, item);
      }
    } else if (left.some((it) => excluded.has(it))) {
      left.filter((it) => !excluded.has(it)).forEach((child) => add(item, child));
    } else {
      add(item);
    }
  }
  return tests;
}

const further = (uri) => vscode.workspace.getConfiguration("rehearsal", uri).get("arguments") ?? [];

/** The programs that run; they end with the window. */
const running = new Set();

/** Runs one test and reports each step as it ends. */
function run(run, item, steps, simulate, token) {
  const { folder, test } = known.get(item);
  const place = fs.mkdtempSync(path.join(os.tmpdir(), "rehearsal-"));
  const events = path.join(place, "events.jsonl");
  const children = new Map([...item.children].map(([, child]) => [child.label, child]));
  const chosen = steps.length > 0 ? steps : [...children.values()];
  const child_of = (step) => (step?.phase === "steps" ? children.get(step.name) : undefined);
  const say = (text, child) => run.appendOutput(text.replace(/\r?\n/g, "\r\n"), undefined, child);
  const settled = new Set();
  const bad = [];
  let over = false;

  run.started(item);
  const reader = new Events({
    started(step) {
      const child = child_of(step);
      if (child && chosen.includes(child)) {
        run.started(child);
      }
    },
    finished(step, { verdict, message, duration, place: where }) {
      const child = child_of(step);
      if (verdict !== "PASS" && verdict !== "SKIPPED") {
        bad.push(`${step.name}: ${message}`);
      }
      const left_out = verdict === "SKIPPED" && !chosen.includes(child);
      if (!child || settled.has(child) || left_out) {
        return;
      }
      settled.add(child);
      if (verdict === "PASS") {
        run.passed(child, duration);
      } else if (verdict === "SKIPPED") {
        run.skipped(child);
      } else {
        const text = new vscode.TestMessage(message);
        const code = where?.file && path.resolve(folder, where.file);
        text.location =
          code && fs.existsSync(code)
            ? new vscode.Location(vscode.Uri.file(code), new vscode.Position(Math.max(0, where.line - 1), 0))
            : new vscode.Location(child.uri, child.range);
        run.failed(child, text, duration);
      }
    },
    over() {
      over = true;
    },
  });
  let offset = 0;
  const read = () => {
    if (!fs.existsSync(events)) {
      return;
    }
    const file = fs.openSync(events, "r");
    try {
      const size = fs.fstatSync(file).size - offset;
      const piece = Buffer.alloc(size);
      const length = fs.readSync(file, piece, 0, size, offset);
      // Up to the last whole line, so that no character is cut in two.
      const end = piece.subarray(0, length).lastIndexOf(10) + 1;
      offset += end;
      reader.take(piece.toString("utf8", 0, end));
    } finally {
      fs.closeSync(file);
    }
  };

  return new Promise((resolve) => {
    const args = run_arguments({ folder, test, steps: steps.map((it) => it.label), simulate, further: further(item.uri), events });
    const child = spawn(program(item.uri), args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    // As Ctrl-C does: the steps marked run_on_abort still run.
    const stopping = token.onCancellationRequested(() => child.kill("SIGINT"));
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        said += text;
        say(text);
        read();
      });
    }
    const end = (trouble) => {
      stopping.dispose();
      running.delete(child);
      read();
      fs.rmSync(place, { recursive: true, force: true });
      if (trouble || !over) {
        run.errored(item, new vscode.TestMessage(trouble ?? (said.trim() || "nothing ran")));
      } else if (bad.length > 0) {
        run.failed(item, new vscode.TestMessage(bad.join("\n")));
      } else if (steps.length === 0) {
        run.passed(item);
      }
      chosen.filter((it) => !settled.has(it)).forEach((it) => run.skipped(it));
      resolve();
    };
    child.on("error", (error) => end(`${program(item.uri)}: ${error.message}; the setting rehearsal.path names the program`));
    child.on("close", (code) => end(code === 2 ? said.trim() || "nothing ran" : undefined));
  });
}

function register(context) {
  const controller = vscode.tests.createTestController("rehearsal", "Rehearsal");
  context.subscriptions.push(controller, { dispose: () => running.forEach((child) => child.kill("SIGINT")) });

  const runs = (simulate) => async (request, token) => {
    const result = controller.createTestRun(request);
    for (const [item, steps] of wanted(controller, request)) {
      if (token.isCancellationRequested) {
        break;
      }
      await run(result, item, steps, simulate, token);
    }
    result.end();
  };
  const debugs = (simulate) => async (request) => {
    // One at a time: each is a session of its own.
    for (const [item, steps] of wanted(controller, request)) {
      const { folder, test } = known.get(item);
      const configuration = debug_configuration({ folder, test, steps: steps.map((it) => it.label), simulate, further: further(item.uri) });
      await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(item.uri), configuration);
    }
  };
  const { Run, Debug } = vscode.TestRunProfileKind;
  controller.createRunProfile("Run on the simulated bench", Run, runs(true), true);
  controller.createRunProfile("Run on the station", Run, runs(false), false);
  controller.createRunProfile("Debug on the simulated bench", Debug, debugs(true), true);
  controller.createRunProfile("Debug on the station", Debug, debugs(false), false);

  const read = async (uri) => {
    const bytes = await vscode.workspace.fs.readFile(uri);
    offer(controller, uri, Buffer.from(bytes).toString("utf8"));
  };
  const all = async () => {
    for (const uri of await vscode.workspace.findFiles(FILES, NOT)) {
      await read(uri);
    }
  };
  controller.resolveHandler = (item) => (item ? undefined : all());
  controller.refreshHandler = all;

  const watcher = vscode.workspace.createFileSystemWatcher(FILES);
  context.subscriptions.push(
    watcher,
    watcher.onDidCreate(read),
    watcher.onDidChange(read),
    watcher.onDidDelete((uri) => controller.items.delete(uri.toString())),
    // The buttons keep to their lines while somebody types.
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document.languageId === "yaml" && document.uri.scheme === "file") {
        offer(controller, document.uri, document.getText());
      }
    }),
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (document.languageId === "yaml" && document.uri.scheme === "file") {
        offer(controller, document.uri, document.getText());
      }
    }),
  );
  return all();
}

module.exports = { register };
