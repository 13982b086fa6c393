//! L22: one function that does the work of several steps.

use snapbox::{assert_data_eq, str};

use crate::package::Package;

#[test]
fn a_function_that_connects_measures_and_disconnects_is_pointed_out() {
    assert_data_eq!(
        Package::python("def f(host):\n    agent = connect(host)\n    volts = agent.read_voltage()\n    agent.disconnect()\n    return {\"volts\": volts}\n")
            .step("name: a\nrunner: python\nmodule: m\nfunction: f\nparameters: {host: x}\nmeasurement: {name: V, value: \"{{volts}}\", unit: V}")
            .shown(),
        str![[r#"
hint[L22]: `f` connects, measures and disconnects
 --> python_modules/m.py:1:5
  |
1 | def f(host):
  |     ^
  |
  = help: let a setup step connect, other steps measure, and a teardown step with `run_on_abort: true` disconnect: each has its own verdict, and the connection is closed whatever fails

"#]]
    );
    let held =
        "def f():\n    with visa.open_resource('x') as dmm:\n        return dmm.query('MEAS?')\n";
    assert_eq!(Package::python(held).calling().lines().len(), 1);
}

#[test]
fn a_function_that_does_less_is_left_alone() {
    for python in [
        "def f():\n    agent = connect()\n    agent.disconnect()\n",
        "def f():\n    with open('data/x') as file:\n        return file.read()\n",
        "def f():\n    disconnect()\n    agent = Agent()\n    agent.connect()\n    agent.status()\n",
        "def f():\n    return _connected().measure()\ndef g():\n    connect(); measure(); disconnect()\n",
    ] {
        assert_eq!(
            Package::python(python).calling().lines(),
            Vec::<String>::new(),
            "{python}"
        );
    }
}
