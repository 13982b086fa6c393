//! Every kind of measurement with every operator, limit and odd value, against a second reading of docs/decisions.md 10 to 12.

use rehearsal::{event::MeasurementReason as Reason, package::model::Operator};
use rehearsal_python::value::{BigInt, Value};

use crate::support::{Measure, Trial, boolean, dict, numeric, returns, step};

const OPERATORS: [Option<Operator>; 8] = [
    None,
    Some(Operator::Equal),
    Some(Operator::NotEqual),
    Some(Operator::GreaterThan),
    Some(Operator::GreaterThanOrEqual),
    Some(Operator::LessThan),
    Some(Operator::LessThanOrEqual),
    Some(Operator::Log),
];

const EXPECTED: [Option<&str>; 11] = [
    None,
    Some("true"),
    Some("True"),
    Some("FALSE"),
    Some("false"),
    Some("yes"),
    Some(""),
    Some(" true"),
    Some("5"),
    Some("5.0"),
    Some("[5]"),
];

/// Low limit, high limit, target.
const BOUNDS: [[&str; 3]; 6] = [
    ["-1", "7", "5"],
    ["5", "5", "5.0"],
    ["0", "-0.0", "1e3"],
    // Nothing keeps both.
    ["7", "-1", "-5"],
    ["1e-300", "1e300", "0.5"],
    [
        "9223372036854775807",
        "123456789012345678901234567890",
        "123456789012345678901234567890",
    ],
];

fn values() -> Vec<Option<Value>> {
    let big = |text| Value::Big(BigInt::parse(text).unwrap());
    let texts = [
        "5",
        "5.0",
        " 5 ",
        "\t5\n",
        "+5",
        "-5",
        "-0",
        "--5",
        "+-5",
        "1e3",
        "1E+3",
        "1e-3",
        "e3",
        "1e",
        "1,5",
        "1.5.1",
        "",
        " ",
        ".",
        "-",
        "5.",
        ".5",
        "0x10",
        "0b1",
        "0o7",
        "1_000",
        "5 V",
        "5V",
        "5 5",
        "١٢",
        "５",
        "²",
        "½",
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "1e999",
        "-1e999",
        "1e-999",
        "true",
        "True",
        "FALSE",
        " true",
        "yes",
        "on",
        "1",
        "None",
        "null",
        "[5]",
        "\u{0}5",
        "\u{feff}5",
        "5\u{200b}",
        "123456789012345678901234567890",
        "123456789012345678901234567891",
        "00000000000000000000000000000005",
        "{{v}}",
        "−5",
    ];
    let others = [
        Value::None,
        Value::Bool(true),
        Value::Bool(false),
        Value::Int(0),
        Value::Int(5),
        Value::Int(-5),
        Value::Int(1000),
        Value::Int(i64::MAX),
        Value::Int(i64::MIN),
        big("123456789012345678901234567890"),
        big("123456789012345678901234567891"),
        big("-123456789012345678901234567890"),
        big(&"9".repeat(400)),
        Value::Float(0.0),
        Value::Float(-0.0),
        Value::Float(5.0),
        Value::Float(5.000_000_000_000_001),
        Value::Float(-5.5),
        Value::Float(f64::MAX),
        Value::Float(f64::MIN_POSITIVE),
        Value::Float(f64::NAN),
        Value::Float(f64::INFINITY),
        Value::Float(f64::NEG_INFINITY),
        Value::List(Vec::new()),
        Value::List(vec![Value::Int(5)]),
        dict([]),
        dict([("v", Value::Int(5))]),
    ];
    let texts = texts.iter().map(|text| Value::Str((*text).into()));
    // `None`: the step returns no such key.
    [None]
        .into_iter()
        .chain(others.into_iter().chain(texts).map(Some))
        .collect()
}

/// Checks all these measurements of a value at once.
fn hold(cases: Vec<(String, Measure, Option<Reason>)>, value: Option<&Value>) {
    let returned = match value {
        Some(value) => dict([("v", value.clone())]),
        None => dict([("w", Value::Int(5))]),
    };
    let mut measuring = step("a").does([returns(returned)]);
    let mut expected = Vec::new();
    for (name, measure, reason) in cases {
        measuring = measuring.measures(measure.value("{{v}}"));
        expected.push((name, reason));
    }
    let run = Trial::new().step(measuring).run();
    let judged = &run.report().steps[0].measurements;
    assert_eq!(judged.len(), expected.len());
    for (measurement, (name, reason)) in judged.iter().zip(expected) {
        assert_eq!(measurement.reason, reason, "{value:?} as {name}");
    }
}

#[test]
fn numbers_are_judged_as_the_decisions_read() {
    for value in values() {
        let mut cases = Vec::new();
        for bounds in BOUNDS {
            for operator in OPERATORS {
                for given in 0..8_u8 {
                    let bound = |index: usize| (given >> index & 1 == 1).then(|| bounds[index]);
                    let [low, high, target] = [bound(0), bound(1), bound(2)];
                    let mut measure = numeric("V");
                    if let Some(low) = low {
                        measure = measure.low(low);
                    }
                    if let Some(high) = high {
                        measure = measure.high(high);
                    }
                    if let Some(target) = target {
                        measure = measure.target(target);
                    }
                    if let Some(operator) = operator {
                        measure = measure.operator(operator);
                    }
                    let name =
                        format!("{operator:?}, low {low:?}, high {high:?}, target {target:?}");
                    let reason = number(value.as_ref(), operator, low, high, target);
                    cases.push((name, measure, reason));
                }
            }
        }
        hold(cases, value.as_ref());
    }
}

