//! What every field of a good package is read as.

use rehearsal::package::model::{
    Action, ButtonAction, Force, InputMode, LifecycleStatus, MeasurementKind, OnStepFailure,
    Operator, Step, Text,
};
use rehearsal_python::value::Value;

use crate::folder::Folder;

pub const FULL_MANIFEST: &str = "{
\t\"name\": \"P1_Demo_v01\",
\t\"version\": \"1.2.3-rc1\",
\t\"author\": \"Jo\",
\t\"authorEmail\": \"jo@example.org\",
\t\"description\": \"Prüft das Board \\u00fcber I\\u00b2C\",
\t\"lifecycleStatus\": \"Evaluation\",
\t\"supportedProductIds\": [\"P1\", \"P2\"],
\t\"publishedDate\": \"2026-01-31T12:00:00Z\",
\t\"requirements\": {
\t\t\"minDotNetVersion\": \"10.0\",
\t\t\"minPythonVersion\": \"3.11\",
\t\t\"pipPackages\": [\"requests>=2.32.0\"]
\t}
}
";

pub const FULL_TEST: &str = r#"# every field there is
test:
  name: Board Test
  version: "1.0.0"
  device: Board
  tags: {Rev: 1, Site: "Göteborg"}
  required_tags: [Rev, ProductId]
  variables:
    voltage: 12.0
    count: 3
    ready: True
    mode: "on"
    nothing: ~
    huge: 123456789012345678901234567890
  setup:
    - name: Connect
      runner: python
      runner_type: python3.11
      module: io/board
      function: connect
      parameters: {host: "{{cfg.AGENT_HOST}}", n: 3, on: true}
      outputs: &shared {vout: "{{ voltage }}", limit: 4.75}
      retry: {count: 2, delay_ms: 500}
      post_execution_action: terminate-on-fail
  steps:
    - name: Measure
      runner: python
      module: board
      function: measure
      outputs: *shared
      enabled: "False"
      precondition: ready == true
      force: pass
      repeat: {condition: __iteration__ < 4, max_iterations: 10}
      timeout_ms: 5000
      run_on_abort: true
      measurements:
        - name: VOUT
          type: numeric
          value: "{{vout}}"
          target: 5
          low_limit: "4.75"
          high_limit: 5.250
          unit: V
          operator: GTE
        - {name: READY, type: boolean, expected: true}
        - {name: SERIAL, type: string, value: SN1, expected: 007}
        - {name: TEMP, operator: log}
    - {name: Legacy, runner: dotnet, runner_type: net10.0, assembly: A.dll, class: N.C, method: M}
    - {name: Settle, type: delay, duration: 0.5}
    - {name: Fake, type: mock, outputs: {vout: "5.02"}, measurement: {name: FAKE, target: 5.02}}
    - name: Ask
      type: prompt
      prompt:
        message: |
          Is the LED on?
          Look closely.
        title: LED {{count}}
        image: images/led.png
        default_button: Yes
        buttons:
          - {name: Yes, action: pass}
          - {name: No, action: fail}
          - {name: Stop, action: abort}
          - {name: Later, action: continue}
        input: {mode: list, variable: colour, low_limit: 1, high_limit: "2.0", unit: V, expected: red, choices: [red, green]}
    - {name: Look, type: manual}
    - {name: Sub, type: sequence, sequence: tests/sub.yaml, parameters: {a: 1}, outputs: {b: "{{c}}"}}
  teardown:
    - {name: Disconnect, runner: python, module: board, function: disconnect, run_on_abort: true}
  policy: {on_step_failure: continue, timeout: 300}
"#;

pub const FULL_LOCAL: &str = r#"
cfg: {AGENT_HOST: "http://localhost:5000", RETRIES: 3}
exec: {serial_number: DEV-007, operator: Jo, station_id: desk, shift: night}
tags: {ProductId: P1}
mes: {order: 4711}
stubs:
  Legacy: {voltage: 5.02}
  Silent:
"#;

pub fn full() -> Folder {
    Folder::new()
        .file("package.json", FULL_MANIFEST)
        .file("tests/main.yaml", FULL_TEST)
        .file("tests/notes.txt", "not a test")
        .file("tests/.hidden.yaml", "not a test")
        .file("local.yaml", FULL_LOCAL)
}

fn text(text: &Text) -> &str {
    &text.value
}

fn texts(texts: &[Text]) -> Vec<&str> {
    texts.iter().map(text).collect()
}

