"use strict";

// What the lines of `rehearse run --events FILE` say about the steps of the test itself.

/** A measurement as a person reads it. */
function measured(it) {
  const text = (value) => (typeof value === "object" && value !== null ? JSON.stringify(value) : String(value));
  const parts = [`${it.name}: ${text(it.value)}${it.unit ? ` ${it.unit}` : ""}`];
  if (it.message) {
    parts.push(it.message);
  }
  return parts.join(", ");
}

/**
 * Takes the event file in pieces, as it grows, and calls `sink` with `started`, `output` and `finished` of each step of the test, those within
 * sequences left out.
 */
class Events {
  constructor(sink) {
    this.sink = sink;
    this.rest = "";
    this.steps = new Map();
  }

  take(piece) {
    const lines = (this.rest + piece).split("\n");
    // The last line may not be whole yet.
    this.rest = lines.pop();
    for (const line of lines) {
      if (line.trim()) {
        this.one(JSON.parse(line));
      }
    }
  }

  one(event) {
    const step = this.steps.get(event.step);
    switch (event.event) {
      case "step_started": {
        const outer = event.parent ? this.steps.get(event.parent.step) : undefined;
        const fresh = { name: event.name, phase: event.phase, outer, failed: [], place: undefined };
        this.steps.set(event.step, fresh);
        if (!outer) {
          this.sink.started?.(fresh);
        }
        break;
      }
      case "output":
        this.sink.output?.(outermost(step), event.text);
        break;
      case "measurement":
        if (step && event.measurement.verdict === "FAIL") {
          outermost(step).failed.push(measured(event.measurement));
        }
        break;
      case "attempt_finished":
        if (step) {
          // Where the code was: the innermost place of the last attempt.
          outermost(step).place = event.traceback?.at(-1);
        }
        break;
      case "iteration_started":
        if (step && !step.outer) {
          step.failed = [];
        }
        break;
      case "step_finished":
        if (step && !step.outer) {
          const why = [event.message, ...step.failed].filter(Boolean).join("\n");
          this.sink.finished?.(step, {
            verdict: event.verdict,
            message: why || `${event.verdict}${event.reason ? ` (${event.reason})` : ""}`,
            duration: event.duration_ns / 1e6,
            place: step.place,
          });
        }
        break;
      case "run_finished":
        this.sink.over?.(event);
        break;
      default:
    }
  }
}

function outermost(step) {
  let it = step;
  while (it?.outer) {
    it = it.outer;
  }
  return it;
}

module.exports = { Events };