#[test]
fn booleans_and_strings_are_judged_as_the_decisions_read() {
    for value in values() {
        let mut cases = Vec::new();
        for operator in OPERATORS {
            for expected in EXPECTED {
                for kind in ["boolean", "string"] {
                    let is_boolean = kind == "boolean";
                    let mut measure = boolean("B");
                    if !is_boolean {
                        measure = measure.string();
                    }
                    if let Some(expected) = expected {
                        measure = measure.expected(expected);
                    }
                    if let Some(operator) = operator {
                        measure = measure.operator(operator);
                    }
                    let reason = match &value {
                        None | Some(Value::None) => Some(Reason::MissingValue),
                        Some(_) if operator == Some(Operator::Log) => None,
                        Some(value) if is_boolean => truth(value, expected),
                        Some(value) => expected
                            .is_some_and(|expected| value.to_string() != expected)
                            .then_some(Reason::NotEqual),
                    };
                    cases.push((format!("{kind} {operator:?} {expected:?}"), measure, reason));
                }
            }
        }
        hold(cases, value.as_ref());
    }
}

/// Space around it does not count, as with numbers.
fn truth(value: &Value, expected: Option<&str>) -> Option<Reason> {
    let truth = match value {
        Value::Bool(truth) => *truth,
        Value::Str(text) if text.trim().to_lowercase() == "true" => true,
        Value::Str(text) if text.trim().to_lowercase() == "false" => false,
        _ => return Some(Reason::NotABoolean),
    };
    let differs = |expected: &str| expected.trim().to_lowercase() != truth.to_string();
    expected.is_some_and(differs).then_some(Reason::NotEqual)
}

fn number(
    value: Option<&Value>,
    operator: Option<Operator>,
    low: Option<&str>,
    high: Option<&str>,
    target: Option<&str>,
) -> Option<Reason> {
    let value = match value {
        None | Some(Value::None) => return Some(Reason::MissingValue),
        Some(value) => value,
    };
    if operator == Some(Operator::Log) {
        return None;
    }
    let Some(value) = decimal(value) else {
        return Some(Reason::NotANumber);
    };
    let fails = |bound: Option<&str>, passes: &dyn Fn(std::cmp::Ordering) -> bool, reason| {
        let Some(bound) = bound else {
            return Some(Reason::MissingValue);
        };
        (!passes(compare(&value, bound))).then_some(reason)
    };
    match operator {
        None => low
            .and_then(|low| fails(Some(low), &|order| order.is_ge(), Reason::BelowLimit))
            .or_else(|| {
                high.and_then(|high| fails(Some(high), &|order| order.is_le(), Reason::AboveLimit))
            }),
        Some(Operator::Equal) => fails(target, &|order| order.is_eq(), Reason::NotEqual),
        Some(Operator::NotEqual) => fails(target, &|order| order.is_ne(), Reason::NotEqual),
        Some(Operator::GreaterThan) => fails(low, &|order| order.is_gt(), Reason::BelowLimit),
        Some(Operator::GreaterThanOrEqual) => {
            fails(low, &|order| order.is_ge(), Reason::BelowLimit)
        }
        Some(Operator::LessThan) => fails(high, &|order| order.is_lt(), Reason::AboveLimit),
        Some(Operator::LessThanOrEqual) => fails(high, &|order| order.is_le(), Reason::AboveLimit),
        Some(Operator::Log) => None,
    }
}

/// The number a value is, as text; finite by the rules of floating point.
fn decimal(value: &Value) -> Option<String> {
    let text = match value {
        Value::Int(int) => int.to_string(),
        Value::Big(int) => int.as_str().to_owned(),
        Value::Float(float) => format!("{float:?}"),
        Value::Str(text) => text.trim().to_owned(),
        Value::None | Value::Bool(_) | Value::List(_) | Value::Dict(_) => return None,
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text.as_str(), None),
    };
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let unsigned = |text: &'_ str| -> String {
        let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
        rest.to_owned()
    };
    let mantissa = unsigned(mantissa);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((&mantissa, ""));
    let is_mantissa =
        digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    let is_exponent = exponent.is_none_or(|exponent| {
        let exponent = unsigned(exponent);
        !exponent.is_empty() && digits(&exponent)
    });
    let is_whole = !text.contains(['.', 'e', 'E']);
    let finite = is_whole || text.parse::<f64>().is_ok_and(f64::is_finite);
    (is_mantissa && is_exponent && finite).then_some(text)
}

/// Whole numbers by all their digits, all others as floats.
fn compare(one: &str, other: &str) -> std::cmp::Ordering {
    match (whole(one), whole(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => {
            let [one, other] = [one, other].map(|text| text.parse::<f64>().unwrap());
            one.partial_cmp(&other).unwrap()
        }
    }
}

/// A whole number in a form that sorts: sign, count of digits, digits; those of negative numbers turned round.
fn whole(text: &str) -> Option<(bool, i64, String)> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.is_empty() || !unsigned.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let digits = unsigned.trim_start_matches('0');
    let length = i64::try_from(digits.len()).unwrap();
    let negative = text.starts_with('-') && !digits.is_empty();
    let turned = |digit: char| char::from(b'9' - (digit as u8 - b'0'));
    Some(match negative {
        true => (false, -length, digits.chars().map(turned).collect()),
        false => (true, length, digits.to_owned()),
    })
}
