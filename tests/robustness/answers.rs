//! Answers given beforehand: anything after `--answer`, anything in the file of `--answers`.

use std::fs;

use proptest::{collection::vec, prelude::*, sample::select};
use rehearsal::{
    diagnostic::Style,
    operator::Given,
    package::{load, model::Test},
};

use crate::{
    mutation::{soup, spoilt},
    reading::{on_a_small_stack, package},
    runner,
};

const TEST: &str = r#"test:
  name: Odd
  version: "1.0.0"
  steps:
    - {name: Lamps, type: prompt, prompt: {message: Look, buttons: [{name: "A:B", action: pass}, {name: "=", action: fail}]}}
    - {name: "A=B:C", type: manual}
    - {name: Volts, type: prompt, prompt: {message: Read, input: {mode: number, low_limit: 1}}}
    - {name: Colour, type: prompt, prompt: {message: Pick, input: {mode: list, choices: [Red]}}}
"#;

const FILE: &str = "Lamps: \"A:B\"\n\"A=B:C\": [PASS, {button: FAIL}]\nVolts: {button: OK, value: \"1.5\"}\nColour: {button: OK, value: Red}\n";

fn test(folder: &std::path::Path) -> Test {
    fs::write(folder.join("tests/main.yaml"), TEST).unwrap();
    load(folder).ok().unwrap().0.tests.remove(0)
}

#[test]
fn any_answer_on_the_command_line_is_taken_or_refused() {
    let piece = select(
        &[
            "Lamps",
            "lamps",
            "A=B:C",
            "A",
            "B",
            "C",
            "Volts",
            "Colour",
            "PASS",
            "OK",
            "A:B",
            "=",
            ":",
            "==",
            "::",
            " ",
            "1.5",
            "1,5",
            "Red",
            "",
            "\0",
            "\u{1b}[31m",
            "ä",
            "é:",
            "'",
            "\"",
            "\n",
            "99999999999999999999",
        ][..],
    );
    let answers = vec(
        prop_oneof![
            5 => vec(piece, 0..7).prop_map(|pieces| pieces.concat()),
            1 => any::<String>(),
        ],
        0..4,
    );
    let folder = package();
    let test = test(folder.path());
    let found = on_a_small_stack(|| {
        runner(3_000).run(&answers, |answers| {
            let (given, problems) = Given::read(&answers, None, [&test]);
            let shown = problems.render(given.sources(), Style::PLAIN);
            let control = |c: char| c.is_control() && c != '\n';
            prop_assert!(!shown.contains(control), "{shown:?}");
            Ok(())
        })
    });
    if let Err(error) = found {
        panic!("{error}");
    }
}

#[test]
fn a_file_of_answers_spoilt_anywhere_is_read_to_its_end() {
    let folder = package();
    let test = test(folder.path());
    let path = folder.path().join("answers.yaml");
    let content = prop_oneof![3 => spoilt(vec![FILE.to_owned()]), 1 => soup()];
    let found = on_a_small_stack(|| {
        runner(2_000).run(&content, |content| {
            fs::write(&path, &content).unwrap();
            let file = Some((path.as_path(), "answers.yaml"));
            let (given, problems) = Given::read(&[], file, [&test]);
            problems.render(given.sources(), Style::PLAIN);
            Ok(())
        })
    });
    if let Err(error) = found {
        panic!("{error}");
    }
}
