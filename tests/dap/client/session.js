"use strict";

// One debugging session: the adapter, what it has said so far, and what is expected of it next.

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const readline = require("node:readline");
const { DebugClient } = require("@vscode/debugadapter-testsupport");

/** The longest that anything may take; it keeps a broken adapter from hanging the tests and says nothing about speed. */
const PATIENCE_MS = 1000 * Number(process.env.DAP_PATIENCE_S || 60);

/** What failed, in a sentence. */
class Failure extends Error {}

function expect(holds, text) {
  if (!holds) {
    throw new Failure(text);
  }
}

function equal(actual, wanted, what) {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(wanted)];
  expect(is === should, `${what} is ${is}, should be ${should}`);
}

/** The responses without a body; every other one that succeeds has to have one. */
const BARE = ["attach", "cancel", "configurationDone", "disconnect", "launch", "next", "pause", "restart", "restartFrame", "reverseContinue", "setExceptionBreakpoints", "stepBack", "stepIn", "stepOut", "terminate"];

/** Keeps every message of both sides, and says which of them break the protocol's frame. */
class Client extends DebugClient {
  constructor(program, environment) {
    super(program, "dap", "rehearsal", { env: environment, stdio: ["pipe", "pipe", "pipe"] });
    this.messages = [];
    this.asked = new Map();
    this.wrong = [];
    this.last = 0;
    this.heard = () => {};
    this.setMaxListeners(0);
  }

  doSend(command, args, answered) {
    this.asked.set(this.sequence, command);
    this.messages.push({ to: "adapter", seq: this.sequence, command, arguments: args });
    super.doSend(command, args, answered);
  }

  dispatch(body) {
    const message = JSON.parse(body);
    this.messages.push({ to: "client", ...message });
    if (!(message.seq > this.last)) {
      this.wrong.push(`seq ${message.seq} follows ${this.last}`);
    }
    this.last = message.seq;
    if (message.type === "response") {
      const command = this.asked.get(message.request_seq);
      if (command === undefined) {
        this.wrong.push(`a response to ${message.request_seq}, which is not outstanding`);
      } else if (command !== message.command) {
        this.wrong.push(`a response to ${command} says it is one to ${message.command}`);
      }
      if (typeof message.success !== "boolean") {
        this.wrong.push(`a response to ${command} without success`);
      }
      if (message.success && !BARE.includes(command) && (typeof message.body !== "object" || message.body === null)) {
        // The editors that are strict take it for an error.
        this.wrong.push(`a response to ${command} without a body`);
      }
      if (message.success === false && !message.message) {
        this.wrong.push(`a failed ${command} without a message`);
      }
      this.asked.delete(message.request_seq);
    } else if (message.type !== "event" || typeof message.event !== "string") {
      this.wrong.push(`a message of type ${message.type}`);
    }
    super.dispatch(body);
    this.heard();
  }
}

class Session {
  /** `mode` is "native" or "sandbox"; `folder` is the package. */
  constructor(program, mode, folder) {
    this.program = program;
    this.mode = mode;
    this.folder = folder;
    this.environment = { ...process.env };
    // What a person's shell says must not decide a test.
    delete this.environment.REHEARSAL_SANDBOX;
    this.client = new Client(program, this.environment);
    /** How many messages the checks have passed. */
    this.passed = 0;
    this.programs = [];
    this.closed = new Promise((resolve) => {
      this.close = resolve;
    });
  }

  async start(port) {
    await this.client.start(port);
    const adapter = this.client._adapterProcess;
    if (adapter) {
      this.programs.push(adapter);
      this.stderr = "";
      adapter.stderr.on("data", (data) => {
        this.stderr += data;
      });
      // Requests to an adapter that has ended are noticed by their missing answers.
      adapter.stdin.on("error", () => {});
      adapter.on("close", (code) => {
        this.code = code;
        this.gone = true;
        this.close();
        this.client.heard();
      });
    } else {
      this.client._socket.on("error", () => {});
      this.client._socket.on("close", () => {
        this.gone = true;
        this.close();
        this.client.heard();
      });
    }
  }

  /** Another program of this session, killed with it. */
  spawn(args) {
    const child = spawn(this.program, args, { env: this.environment, stdio: ["ignore", "pipe", "pipe"] });
    this.programs.push(child);
    return child;
  }

  /** The file of the package with this name, as editors name it. */
  file(name) {
    return path.join(this.folder, name);
  }

  get code_file() {
    return this.file("python_modules/debugged_tests.py");
  }

  /** The number of the line that bears a mark. */
  line(name, mark) {
    const file = name === "code" ? this.code_file : this.file(name);
    const lines = fs.readFileSync(file, "utf8").split("\n");
    const index = lines.findIndex((line) => line.endsWith(`# mark: ${mark}`));
    expect(index >= 0, `no line of ${name} is marked "${mark}"`);
    return index + 1;
  }

