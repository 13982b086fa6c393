//! Whatever a file holds: no panic, no hang, and messages that can be shown.

use proptest::prelude::*;
use rehearsal::diagnostic::Style;

use crate::package::Package;

/// Words that make the parser go ways which random letters do not.
const PIECES: [&str; 64] = [
    "def ",
    "async ",
    "class ",
    "return ",
    "yield ",
    "lambda ",
    "if ",
    "elif ",
    "else",
    "for ",
    "while ",
    "try",
    "except ",
    "finally",
    "with ",
    "match ",
    "case ",
    "import ",
    "from ",
    "as ",
    "in ",
    "is ",
    "not ",
    "and ",
    "or ",
    "await ",
    "global ",
    "type ",
    "*",
    "**",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    ";",
    ".",
    "...",
    "=",
    ":=",
    "->",
    "@",
    "f\"",
    "t'",
    "\"\"\"",
    "'",
    "\\",
    "\n",
    "\n    ",
    "\n        ",
    "\t",
    "#",
    "0x",
    "1e9",
    "1_0j",
    "ä",
    "\0",
    "x",
    "raise ",
    "assert ",
    "<= 5.25 ",
];

fn survives(text: &[u8]) {
    let package = Package::new().file("python_modules/m.py", text).calling();
    let read = package.read();
    read.code.problems().render(&read.sources, Style::COLOURED);
    read.found.render(&read.sources, Style::COLOURED);
    for one in read.found.iter().chain(read.code.problems()) {
        one.line(&read.sources);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        survives(&bytes);
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        survives(text.as_bytes());
    }

    #[test]
    fn any_pieces_of_python_are_read(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..120)) {
        survives(pieces.concat().as_bytes());
    }
}

#[test]
fn what_is_nested_deep_ends_no_process() {
    for piece in [
        "(",
        "[",
        "{",
        "-",
        "not ",
        "lambda: ",
        "f(",
        "x[",
        "x if y else ",
        "x ** ",
        "await ",
        "f'{",
        "x.",
        "*",
        "a = ",
        "with (",
        "match ",
        "case ",
        "x = y if (",
        "{1: ",
        "@",
        "del (",
        "x: (",
        "import a.",
        "def f(a=",
    ] {
        for times in [500, 3000, 100_000] {
            survives(piece.repeat(times).as_bytes());
            survives(format!("{}1\n", piece.repeat(times)).as_bytes());
        }
    }
    for block in [
        "if x:",
        "def f():",
        "class A:",
        "with x:",
        "try:",
        "for x in y:",
        "match x:",
    ] {
        for levels in [90, 900, 2000] {
            let text: String = (0..levels)
                .map(|level| format!("{}{block}\n", " ".repeat(level)))
                .collect();
            survives(text.as_bytes());
            survives(format!("{text}{}pass\n", " ".repeat(levels)).as_bytes());
        }
    }
}

/// Names that each lead to the next one twice: followed without counting, no end would be seen.
#[test]
fn names_that_lead_to_names_are_followed_for_a_while_only() {
    for (first, link) in [
        ("float(read())", "v{n} = v{m} + v{m}"),
        ("{}", "v{n} = {**v{m}, **v{m}}"),
        ("read()", "v{n} = (v{m}, v{m})"),
    ] {
        let chain: String = (1..60)
            .map(|n| {
                let line = link.replace("{n}", &n.to_string());
                format!("    {}\n", line.replace("{m}", &(n - 1).to_string()))
            })
            .collect();
        let end = "    if v59 > HIGH_LIMIT:\n        raise ValueError\n    return v59\n";
        survives(format!("def f():\n    v0 = {first}\n{chain}{end}").as_bytes());
    }
    let sum = "x * 2.5 + ".repeat(300);
    survives(format!("def f():\n    return {sum}1\n").as_bytes());
    survives(
        format!("def f():\n    v = {sum}1\n    if v > 5.5: raise ValueError\n    return v\n")
            .as_bytes(),
    );
}

#[test]
fn large_tables_are_read() {
    let numbers: String = (0..100_000).map(|n| format!("{n}, ")).collect();
    let texts: String = (0..20_000).map(|n| format!("    'line {n}'\n")).collect();
    let package = Package::python(&format!("TABLE = [{numbers}]\nTEXT = (\n{texts})\n"));
    assert_eq!(package.problems(), "");
    assert!(
        package
            .read()
            .code
            .modules()
            .all(|module| module.is_readable())
    );
}
