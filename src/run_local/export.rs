//! The whole script.

use super::{
    left_out::{LeftOut, left_out, never_runs},
    literal,
    options::{self, Default, Opt},
    steps::{Steps, names},
};
use crate::{
    diagnostic::clip,
    flow::{Context, Overrides, Variable},
    package::{
        model::{OnStepFailure, Package, Test},
        wheels,
    },
};

/// Longest name in a comment, in characters.
const MAX_NAME: usize = 100;
/// Columns of a comment.
const COLUMNS: usize = 120;

/// A script and what it does not do.
pub struct Export {
    pub script: String,
    pub left_out: Vec<LeftOut>,
}

/// Writes run_local.py for a test of the package.
pub fn export(package: &Package, test: &Test) -> Export {
    let context = Context::merge(test, &package.local, &Overrides::default());
    let left_out = left_out(test);
    let mut steps = Steps::of(test);
    let running: Vec<_> = test
        .setup
        .iter()
        .chain(&test.steps)
        .chain(&test.teardown)
        .filter(|step| !never_runs(step))
        .collect();
    let used: Vec<&str> = running.iter().flat_map(|step| names(step)).collect();
    let options = options::options(used.iter().copied(), test, &context);
    if used.contains(&"__execution_id__") {
        steps.features.add("execution_id");
    }
    let vendored = !wheels(&package.root).usable.is_empty();
    if vendored {
        steps.features.add("wheels");
    }
    steps.features.add(
        match test.policy.on_step_failure.as_ref().map(|its| its.value) {
            Some(OnStepFailure::Abort) => "policy_abort",
            Some(OnStepFailure::Continue) => "policy_continue",
            None => "policy_none",
        },
    );

    let mut script = heading(package, test, &options, &left_out);
    script.push('\n');
    for module in steps.features.imports() {
        script += &format!("import {module}\n");
    }
    script += "\n# As on a station: paths are relative to the package's folder, and its code lies in python_modules.\n";
    script += "os.chdir(os.path.dirname(os.path.abspath(__file__)))\n";
    script += "sys.path.insert(0, os.path.abspath(\"python_modules\"))\n";
    if vendored {
        script += "sys.path += sorted(os.path.abspath(wheel) for wheel in glob.glob(\"wheels/*-none-any.whl\"))\n";
    }
    if !options.is_empty() {
        script += &defaults(&options);
    }
    let constants = steps.constants();
    if !constants.is_empty() {
        script += &format!("\n{}{constants}", specification(&steps));
    }
    script.push('\n');
    script += &steps.features.helper();
    script += &modules(&steps);
    script += &main(test, &steps, &options);
    Export { script, left_out }
}

/// The docstring: how to use it, and what it does not do.
fn heading(package: &Package, test: &Test, options: &[Opt], left_out: &[LeftOut]) -> String {
    let mut usage = String::from("    python run_local.py\n");
    let shown: Vec<_> = options
        .iter()
        .filter_map(|option| match option.setting.as_str() {
            "cfg.AGENT_HOST" => Some("--host http://agent72.local:5000"),
            "exec.serial_number" => Some("--serial SN-12345"),
            _ => None,
        })
        .collect();
    if !shown.is_empty() {
        usage += &format!("    python run_local.py {}\n", shown.join(" "));
    }
    let mut out = format!(
        "\"\"\"Runs \"{}\" with plain Python, in the order of {}.\n\n{usage}\n",
        quoted(&test.name.value),
        quoted(&test.file)
    );
    out += "Exit code 0 = PASS, 1 = FAIL. Written by `rehearse export run-local`; `rehearse import run_local.py` says where it\n";
    out += "and the YAML have drifted apart.\n";
    if !left_out.is_empty() {
        out += "\nNot modelled here:\n\n";
    }
    for one in left_out {
        let place = package.sources.place(one.at);
        let step = match &one.step {
            Some(step) => format!("step \"{}\", ", quoted(step)),
            None => String::new(),
        };
        out += &format!(
            "    {}:{}: {step}{}: {}\n",
            quoted(&place.file),
            place.line,
            one.feature,
            one.instead
        );
    }
    out + "\"\"\"\n"
}

/// Text of the user's within a docstring or comment: on one line, and unable to end it.
fn quoted(text: &str) -> String {
    clip(text, MAX_NAME)
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
}