  /** Asks and waits for the answer's body; a refusal is a failure. */
  async ask(command, args) {
    const answer = await this.answer(command, args);
    expect(answer.success, `${command} ${JSON.stringify(args)} was refused: ${answer.message}`);
    return answer.body ?? {};
  }

  /** Asks and waits for the answer, whatever it is. */
  answer(command, args) {
    return within(
      new Promise((resolve) => this.client.doSend(command, args, resolve)),
      this.closed.then(() => new Promise((_, reject) => setImmediate(() => reject(new Failure(`the adapter ended without an answer to ${command}`))))),
      `no answer to ${command}`,
    );
  }

  /**
   * Initializes and launches. `settings.test` is main.yaml unless given; `prepare` sets breakpoints. The package runs on its simulated bench.
   */
  async launch(settings, prepare) {
    const capabilities = await this.initialize();
    const args = {
      type: "rehearsal",
      request: "launch",
      name: "a check",
      package: this.folder,
      test: "tests/main.yaml",
      simulate: true,
      sandbox: this.mode === "sandbox",
      ...settings,
    };
    await this.configure("launch", args, prepare);
    return capabilities;
  }

  async initialize() {
    const args = {
      clientID: "checks",
      adapterID: "rehearsal",
      linesStartAt1: true,
      columnsStartAt1: true,
      pathFormat: "path",
      supportsVariableType: true,
    };
    return this.ask("initialize", args);
  }

  /** The order that the protocol's overview describes: the answer to `launch` may come before or after the configuration. */
  async configure(request, args, prepare) {
    const answered = this.ask(request, args);
    // Met below; until then it is no error that nobody looks at.
    answered.catch(() => {});
    await this.event("initialized", (it) => it.type === "response" && it.command === request && !it.success && `the ${request} was refused: ${it.message}`);
    // As VS Code does: what the adapter has by default, unless the check says otherwise.
    await this.ask("setExceptionBreakpoints", { filters: [] });
    await prepare?.();
    await this.ask("configurationDone", {});
    await answered;
  }

  /** Breakpoints of a file, by line number or as the protocol has them. */
  async breakpoints(file, breakpoints) {
    const list = breakpoints.map((breakpoint) => (typeof breakpoint === "number" ? { line: breakpoint } : breakpoint));
    const body = await this.ask("setBreakpoints", {
      source: { path: file, name: path.basename(file) },
      breakpoints: list,
      lines: list.map((breakpoint) => breakpoint.line),
    });
    equal(body.breakpoints?.length, list.length, "the number of breakpoints in the answer");
    return body.breakpoints;
  }

  exceptions(filters, filterOptions) {
    return this.ask("setExceptionBreakpoints", filterOptions ? { filters, filterOptions } : { filters });
  }

  /** The next message that `wanted` takes, from where the last one was found. */
  next(wanted, what, unless) {
    const found = new Promise((resolve, reject) => {
      const look = () => {
        const { messages } = this.client;
        for (let index = this.passed; index < messages.length; index += 1) {
          if (wanted(messages[index])) {
            this.passed = index + 1;
            this.client.heard = () => {};
            resolve(messages[index]);
            return;
          }
          const other = unless?.(messages[index]);
          if (other) {
            this.client.heard = () => {};
            reject(new Failure(`no ${what}, but ${other}`));
            return;
          }
        }
        if (this.gone) {
          reject(new Failure(`the adapter ended (${this.code ?? "closed"}) before ${what}${this.stderr ? `; it said: ${this.stderr.trim()}` : ""}`));
        }
      };
      this.client.heard = look;
      look();
    });
    return within(found, undefined, `no ${what}`);
  }

  async event(name, unless) {
    const message = await this.next((it) => it.to === "client" && it.event === name, `event "${name}"`, unless);
    return message.body ?? {};
  }

  /** Where it stands when it stops next. */
  async stopped(reason) {
    const body = await this.event("stopped", (it) => it.to === "client" && ["exited", "terminated"].includes(it.event) && `the run ended: ${JSON.stringify(it.body ?? {})}`);
    if (reason !== undefined) {
      const reasons = [reason].flat();
      expect(reasons.includes(body.reason), `it stopped with reason ${JSON.stringify(body.reason)}, should be ${reasons.join(" or ")}: ${JSON.stringify(body)}`);
    }
    equal(body.threadId, 1, "the thread that stopped");
    const frames = await this.frames();
    return { body, frames, top: frames[0] };
  }

