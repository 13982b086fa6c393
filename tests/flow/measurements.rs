//! Judging: every type and operator, with values at their bounds and with values that are none.

use rehearsal::{
    event::MeasurementReason as Reason, package::model::Operator, report::Measurement,
};
use rehearsal_python::value::{BigInt, Value};

use crate::support::{Measure, Trial, boolean, dict, numeric, returns, step};

fn judge(measure: Measure, value: Value) -> Measurement {
    let run = Trial::new()
        .step(
            step("a")
                .measures(measure)
                .does([returns(dict([("v", value)]))]),
        )
        .run();
    run.report().steps[0].measurements[0].clone()
}

fn float(value: f64) -> Value {
    Value::Float(value)
}

fn string(text: &str) -> Value {
    Value::Str(text.into())
}

fn v() -> Measure {
    numeric("V").value("{{v}}")
}

#[test]
fn each_operator_judges_at_below_and_above_its_bound() {
    use Operator::*;
    let (low, high, other) = (
        Some(Reason::BelowLimit),
        Some(Reason::AboveLimit),
        Some(Reason::NotEqual),
    );
    // Below, at and above 5.
    for (name, measure, expected) in [
        (
            "range",
            (|| v().low("5").high("5")) as fn() -> Measure,
            [low, None, high],
        ),
        ("low limit only", || v().low("5"), [low, None, None]),
        ("high limit only", || v().high("5"), [None, None, high]),
        ("no limits", v, [None, None, None]),
        (
            "target alone is no limit",
            || v().target("5"),
            [None, None, None],
        ),
        (
            "equal",
            || v().operator(Equal).target("5"),
            [other, None, other],
        ),
        (
            "notequal",
            || v().operator(NotEqual).target("5"),
            [None, other, None],
        ),
        (
            "greaterthan",
            || v().operator(GreaterThan).low("5"),
            [low, low, None],
        ),
        (
            "greaterthanorequal",
            || v().operator(GreaterThanOrEqual).low("5"),
            [low, None, None],
        ),
        (
            "lessthan",
            || v().operator(LessThan).high("5"),
            [None, high, high],
        ),
        (
            "lessthanorequal",
            || v().operator(LessThanOrEqual).high("5"),
            [None, None, high],
        ),
        (
            "log",
            || v().operator(Log).low("5").high("5"),
            [None, None, None],
        ),
    ] {
        for (value, reason) in [4.999, 5.0, 5.001].into_iter().zip(expected) {
            assert_eq!(
                judge(measure(), float(value)).reason,
                reason,
                "{name} with {value}"
            );
        }
    }
}

#[test]
fn an_operator_without_its_bound_is_no_pass() {
    use Operator::*;
    for operator in [
        Equal,
        NotEqual,
        GreaterThan,
        GreaterThanOrEqual,
        LessThan,
        LessThanOrEqual,
    ] {
        let measurement = judge(v().operator(operator), float(5.0));
        assert_eq!(
            measurement.reason,
            Some(Reason::MissingValue),
            "{operator:?}"
        );
    }
    let message = judge(v().operator(GreaterThan).high("5"), float(5.0)).message;
    assert_eq!(
        message.as_deref(),
        Some("its operator needs `low_limit`, which is not given")
    );
}

#[test]
fn only_numbers_are_numbers() {
    let big = |text| BigInt::parse(text).map_or(Value::None, Value::Big);
    for (value, passes) in [
        (Value::Int(5), true),
        (float(5.0), true),
        (string("5"), true),
        (string(" 5.0\n"), true),
        (string("+5.0e0"), true),
        (string(".5e1"), true),
        (big("123456789012345678901234567890"), true),
        (string("1,5"), false),
        (string("5 V"), false),
        (string(""), false),
        (string("nan"), false),
        (string("inf"), false),
        (string("infinity"), false),
        (string("1e999"), false),
        (string("0x10"), false),
        (string("1_000"), false),
        (Value::Bool(true), false),
        (float(f64::NAN), false),
        (float(f64::INFINITY), false),
        (float(f64::NEG_INFINITY), false),
        (Value::List(vec![Value::Int(5)]), false),
        (dict([]), false),
    ] {
        let reason = (!passes).then_some(Reason::NotANumber);
        assert_eq!(
            judge(v().low("0"), value.clone()).reason,
            reason,
            "{value:?}"
        );
        assert_eq!(
            judge(v(), value.clone()).reason,
            reason,
            "{value:?} without limits"
        );
        assert_eq!(
            judge(v().operator(Operator::Log), value.clone()).reason,
            None,
            "{value:?} logged"
        );
    }
}

#[test]
fn what_is_no_number_is_told() {
    for (value, message) in [
        (string("1,5"), "\"1,5\" is not a number"),
        (Value::Bool(true), "a bool is not a number"),
        (float(f64::NAN), "NaN is not a number to judge"),
        (float(f64::INFINITY), "Infinity is not a number to judge"),
        (Value::None, "the value is None"),
    ] {
        assert_eq!(judge(v(), value).message.as_deref(), Some(message));
    }
}

#[test]
fn a_missing_value_fails_even_where_it_is_only_logged() {
    assert_eq!(judge(v(), Value::None).reason, Some(Reason::MissingValue));
    let logged = judge(
        numeric("V").value("{{w}}").operator(Operator::Log),
        Value::Int(5),
    );
    assert_eq!(logged.reason, Some(Reason::MissingValue));
    assert_eq!(
        logged.message.as_deref(),
        Some("nothing is named `w`; did you mean `v`?")
    );
}

