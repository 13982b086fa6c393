//! `rehearse import` of scripts as people write them.

use crate::written::Written;

const YAML: &str = "test:
  name: Demo
  version: \"1.0.0\"
  steps:
    - name: first
      runner: python
      module: m
      function: f
      parameters: {host: dut}
    - name: second
      runner: python
      module: m
      function: f
      parameters: {host: dut}
";

const HELPER: &str = "import functools
import m
HOST = \"dut\"
def step(name, fn, *, args=None, meas_specs=None, terminate_on_fail=False, run_on_abort=False):
    fn(**(args or {}))
";

/// What is said of a script.
#[track_caller]
fn said(script: &str) -> String {
    let package = Written::new("def f(host): return {}\n", YAML);
    package.file("run_local.py", script);
    let output = package.import();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_step_without_a_name_that_is_known_may_be_any_of_the_yaml() {
    let looped = said(&format!(
        "{HELPER}for name in [\"first\", \"second\"]:\n    step(name, m.f, args={{\"host\": HOST}})\n"
    ));
    assert!(!looped.contains("is missing in the script"), "{looped}");
    assert!(
        looped.contains(
            "not compared: step `second`, which may be one of those without a name in the script"
        ),
        "{looped}"
    );
    let chosen = said(&format!(
        "{HELPER}if HOST:\n    step(\"first\", m.f, args={{\"host\": HOST}})\n"
    ));
    assert!(
        chosen.contains("not compared: step `first`, within a loop or a condition"),
        "{chosen}"
    );
    assert!(!chosen.contains("step `first` is missing"), "{chosen}");
    assert!(
        chosen.contains("step `second` is missing in the script"),
        "{chosen}"
    );
}

#[test]
fn parameters_are_compared_where_it_is_known_what_they_are_for() {
    let both = said(&format!(
        "{HELPER}step(\"first\", functools.partial(m.f, host=HOST))\nstep(\"second\", m.f, args=dict(host=HOST))\n"
    ));
    assert!(
        both.contains("not compared: what step `first` calls"),
        "{both}"
    );
    assert!(!both.contains("parameter"), "{both}");
    let other = said(&format!(
        "{HELPER}step(\"first\", m.f, args=dict(host=HOST))\nstep(\"second\", m.f, args=dict(host=\"other\"))\n"
    ));
    assert!(
        other.contains("parameter `host` of step `second` is \"other\" here"),
        "{other}"
    );
    assert!(!other.contains("`first`"), "{other}");
}

#[test]
fn a_helper_may_be_a_method() {
    let script = "import m
class Runner:
    def step(self, name, fn, *, args=None, meas_specs=None, terminate_on_fail=False, run_on_abort=False):
        fn(**(args or {}))
def main():
    r = Runner()
    r.step(\"first\", m.f, args={\"host\": \"dut\"})
    r.step(\"third\", m.f, args={\"host\": \"dut\"})
";
    let found = said(script);
    assert!(
        found.contains("step `third` is not in tests/main.yaml"),
        "{found}"
    );
    assert!(
        found.contains("step `second` is missing in the script"),
        "{found}"
    );
    assert!(!found.contains("`first`"), "{found}");
}