#[test]
fn every_field_of_package_json_is_read() {
    let (package, warnings) = full().load();
    let warnings: Vec<_> = warnings.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(
        warnings,
        ["`high_limit` decides nothing beside this operator"]
    );
    let manifest = &package.manifest;
    assert_eq!(text(&manifest.name), "P1_Demo_v01");
    assert_eq!(text(&manifest.version), "1.2.3-rc1");
    assert_eq!(text(&manifest.author), "Jo");
    assert_eq!(
        manifest.author_email.as_ref().map(text),
        Some("jo@example.org")
    );
    assert_eq!(text(&manifest.description), "Prüft das Board über I²C");
    assert_eq!(
        manifest
            .lifecycle_status
            .as_ref()
            .map(|status| status.value),
        Some(LifecycleStatus::Evaluation)
    );
    assert_eq!(texts(&manifest.supported_product_ids), ["P1", "P2"]);
    assert_eq!(
        manifest.published_date.as_ref().map(text),
        Some("2026-01-31T12:00:00Z")
    );
    assert_eq!(
        manifest.requirements.min_dot_net_version.as_ref().map(text),
        Some("10.0")
    );
    assert_eq!(
        manifest.requirements.min_python_version.as_ref().map(text),
        Some("3.11")
    );
    assert_eq!(
        texts(&manifest.requirements.pip_packages),
        ["requests>=2.32.0"]
    );
    let place = package.sources.place(manifest.description.at);
    assert_eq!(
        (place.file.as_str(), place.line, place.column),
        ("package.json", 6, 17)
    );
}

#[test]
fn every_field_of_a_test_is_read() {
    let (package, _) = full().load();
    let [test] = &package.tests[..] else {
        panic!("one test")
    };
    assert_eq!(test.file, "tests/main.yaml");
    assert_eq!(
        (text(&test.name), text(&test.version)),
        ("Board Test", "1.0.0")
    );
    assert_eq!(test.device.as_ref().map(text), Some("Board"));
    assert_eq!(test.tags["Rev"].text, "1");
    assert_eq!(test.tags["Site"].text, "Göteborg");
    assert_eq!(texts(&test.required_tags), ["Rev", "ProductId"]);
    let variable = |name: &str| {
        (
            test.variables[name].value.clone(),
            test.variables[name].text.as_str(),
        )
    };
    assert_eq!(variable("voltage"), (Value::Float(12.0), "12.0"));
    assert_eq!(variable("count"), (Value::Int(3), "3"));
    assert_eq!(variable("ready"), (Value::Bool(true), "True"));
    assert_eq!(variable("mode"), (Value::Str("on".into()), "on"));
    assert_eq!(variable("nothing"), (Value::None, "~"));
    assert_eq!(
        variable("huge").0.to_string(),
        "123456789012345678901234567890"
    );
    assert_eq!(
        test.policy
            .on_step_failure
            .as_ref()
            .map(|found| found.value),
        Some(OnStepFailure::Continue)
    );
    assert_eq!(
        test.policy.timeout.as_ref().map(|found| found.value),
        Some(300.0)
    );
    let names = |steps: &[Step]| {
        steps
            .iter()
            .map(|step| step.name.value.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&test.setup), ["Connect"]);
    assert_eq!(
        names(&test.steps),
        ["Measure", "Legacy", "Settle", "Fake", "Ask", "Look", "Sub"]
    );
    assert_eq!(names(&test.teardown), ["Disconnect"]);
}

#[test]
fn every_field_of_a_step_is_read() {
    let (package, _) = full().load();
    let test = &package.tests[0];
    let connect = &test.setup[0];
    assert_eq!(connect.runner_type.as_ref().map(text), Some("python3.11"));
    assert!(
        matches!(&connect.action, Action::Python { module, function }
        if text(module) == "io/board" && text(function) == "connect")
    );
    let parameters: Vec<_> = connect
        .parameters
        .iter()
        .map(|(key, value)| (key.as_str(), value.text.as_str()))
        .collect();
    assert_eq!(
        parameters,
        [("host", "{{cfg.AGENT_HOST}}"), ("n", "3"), ("on", "true")]
    );
    assert_eq!(connect.outputs["vout"].text, "{{ voltage }}");
    assert!(connect.outputs["vout"].quoted && !connect.outputs["limit"].quoted);
    let retry = connect.retry.as_ref().expect("a retry").value;
    assert_eq!((retry.count, retry.delay_ms), (2, 500));
    assert!(connect.enabled && connect.terminate_on_fail && !connect.run_on_abort);
    assert!(connect.measurements.is_empty() && connect.force.is_none() && connect.repeat.is_none());
    assert_eq!(package.sources.place(connect.at).line, 16);

    let measure = &test.steps[0];
    assert_eq!(measure.outputs, connect.outputs);
    assert!(!measure.enabled && measure.run_on_abort && !measure.terminate_on_fail);
    assert_eq!(
        measure.precondition.as_ref().map(text),
        Some("ready == true")
    );
    assert_eq!(
        measure.force.as_ref().map(|force| force.value),
        Some(Force::Pass)
    );
    let repeat = &measure.repeat.as_ref().expect("a repeat").value;
    assert_eq!(
        repeat.condition.as_ref().map(text),
        Some("__iteration__ < 4")
    );
    assert_eq!(repeat.max_iterations.value, 10);
    assert_eq!(
        measure.timeout_ms.as_ref().map(|timeout| timeout.value),
        Some(5000)
    );

    assert!(
        matches!(&test.steps[1].action, Action::Dotnet { assembly, class, method }
        if [text(assembly), text(class), text(method)] == ["A.dll", "N.C", "M"])
    );
    assert!(matches!(&test.steps[2].action, Action::Delay { seconds } if seconds.value == 0.5));
    assert!(matches!(&test.steps[3].action, Action::Mock));
    assert_eq!(test.steps[3].measurements.len(), 1);
    assert!(matches!(&test.steps[5].action, Action::Manual(None)));
    assert!(
        matches!(&test.steps[6].action, Action::Sequence { path } if text(path) == "tests/sub.yaml")
    );
    assert!(test.teardown[0].run_on_abort);
}

