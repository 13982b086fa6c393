//! Conditions and templates: anything at all, on a small stack.

use proptest::{collection::vec, prelude::*, sample::select};
use rehearsal::{event::Verdict, flow::Condition};
use rehearsal_python::value::Value;

use crate::{
    reading::on_a_small_stack,
    runner,
    support::{Trial, returns, step},
};

const SIGNS: [&str; 70] = [
    "a",
    "b",
    "count",
    "text",
    "none",
    "nothing",
    "__iteration__",
    "cfg.HOST",
    "true",
    "false",
    "null",
    "0",
    "1",
    "25",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "1.5",
    "1e999",
    "0x7f",
    "1u",
    ".5",
    "\"25\"",
    "'x'",
    "'",
    "\"",
    "r'\\'",
    "b'\\xff'",
    "'\\ud800'",
    "'\\U00110000'",
    "\\",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "&&",
    "||",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "?",
    ":",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "in",
    "has(a.b)",
    "size(a)",
    "[1].map(x, x)",
    "[1, 2].all(x, x > 0)",
    "//",
    "\n",
    " ",
    "{{",
    "}}",
    "=",
    "and",
    "`a`",
    "\0",
    "ä",
];

/// Any of them, also far longer than what is accepted, and each of them many times.
fn conditions() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => vec(select(&SIGNS[..]), 0..12).prop_map(|signs| signs.join(" ")),
        2 => vec(select(&SIGNS[..]), 0..60).prop_map(|signs| signs.concat()),
        1 => (select(&SIGNS[..]), 1..3_000_usize).prop_map(|(sign, times)| sign.repeat(times)),
        1 => (select(&SIGNS[..]), select(&SIGNS[..]), 1..400_usize)
            .prop_map(|(one, other, times)| format!("1{}", format!("{one}{other}").repeat(times))),
        1 => any::<String>(),
    ]
}

#[test]
fn any_condition_is_understood_or_refused_in_one_line() {
    let found = on_a_small_stack(|| {
        runner(10_000).run(&conditions(), |text| {
            if let Err(message) = Condition::parse(&text) {
                prop_assert!(!message.contains('\n'), "{message:?}");
                prop_assert!(message.len() < 700, "{} bytes", message.len());
            }
            Ok(())
        })
    });
    if let Err(error) = found {
        panic!("{error}");
    }
}

#[test]
fn any_condition_holds_or_does_not_or_aborts_its_step() {
    let found = on_a_small_stack(|| {
        runner(3_000).run(&conditions(), |text| {
            let run = Trial::new()
                .variable("a", "true")
                .variable("b", "1.5")
                .variable("count", "25")
                .variable("text", "x")
                .quiet()
                .step(step("before").does([returns(Value::None)]))
                .step(step("asked").precondition(&text).repeat(Some(&text), 2))
                .run();
            let asked = &run.report().steps[1];
            prop_assert_ne!(asked.verdict, Verdict::Fail);
            Ok(())
        })
    });
    if let Err(error) = found {
        panic!("{error}");
    }
}

/// The longest chains that are accepted, of every operator: they recurse in the parser and in the evaluation.
#[test]
fn the_longest_condition_fits_on_a_small_stack() {
    on_a_small_stack(|| {
        let mut accepted = 0;
        for link in [
            " < 1", "<1", "+1", "-1", "*1", "/1", "%1", "==1", "&&a", "||a", "?1:1", ".a", "[0]",
            ".f()", "-", "!",
        ] {
            let longest = (1..700)
                .rev()
                .map(|times| format!("1{}", link.repeat(times)))
                .find(|text| Condition::parse(text).is_ok());
            let Some(text) = longest else { continue };
            accepted += 1;
            let run = Trial::new()
                .variable("a", "true")
                .step(step("s").precondition(&text))
                .run();
            let verdict = run.report().steps[0].verdict;
            assert!(
                matches!(verdict, Verdict::Pass | Verdict::Skipped | Verdict::Aborted),
                "{link}"
            );
        }
        assert!(accepted >= 6, "only {accepted} kinds of chains");
        for (open, close) in [("(", ")"), ("!", ""), ("-", ""), ("!(", ")")] {
            for times in 1..500 {
                let text = format!("{}a{}", open.repeat(times), close.repeat(times));
                drop(Condition::parse(&text));
            }
        }
    });
}

/// Text with the signs of templates in it.
fn templates() -> impl Strategy<Value = String> {
    const PIECES: [&str; 22] = [
        "{{",
        "}}",
        "{",
        "}",
        "{{a}}",
        "{{ a }}",
        "{{a",
        "{{}}",
        "{{ }}",
        "{{{a}}}",
        "{{cfg.HOST}}",
        "{{cfg.}}",
        "{{.}}",
        "{{exec.tag.X}}",
        "{{a.b}}",
        "{{__iteration__}}",
        "{{é}}",
        "{{\n}}",
        " ",
        "x",
        "\u{202e}",
        "\0",
    ];
    prop_oneof![
        4 => vec(select(&PIECES[..]), 0..12).prop_map(|pieces| pieces.concat()),
        1 => (select(&PIECES[..]), 1..5_000_usize).prop_map(|(piece, times)| piece.repeat(times)),
        1 => any::<String>(),
    ]
}

#[test]
fn any_template_is_filled_in_or_aborts_its_step() {
    let found = on_a_small_stack(|| {
        runner(3_000).run(&templates(), |text| {
            let run = Trial::new()
                .variable("a", "{{a}}")
                .quiet()
                .step(step("s").with(|step| {
                    let mut scalar = crate::support::scalar("x");
                    scalar.value = Value::Str(text.clone());
                    scalar.text.clone_from(&text);
                    step.parameters.insert("p".into(), scalar.clone());
                    step.outputs.insert("o".into(), scalar);
                }))
                .run();
            match run.calls.first() {
                Some(call) if !text.contains("{{") => {
                    prop_assert_eq!(&call.arguments[0].1, &text, "changed on its way");
                }
                Some(_) => {}
                None => prop_assert_eq!(run.report().steps[0].verdict, Verdict::Aborted),
            }
            Ok(())
        })
    });
    if let Err(error) = found {
        panic!("{error}");
    }
}