fn defaults(options: &[Opt]) -> String {
    let mut out =
        String::from("\n# What a station injects; each has a switch below.\n_DEFAULTS = {\n");
    for option in options {
        let setting = clip(&option.setting, MAX_NAME);
        let key = literal::text(&option.key);
        out += &match &option.default {
            Default::Value(value) => format!("    {key}: {value},  # {setting}\n"),
            Default::Missing => format!(
                "    {key}: None,  # {setting}: has no value yet, give it with {}\n",
                option.switch()
            ),
            Default::Secret => format!(
                "    {key}: None,  # {setting}: a secret, not written down here; give it with {}\n",
                option.switch()
            ),
        };
    }
    out + "}\n"
}

/// How to read the lists of measurements.
fn specification(steps: &Steps) -> String {
    let mut out = String::from(
        "(measurement name, key of the step's result, expected). The key may be a text with {{names}} in it; None stands for the measurement's own name.",
    );
    let mut kinds = Vec::new();
    for (feature, text) in [
        ("boolean", "the text of a boolean"),
        ("limits", "a pair of limits, None for no limit"),
        ("operator", "an operator and its bound"),
        ("string", "a text to be equal to"),
        ("log", "\"log\" for what is only recorded"),
    ] {
        if steps.features.has(feature) {
            kinds.push(text);
        }
    }
    if let Some((last, first)) = kinds.split_last() {
        let all = match first {
            [] => (*last).to_owned(),
            _ => format!("{}, or {last}", first.join(", ")),
        };
        out += &format!(" Expected is {all}.");
    }
    comment(&out)
}

/// Lines of a comment, filled with words.
fn comment(text: &str) -> String {
    let mut lines = vec![String::from("#")];
    for word in text.split(' ') {
        let full = |line: &String| line.len() + 1 + word.len() > COLUMNS;
        if lines.last().is_none_or(full) {
            lines.push("#".into());
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

fn modules(steps: &Steps) -> String {
    if !steps.features.has("code") {
        return String::new();
    }
    let named: String = steps
        .modules
        .iter()
        .map(|(module, name)| format!("{name} = _Code({})\n", literal::text(module)))
        .collect();
    format!("\n\n{named}")
}

fn main(test: &Test, steps: &Steps, options: &[Opt]) -> String {
    let mut out = String::from("\n\ndef main():\n");
    out += "    parser = argparse.ArgumentParser(description=\"Run this package's steps with plain Python.\")\n";
    for option in options {
        out += &format!(
            "    parser.add_argument({}, default=_DEFAULTS[{}])\n",
            literal::text(&option.switch()),
            literal::text(&option.key)
        );
    }
    let assigned = if options.is_empty() { "" } else { "options = " };
    out += &format!("    {assigned}parser.parse_args()\n");
    for option in options.iter().filter(|option| option.required) {
        let message = format!("the required tag needs a value: {}", option.switch());
        out += &format!(
            "    if not str(options.{} or \"\").strip():\n        parser.error({})\n",
            option.destination,
            literal::text(&message)
        );
    }
    // Names may hold characters that the console's encoding does not have.
    out += "    sys.stdout.reconfigure(errors=\"backslashreplace\")\n";
    let mut settings: Vec<String> = Vec::new();
    if steps.features.has("store") {
        settings.extend(options.iter().map(|option| {
            format!(
                "{}: options.{}",
                literal::text(&option.setting),
                option.destination
            )
        }));
        if steps.features.has("execution_id") {
            settings.push("\"__execution_id__\": str(uuid.uuid4())".into());
        }
    }
    if !settings.is_empty() {
        let lines: String = settings
            .iter()
            .map(|line| format!("        {line},\n"))
            .collect();
        out += &format!(
            "    settings = {{\n{lines}    }}\n    _settings.update({{name: value for name, value in settings.items() if value is not None}})\n"
        );
    }
    if steps.features.has("store") && !test.variables.is_empty() {
        let lines: String = test
            .variables
            .iter()
            .map(|(name, scalar)| {
                let value = literal::variable(&Variable::written(scalar));
                format!("        {}: {value},\n", literal::text(name))
            })
            .collect();
        out += &format!("    variables = {{\n{lines}    }}\n    _variables.update(variables)\n");
    }
    out += &steps.calls();
    out += "\n    verdict = _verdict()\n";
    if steps.features.has("not_modelled") {
        out += "    print(verdict + \"  (but for the steps that are not modelled)\")\n";
    } else {
        out += "    print(verdict)\n";
    }
    out += "    return 0 if verdict == \"PASS\" else 1\n\n\nif __name__ == \"__main__\":\n    sys.exit(main())\n";
    out
}