#[test]
fn whole_numbers_are_equal_only_in_all_their_digits() {
    let equal = |target, value| judge(v().operator(Operator::Equal).target(target), value).reason;
    assert_eq!(
        equal("9007199254740993", Value::Int(9_007_199_254_740_993)),
        None
    );
    assert_eq!(
        equal("9007199254740993", Value::Int(9_007_199_254_740_992)),
        Some(Reason::NotEqual)
    );
    assert_eq!(equal("5.0", Value::Int(5)), None);
    assert_eq!(equal("5", string("5.000")), None);
}

#[test]
fn numbers_are_reported_as_they_were_written() {
    for (value, shown) in [
        (string("5.00"), "5.00"),
        (string(" 1e3 "), "1e+3"),
        (float(5.0), "5.0"),
        (Value::Int(5), "5"),
        (float(f64::NAN), "\"NaN\""),
        (Value::None, "null"),
    ] {
        let measurement = judge(v().low("4.750").high("+6"), value);
        assert_eq!(measurement.value.to_string(), shown);
        assert_eq!(measurement.low_limit.unwrap().to_string(), "4.750");
        assert_eq!(measurement.high_limit.unwrap().to_string(), "6.0");
    }
}

#[test]
fn booleans_compare_regardless_of_letter_case_and_of_nothing_else() {
    let (equal, other, none) = (None, Some(Reason::NotEqual), Some(Reason::NotABoolean));
    for (value, expected, reason) in [
        (Value::Bool(true), "true", equal),
        (Value::Bool(true), "True", equal),
        (string("True"), "true", equal),
        (string("FALSE"), "false", equal),
        (Value::Bool(false), "true", other),
        (string("false"), "true", other),
        (Value::Bool(true), "yes", other),
        (Value::Int(1), "true", none),
        (string("1"), "true", none),
        (string("yes"), "true", none),
        (float(1.0), "true", none),
        (Value::None, "true", Some(Reason::MissingValue)),
    ] {
        let measure = boolean("B").value("{{v}}").expected(expected);
        assert_eq!(
            judge(measure, value.clone()).reason,
            reason,
            "{value:?} against {expected}"
        );
    }
    let unexpected = || boolean("B").value("{{v}}");
    assert_eq!(judge(unexpected(), Value::Bool(false)).reason, None);
    assert_eq!(judge(unexpected(), Value::Int(1)).reason, none);
    assert_eq!(
        judge(unexpected().operator(Operator::Log), Value::Int(1)).reason,
        None
    );
}

#[test]
fn strings_compare_exactly() {
    for (value, expected, reason) in [
        (string("v1.2"), Some("v1.2"), None),
        (string("V1.2"), Some("v1.2"), Some(Reason::NotEqual)),
        (string("v1.2 "), Some("v1.2"), Some(Reason::NotEqual)),
        (Value::Int(12), Some("12"), None),
        (Value::Bool(true), Some("true"), None),
        (string("anything"), None, None),
        (string(""), Some(""), None),
        (Value::None, None, Some(Reason::MissingValue)),
    ] {
        let measure = boolean("S").string().value("{{v}}");
        let measure = match expected {
            Some(expected) => measure.expected(expected),
            None => measure,
        };
        assert_eq!(
            judge(measure, value.clone()).reason,
            reason,
            "{value:?} against {expected:?}"
        );
    }
}

#[test]
fn an_operator_that_does_not_apply_is_said_to_be_unused() {
    let measurement = judge(
        boolean("S")
            .string()
            .value("{{v}}")
            .expected("a")
            .operator(Operator::NotEqual),
        string("a"),
    );
    assert_eq!(measurement.reason, None);
    assert_eq!(
        measurement.message.as_deref(),
        Some("operator notequal applies to numeric measurements only and was not used")
    );
}

#[test]
fn a_literal_is_a_value_too() {
    assert_eq!(
        judge(numeric("V").value("5").low("5"), Value::None).reason,
        None
    );
    assert_eq!(
        judge(
            boolean("S").string().value("x{{v}}").expected("x1"),
            Value::Int(1)
        )
        .reason,
        None
    );
}

#[test]
fn whole_numbers_keep_their_limits_in_all_their_digits() {
    let big = |text| Value::Big(BigInt::parse(text).unwrap());
    let (low, high) = (Some(Reason::BelowLimit), Some(Reason::AboveLimit));
    for (value, limit, below, above) in [
        (
            Value::Int(9_007_199_254_740_993),
            "9007199254740992",
            None,
            high,
        ),
        (
            Value::Int(9_007_199_254_740_992),
            "9007199254740993",
            low,
            None,
        ),
        (Value::Int(i64::MAX), "9223372036854775808", low, None),
        (
            big("123456789012345678901234567891"),
            "123456789012345678901234567890",
            None,
            high,
        ),
        (
            big("-123456789012345678901234567891"),
            "-123456789012345678901234567890",
            low,
            None,
        ),
        (big("-123456789012345678901234567891"), "5", low, None),
        (string("00000000000000000000000000000005"), "5", None, None),
        (string("-0"), "0", None, None),
        // Not whole: as floats, which cannot tell these two apart.
        (
            float(9_007_199_254_740_992.0),
            "9007199254740993",
            None,
            None,
        ),
        (
            Value::Int(9_007_199_254_740_993),
            "9007199254740992.0",
            None,
            None,
        ),
    ] {
        let judged = [v().low(limit), v().high(limit)].map(|measure| judge(measure, value.clone()));
        assert_eq!(
            [judged[0].reason, judged[1].reason],
            [below, above],
            "{value:?} with {limit}"
        );
    }
}
