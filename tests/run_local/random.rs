//! Random packages: odd values against every operator, retries, aborts, templates.

use proptest::{prelude::*, sample::select};

use crate::written::Written;

/// What a function may do, as the lines of its body; `N` is the number of the step.
const BODIES: &[&str] = &[
    "return None",
    "return True",
    "return 5",
    "return 10**30",
    "return 2**53 + 1",
    "return 1e16",
    "return 1.5e-5",
    "return -0.0",
    "return float('nan')",
    "return float('-inf')",
    "return ' 5.0 '",
    "return '1,5'",
    "return '1e999'",
    "return 'TRUE'",
    "return '9007199254740993'",
    "return 'é\\n\"\\\\ {{x}}'",
    "return [1, 2.5, None, True, 'x', 1.5e-5, float('nan'), -1e-5, 1e-4, 1e-6, 1e15, 1e16, 1e17, {'k': 'é\\x01'}]",
    "return (1, 'a')",
    "return {'v': 5.0, 'flag': 'True', 'n': 4}",
    "return {'v': '4.75', 'vout': 5, 'flag': False}",
    "return {'v': None, 'result': 7}",
    "return {'x': 'over', 'cfg.AGENT_HOST': 'no', 'v': True}",
    "return {'vout': '+5', 'v': [1e-5]}",
    "return {}",
    "return {1: 2}",
    "return {'v': {'s': {1}}}",
    "return b'x'",
    "return Odd(5)",
    "return {'v': Words('5')}",
    "return '\\ud800'",
    "return ring()",
    "raise ValueError('no')",
    "raise SystemExit(3)",
    "raise TypeError('mine')",
    "raise Silent()",
    "return len(5)",
    "return count(N) and {'v': 5.0, 'flag': 'true', 'vout': 5}",
    "return later(N)",
];

const CODE: &str = "
class Odd(int):
    def __str__(self):
        return 'odd'


class Words(str):
    def __str__(self):
        return 'words'


class Silent(Exception):
    def __str__(self):
        raise RuntimeError('silent')


def ring():
    values = []
    values.append(values)
    return values


calls = {}


def count(number):
    calls[number] = calls.get(number, 0) + 1
    if calls[number] < 2:
        raise OSError('not yet')
    return True


def later(number):
    calls[number] = calls.get(number, 0) + 1
    return {'v': calls[number], 'vout': calls[number] * 2.5, 'flag': calls[number] > 1}
";

/// Values of parameters, outputs and measurements, in YAML's flow style.
const VALUES: &[&str] = &[
    "\"{{x}}\"",
    "\"{{ x }}\"",
    "\"a{{x}}b{{n}}\"",
    "\"{{n}}\"",
    "\"{{f}}\"",
    "\"{{h}}\"",
    "\"{{b}}\"",
    "\"{{empty}}\"",
    "\"{{cfg.AGENT_HOST}}/{{exec.serial_number}}\"",
    "\"{{exec.tag.T}}\"",
    "\"{{cfg.LEVEL}}\"",
    "\"{{mes.order}}\"",
    "\"{{__iteration__}}-{{__cycle__}}\"",
    "\"{{ unclosed\"",
    "\"{{{x}}}\"",
    "plain \\ text",
    "\"quo\\\"te\\n\"",
    "007",
    "12.50",
    "0x1F",
    "true",
    ".inf",
    "~",
];

/// Values that earlier steps may have left, or not.
const LEFT: &[&str] = &[
    "\"{{v}}\"",
    "\"{{result}}\"",
    "\"{{vout}}\"",
    "\"{{flag}}\"",
    "\"{{o}}\"",
    "\"{{result}} {{v}}\"",
];

const MISSING: &[&str] = &["\"{{missing}}\"", "\"{{cfg.MISSING}}\"", "\"{{}}\""];

