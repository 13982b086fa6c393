//! L21: limits checked in Python.

use snapbox::{assert_data_eq, str};

use crate::package::Package;

/// What is said of a function with these lines.
fn found(parameters: &str, body: &str) -> Vec<String> {
    let lines: String = body.lines().map(|line| format!("    {line}\n")).collect();
    Package::python(&format!(
        "LOW = 4.75\nHIGH = 5.25\ndef f({parameters}):\n{lines}"
    ))
    .lines()
}

#[test]
fn a_measured_value_held_to_limits_is_found() {
    assert_data_eq!(
        Package::python(
            "LOW = 4.75\nHIGH = 5.25\n\ndef measure_supply():\n    volts = float(dmm.query(\"MEAS?\"))\n    if volts < LOW or volts > HIGH:\n        raise ValueError(\"out of range\")\n    return {\"volts\": volts}\n"
        )
        .shown(),
        str![[r#"
error[L21]: `measure_supply` checks the limits of `volts` in Python
 --> python_modules/m.py:6:8
  |
6 |     if volts < LOW or volts > HIGH:
  |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = help: return the value, and put low_limit and high_limit into the `measurement` of the step: there they can be changed, and are in every report

"#]]
    );
    for (parameters, body) in [
        (
            "",
            "v = read()\nif not (4.75 <= v <= 5.25):\n    raise RuntimeError('bad')",
        ),
        (
            "",
            "v = read()\nif not 4.75 <= v <= 5.25:\n    raise RuntimeError('bad')",
        ),
        ("", "v = measure()\nassert LOW <= v <= HIGH, 'bad'"),
        (
            "",
            "voltage = query()\nif voltage > 5.25:\n    raise AssertionError",
        ),
        (
            "",
            "voltage = query()\nreturn 'PASS' if LOW <= voltage <= HIGH else 'FAIL'",
        ),
        (
            "",
            "current = amps()\nif current > MAX_CURRENT:\n    return 'FAIL'",
        ),
        (
            "",
            "t = measure_temperature()\nif t < -10:\n    return {'verdict': 'FAIL', 't': t}",
        ),
        (
            "",
            "v = measure()\nif LOW <= v <= HIGH:\n    return {'v': v}\nelse:\n    raise RuntimeError('bad')",
        ),
        (
            "",
            "v = read()\nif abs(v - 5.0) > TOLERANCE:\n    raise RuntimeError('bad')",
        ),
        (
            "dmm",
            "v = dmm.measure()\nif v > HIGH or v < LOW:\n    raise RuntimeError('bad')",
        ),
        (
            "low, high",
            "v = float(dmm.read())\nif v < float(low) or v > float(high):\n    raise RuntimeError('bad')",
        ),
        (
            "",
            "v = measure()\nif v > LIMITS['high']:\n    pytest.fail('bad')",
        ),
        (
            "",
            "r = {'voltage': query()}\nif r['voltage'] > 5.25:\n    raise RuntimeError",
        ),
    ] {
        let found = found(parameters, body);
        assert_eq!(found.len(), 1, "{body}: {found:?}");
        assert!(
            found[0].contains("error[L21]: `f` checks the limits of "),
            "{found:?}"
        );
    }
}

#[test]
fn what_decides_nothing_about_limits_is_left_alone() {
    for (parameters, body) in [
        (
            "volts",
            "if float(volts) > 5.25:\n    raise ValueError('volts')",
        ),
        (
            "volts",
            "v = float(volts)\nif v < 0.0 or v > 30.0:\n    raise ValueError('volts')",
        ),
        (
            "voltage='5'",
            "voltage = float(voltage)\nif not LOW <= voltage <= HIGH:\n    raise ValueError('volts')",
        ),
        (
            "",
            "response = get()\nif response.status >= 400:\n    raise RuntimeError",
        ),
        (
            "",
            "response = get()\nif response.status != 200:\n    raise RuntimeError",
        ),
        (
            "",
            "reply = read()\nif len(reply) < 4:\n    raise RuntimeError",
        ),
        (
            "",
            "reply = read()\nif reply != b'OK':\n    raise RuntimeError",
        ),
        ("", "crc = read()\nif crc > 255:\n    raise RuntimeError"),
        (
            "",
            "count = len(read())\nif count < 5:\n    raise RuntimeError",
        ),
        (
            "",
            "deadline = time.monotonic() + 5\nwhile True:\n    if time.monotonic() > deadline:\n        raise RuntimeError",
        ),
        (
            "",
            "start = time.time()\nelapsed = time.time() - start\nif elapsed > MAX_TIME:\n    raise RuntimeError",
        ),
        (
            "",
            "value = read()\nif value > HIGH:\n    raise TimeoutError",
        ),
        (
            "",
            "attempts = next_try()\nif attempts > MAX_ATTEMPTS:\n    raise RuntimeError",
        ),
        (
            "",
            "voltage = query()\nif voltage < 0:\n    raise RuntimeError('not connected')",
        ),
        (
            "",
            "voltage = query()\nif voltage > 5.25:\n    print('high')",
        ),
        (
            "",
            "voltage = query()\nif voltage > 5.25:\n    return {'voltage': voltage}",
        ),
        (
            "",
            "voltage = query()\nwhile voltage > 5.25:\n    voltage = query()",
        ),
        (
            "",
            "voltage = query()\nif voltage > 5.25 and not ready:\n    raise RuntimeError",
        ),
        (
            "",
            "voltage = query()\nreturn {'ok': LOW <= voltage <= HIGH}",
        ),
        ("", "value = read()\nif value > 7:\n    raise RuntimeError"),
        (
            "",
            "version = read_version()\nif version < MIN_VERSION:\n    raise RuntimeError",
        ),
        (
            "",
            "for i in range(10):\n    if i > 5:\n        raise RuntimeError",
        ),
        ("", "level = read_level()\nassert 0 <= level <= 1"),
        ("self", "if self.voltage > 5.25:\n    raise RuntimeError"),
    ] {
        assert_eq!(found(parameters, body), Vec::<String>::new(), "{body}");
    }
}

#[test]
fn code_that_protects_the_device_before_it_raises_is_a_warning() {
    for (before, severity) in [
        ("disconnect()\n    ", "warning"),
        ("psu.off()\n    ", "warning"),
        ("print('hot')\n    ", "error"),
        ("logging.error('hot')\n    ", "error"),
        ("", "error"),
    ] {
        let body = format!(
            "temperature = read_temperature()\nif temperature > 85:\n    {before}raise RuntimeError('hot')"
        );
        let found = found("", &body);
        assert_eq!(found.len(), 1, "{body}: {found:?}");
        let expected = format!("{severity}[L21]: `f` checks the limits of `temperature`");
        assert!(found[0].contains(&expected), "{found:?}");
    }
}