#[test]
fn every_field_of_a_measurement_is_read() {
    let (package, _) = full().load();
    let [vout, ready, serial, temp] = &package.tests[0].steps[0].measurements[..] else {
        panic!("four measurements")
    };
    assert_eq!(
        (text(&vout.name), vout.kind),
        ("VOUT", MeasurementKind::Numeric)
    );
    assert_eq!(
        vout.value.as_ref().map(|value| value.text.as_str()),
        Some("{{vout}}")
    );
    let number = |number: &Option<rehearsal::package::model::Number>| {
        number
            .as_ref()
            .map(|number| (number.value, number.text.clone()))
    };
    assert_eq!(number(&vout.target), Some((5.0, "5".into())));
    assert_eq!(number(&vout.low_limit), Some((4.75, "4.75".into())));
    assert_eq!(number(&vout.high_limit), Some((5.25, "5.250".into())));
    assert_eq!(vout.unit.as_ref().map(text), Some("V"));
    assert_eq!(
        vout.operator.as_ref().map(|found| found.value),
        Some(Operator::GreaterThanOrEqual)
    );
    assert_eq!(
        (ready.kind, ready.expected.as_ref().map(text)),
        (MeasurementKind::Boolean, Some("true"))
    );
    assert_eq!(
        (serial.kind, serial.expected.as_ref().map(text)),
        (MeasurementKind::String, Some("007"))
    );
    assert_eq!(
        temp.operator.as_ref().map(|found| found.value),
        Some(Operator::Log)
    );
}

#[test]
fn every_field_of_a_prompt_is_read() {
    let (package, _) = full().load();
    let Action::Prompt(prompt) = &package.tests[0].steps[4].action else {
        panic!("a prompt")
    };
    assert_eq!(text(&prompt.message), "Is the LED on?\nLook closely.\n");
    assert_eq!(prompt.title.as_ref().map(text), Some("LED {{count}}"));
    assert_eq!(prompt.image.as_ref().map(text), Some("images/led.png"));
    assert_eq!(prompt.default_button.as_ref().map(text), Some("Yes"));
    let buttons: Vec<_> = prompt
        .buttons
        .iter()
        .map(|button| (text(&button.name), button.action.value))
        .collect();
    assert_eq!(
        buttons,
        [
            ("Yes", ButtonAction::Pass),
            ("No", ButtonAction::Fail),
            ("Stop", ButtonAction::Abort),
            ("Later", ButtonAction::Continue),
        ]
    );
    let input = prompt.input.as_ref().expect("an input");
    assert_eq!(input.mode.value, InputMode::List);
    assert_eq!(input.variable.as_ref().map(text), Some("colour"));
    assert_eq!(
        input.low_limit.as_ref().map(|limit| limit.text.as_str()),
        Some("1")
    );
    assert_eq!(
        input.high_limit.as_ref().map(|limit| limit.text.as_str()),
        Some("2.0")
    );
    assert_eq!(input.unit.as_ref().map(text), Some("V"));
    assert_eq!(
        input
            .expected
            .as_ref()
            .map(|expected| expected.text.as_str()),
        Some("red")
    );
    assert_eq!(texts(&input.choices), ["red", "green"]);
}

#[test]
fn every_field_of_local_yaml_is_read() {
    let (package, _) = full().load();
    let local = &package.local;
    assert_eq!(local.cfg["AGENT_HOST"].text, "http://localhost:5000");
    assert_eq!(local.cfg["RETRIES"].value, Value::Int(3));
    let exec: Vec<_> = local
        .exec
        .iter()
        .map(|(key, value)| (key.as_str(), value.text.as_str()))
        .collect();
    assert_eq!(
        exec,
        [
            ("serial_number", "DEV-007"),
            ("operator", "Jo"),
            ("station_id", "desk"),
            ("shift", "night")
        ]
    );
    assert_eq!(local.tags["ProductId"].text, "P1");
    assert_eq!(local.mes["order"].text, "4711");
    assert_eq!(local.stubs["Legacy"]["voltage"].text, "5.02");
    assert!(local.stubs["Silent"].is_empty());
}