const JUDGEMENTS: &[&str] = &[
    "low_limit: 4.5, high_limit: 5.5",
    "low_limit: 9007199254740993",
    "high_limit: 0",
    "low_limit: 5, high_limit: 5",
    "unit: V",
    "operator: equal, target: 5",
    "operator: eq, target: 5.0",
    "operator: eq, target: 9007199254740993",
    "operator: ne, target: 5",
    "operator: notequal, target: 0x5",
    "operator: gt, low_limit: 4.99",
    "operator: gte, low_limit: 5",
    "operator: lt, high_limit: 5",
    "operator: le, high_limit: \"5\"",
    "operator: le",
    "operator: log",
    "target: 5",
    "type: boolean, expected: true",
    "type: boolean, expected: \"False\"",
    "type: boolean, expected: maybe",
    "type: boolean",
    "type: boolean, operator: log",
    "type: string, expected: \"5\"",
    "type: string, expected: \"5.0\"",
    "type: string, expected: true",
    "type: string, expected: \"[1e-05]\"",
    "type: string, expected: \"[0.00001]\"",
    "type: string",
    "type: string, operator: log, expected: x",
];

const NAMES: &[&str] = &[
    "V",
    "VOUT",
    "FLAG",
    "\"{{x}}\"",
    "\"{{missing}}\"",
    "\"a \\\"name\\\"\"",
    "É",
];

const FLAGS: &[&str] = &[
    "",
    "",
    "",
    ", post_execution_action: terminate-on-fail",
    ", run_on_abort: true",
    ", run_on_abort: true, post_execution_action: terminate-on-fail",
    ", enabled: false",
    ", retry: {count: 1}",
    ", retry: {count: 2, delay_ms: 1}",
    ", repeat: {max_iterations: 3}",
    ", repeat: {max_iterations: 2}, retry: {count: 1}",
    ", force: pass",
    ", force: fail",
    ", force: skip",
    ", force: run",
];

/// Steps that call nothing.
const OTHERS: &[&str] = &[
    "type: delay, duration: 0.001",
    "type: mock, outputs: {v: 5.02, vout: \"4.75\"}",
    "type: mock, outputs: {v: \"{{x}} {{n}}\", vout: \"{{f}}\", flag: true}",
    "type: mock, outputs: {v: \"{{missing}}\"}",
    "type: mock",
];

const FUNCTIONS: &[&str] = &[
    "fN", "fN", "fN", "fN", "fN", "fN", "fN", "nothing", "calls", "Odd",
];
const MODULES: &[&str] = &[
    "m",
    "m",
    "m",
    "m",
    "m",
    "python_modules/m.py",
    "absent",
    "broken",
];
const POLICIES: &[&str] = &[
    "",
    "",
    "  policy: {on_step_failure: abort}\n",
    "  policy: {on_step_failure: continue}\n",
];

/// Mostly what exists, now and then what does not.
fn value() -> impl Strategy<Value = &'static str> {
    prop_oneof![12 => select(VALUES), 6 => select(LEFT), 1 => select(MISSING)]
}

fn measurement() -> impl Strategy<Value = String> {
    let source = prop_oneof![
        3 => Just(String::new()),
        5 => value().prop_map(|value| format!(", value: {value}")),
        5 => select(LEFT).prop_map(|value| format!(", value: {value}")),
    ];
    (select(NAMES), source, select(JUDGEMENTS))
        .prop_map(|(name, source, judgement)| format!("{{name: {name}{source}, {judgement}}}"))
}

/// The YAML of a step and the body of its function, with `N` for its number.
fn step() -> impl Strategy<Value = (String, &'static str)> {
    let entries = |most| proptest::collection::vec(value(), 0..most);
    let measurements = proptest::collection::vec(measurement(), 0..4);
    let called = (select(MODULES), select(FUNCTIONS), select(BODIES));
    (called, entries(3), entries(3), measurements, select(FLAGS)).prop_map(
        |((module, function, body), parameters, outputs, measurements, flags)| {
            let map = |names: [&str; 3], values: &[&str]| {
                let entries: Vec<_> = names
                    .iter()
                    .zip(values)
                    .map(|(name, value)| format!("{name}: {value}"))
                    .collect();
                entries.join(", ")
            };
            let yaml = format!(
                "    - {{name: \"Step N\", runner: python, module: {module}, function: {function}, parameters: {{{}}}, outputs: {{{}}}, measurements: [{}]{flags}}}\n",
                map(["a", "class", "Ω"], &parameters),
                map(["o", "x", "v"], &outputs),
                measurements.join(", "),
            );
            (yaml, body)
        },
    )
}

