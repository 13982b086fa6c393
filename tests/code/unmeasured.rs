//! L16: a step that measures without a measurement.

use snapbox::{assert_data_eq, str};

use crate::package::Package;

#[test]
fn a_number_that_nobody_records_is_pointed_out() {
    assert_data_eq!(
        Package::python("def f():\n    return {\"supply_5v\": float(read())}\n")
            .calling()
            .shown(),
        str![[r#"
hint[L16]: `f` returns a number, and the step measures nothing
 --> tests/main.yaml:8:17
  |
8 |       function: f
  |                 ^
  |
 ::: python_modules/m.py:2:13
  |
2 |     return {"supply_5v": float(read())}
  |             ----------- this number
  |
  = help: add a `measurement` with `value: "{{supply_5v}}"`, its limits and its unit, or `operator: log` to record it

"#]]
    );
    assert_data_eq!(
        Package::python("def f():\n    volts = float(read())\n    return volts\n")
            .calling()
            .shown(),
        str![[r#"
hint[L16]: `f` returns a number, and the step measures nothing
 --> tests/main.yaml:8:17
  |
8 |       function: f
  |                 ^
  |
 ::: python_modules/m.py:3:12
  |
3 |     return volts
  |            ----- this number
  |
  = help: add a `measurement` with `value: "{{result}}"`, its limits and its unit, or `operator: log` to record it

"#]]
    );
}

#[test]
fn a_number_that_is_used_or_none_is_left_alone() {
    let step = "name: a\nrunner: python\nmodule: m\nfunction: f";
    for (python, more) in [
        (
            "def f():\n    return float(read())",
            "measurement: {name: V, unit: V}",
        ),
        (
            "def f():\n    return float(read())",
            "outputs: {v: \"{{result}}\"}",
        ),
        (
            "def f():\n    return {'v': float(read())}",
            "precondition: v > 3",
        ),
        ("def f():\n    return 0", "enabled: true"),
        (
            "def f():\n    return {'requests': 0, 'name': 'x'}",
            "enabled: true",
        ),
        ("def f():\n    return read()", "enabled: true"),
        (
            "def f():\n    return {'ok': float(read()) > 3}",
            "enabled: true",
        ),
        ("async def f():\n    return float(read())", "enabled: true"),
    ] {
        let lines = Package::python(python)
            .step(&format!("{step}\n{more}"))
            .lines();
        let lines: Vec<_> = lines.iter().filter(|line| line.contains("L16")).collect();
        assert!(lines.is_empty(), "{python}: {lines:?}");
    }
}