  async frames() {
    const { stackFrames } = await this.ask("stackTrace", { threadId: 1, startFrame: 0, levels: 20 });
    expect(stackFrames.length > 0, "the stack is empty");
    for (const frame of stackFrames) {
      expect(Number.isInteger(frame.id) && Number.isInteger(frame.line) && Number.isInteger(frame.column) && typeof frame.name === "string", `a frame lacks id, line, column or name: ${JSON.stringify(frame)}`);
    }
    return stackFrames;
  }

  /** Checks that the frame is at a place. */
  at(frame, file, line, what = "the top frame") {
    const name = frame.source?.path;
    expect(name && fs.existsSync(name) && fs.realpathSync(name) === fs.realpathSync(file), `${what} is in ${name}, should be in ${file}`);
    equal(frame.line, line, `the line of ${what}`);
  }

  /** The frame of a step. */
  step(frames, name) {
    const wanted = `step "${name}"`;
    const frame = frames.find((it) => it.name === wanted);
    expect(frame, `no frame is ${wanted}; there are ${frames.map((it) => it.name).join(", ")}`);
    return frame;
  }

  async scope(frame, name) {
    const { scopes } = await this.ask("scopes", { frameId: frame.id });
    const scope = scopes.find((it) => it.name === name);
    expect(scope, `no scope ${name}; there are ${scopes.map((it) => it.name).join(", ")}`);
    return scope.variablesReference;
  }

  async children(variablesReference) {
    const { variables } = await this.ask("variables", { variablesReference });
    return variables;
  }

  async variable(frame, scope, name) {
    const variables = await this.children(await this.scope(frame, scope));
    const variable = variables.find((it) => it.name === name);
    expect(variable, `${scope} has no ${name}; it has ${variables.map((it) => it.name).join(", ")}`);
    return variable;
  }

  async local(frame, name, value) {
    const { value: shown } = await this.variable(frame, "Locals", name);
    // A whole number may be followed by its hexadecimal form.
    equal(/^[0-9]/.test(shown) ? shown.split(" ")[0] : shown, value, `the local variable ${name}`);
  }

  evaluate(frame, expression, context = "repl") {
    return this.ask("evaluate", { expression, frameId: frame?.id, context });
  }

  go(command = "continue") {
    return this.ask(command, { threadId: 1 });
  }

  /** Lets the run come to its end and says its exit code; it must not stop again. */
  async end() {
    const stops = (it) => it.to === "client" && it.event === "stopped" && `it stopped: ${JSON.stringify(it.body)}`;
    const { exitCode } = await this.event("exited", stops);
    if (!this.client.messages.some((it) => it.event === "terminated")) {
      await this.event("terminated", stops);
    }
    return exitCode;
  }

  async ends_with(code) {
    equal(await this.end(), code, "the exit code of the run");
  }

  /** All that was printed so far. */
  output(category) {
    return this.client.messages
      .filter((it) => it.event === "output" && (category === undefined || (it.body.category ?? "console") === category))
      .map((it) => it.body.output)
      .join("");
  }

  /** Output comes by another way than events, and may come after them. */
  async says(text, category) {
    const end = Date.now() + PATIENCE_MS;
    while (!this.output(category).includes(text) && Date.now() < end) {
      await new Promise((done) => setTimeout(done, 20));
    }
    const output = this.output(category);
    expect(output.includes(text), `the output does not have ${JSON.stringify(text)}: ${JSON.stringify(output)}`);
  }

  says_not(text) {
    expect(!this.output().includes(text), `the output has ${JSON.stringify(text)}`);
  }

  /** Waits for the adapter's own end. */
  over() {
    return within(this.closed, undefined, "the adapter does not end");
  }

  /** Ends what is still running; every check ends with it. */
  async stop() {
    const { client } = this;
    try {
      if (!this.gone && client._adapterProcess) {
        this.answer("disconnect", {}).catch(() => {});
        client._adapterProcess.stdin.end();
        await within(this.closed, undefined, "the adapter does not end after disconnect and the end of its input");
      }
    } finally {
      for (const child of this.programs) {
        child.kill("SIGKILL");
      }
      client._socket?.destroy();
    }
    equal(client.wrong, [], "what breaks the protocol");
  }
}

/** A promise, bounded: by another one that fails, and by patience. */
function within(promise, other, text) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Failure(`${text} within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  return Promise.race([promise, late, ...(other ? [other] : [])]).finally(() => clearTimeout(timer));
}

/** A copy of the package that a check may change. */
function copy(folder) {
  const place = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "rehearsal-dap-"));
  const copied = path.join(place, "Debugged_v00");
  fs.cpSync(folder, copied, { recursive: true });
  return { place, folder: copied };
}

/** The lines of a stream. */
function lines_of(stream) {
  return readline.createInterface({ input: stream })[Symbol.asyncIterator]();
}

module.exports = { Client, Failure, PATIENCE_MS, Session, copy, equal, expect, lines_of, within };