/// The same of a step without code; its body is never called.
fn other() -> impl Strategy<Value = (String, &'static str)> {
    let measurements = proptest::collection::vec(measurement(), 0..3);
    (select(OTHERS), measurements, select(FLAGS)).prop_map(|(what, measurements, flags)| {
        let yaml = format!(
            "    - {{name: \"Step N\", {what}, measurements: [{}]{flags}}}\n",
            measurements.join(", ")
        );
        (yaml, "pass")
    })
}

/// A package of three to nine steps.
pub fn package() -> impl Strategy<Value = Written> {
    let phase = |least, most| {
        proptest::collection::vec(prop_oneof![5 => step(), 1 => other()], least..most)
    };
    (phase(0, 3), phase(2, 5), phase(1, 3), select(POLICIES)).prop_map(
        |(setup, steps, teardown, policy)| {
            let mut code = CODE.to_owned();
            let mut number = 0;
            let mut yaml = String::from(
                "test:\n  name: \"Random \\\"\\\"\\\" \\\\ test\"\n  version: \"1.0.0\"\n  tags: {T: 0017}\n  variables: {x: text, n: 3, f: 12.50, h: 0x10, b: True, empty: ~}\n",
            );
            yaml += policy;
            for (phase, steps) in [("setup", setup), ("steps", steps), ("teardown", teardown)] {
                if !steps.is_empty() {
                    yaml += &format!("  {phase}:\n");
                }
                for (step, body) in steps {
                    number += 1;
                    let digits = number.to_string();
                    let numbered = step
                        .replace("Step N", &format!("Step {digits}"))
                        .replace("function: fN", &format!("function: f{digits}"));
                    yaml += &numbered;
                    let body = body.replace("(N)", &format!("({digits})"));
                    code += &format!(
                        "\n\ndef f{digits}(**given):\n    print({digits}, given)\n    {body}\n"
                    );
                }
            }
            // One that takes no parameters.
            code += "\n\ndef nothing():\n    print('nothing')\n";
            let written = Written::new(&code, &yaml);
            written.file("python_modules/broken.py", "import not_there\n");
            written.file(
                "local.yaml",
                "cfg: {LEVEL: 4.750}\nmes: {order: \"a {{x}}\"}\n",
            );
            written
        },
    )
}

/// A package in which every function's result meets every judgement, and is passed on as text.
pub fn crossed() -> Written {
    let mut code = CODE.to_owned();
    let mut yaml = String::from(
        "test:\n  name: Crossed\n  version: \"1.0.0\"\n  variables: {x: text, n: 3}\n  steps:\n",
    );
    for (number, body) in BODIES.iter().enumerate() {
        let body = body.replace("(N)", &format!("({number})"));
        code += &format!("\n\ndef f{number}():\n    {body}\n");
        let measurements: Vec<_> = JUDGEMENTS
            .iter()
            .flat_map(|judgement| {
                ["", ", value: \"{{v}}\"", ", value: \"{{result}}\""]
                    .map(|source| format!("{{name: V{source}, {judgement}}}"))
            })
            .collect();
        // Whatever is not there must not keep the next step from running.
        yaml += &format!(
            "    - {{name: Step {number}, runner: python, module: m, function: f{number}, run_on_abort: true, measurements: [{}]}}\n",
            measurements.join(", ")
        );
        for name in ["result", "v"] {
            yaml += &format!(
                "    - {{name: Show {name} {number}, runner: python, module: m, function: show, run_on_abort: true, parameters: {{text: \"{{{{{name}}}}}\"}}}}\n"
            );
        }
    }
    code += "\n\ndef show(text):\n    print(repr(text))\n";
    Written::new(&code, &yaml)
}
