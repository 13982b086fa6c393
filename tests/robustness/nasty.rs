//! Files that have brought readers down.

/// Each with a name.
pub fn files() -> Vec<(&'static str, Vec<u8>)> {
    let mut files: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("a byte order mark alone", "\u{feff}".into()),
        (
            "UTF-16",
            "\u{feff}test: 1"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
        ),
        ("NUL", b"test: \0".to_vec()),
        ("half a character", b"test: \xc3".to_vec()),
        ("a surrogate in UTF-8", b"test: \xed\xa0\x80".to_vec()),
        (
            "a surrogate in an escape",
            br#"{"test": "\ud800", "name": "\udfff\ud800"}"#.to_vec(),
        ),
        (
            "line ends of all kinds",
            b"a: 1\r\nb: 2\rc: 3\n\rd: 4\xe2\x80\xa8e: 5\xc2\x85f: 6".to_vec(),
        ),
        ("tabs", b"test:\n\tname: a".to_vec()),
        ("two documents", b"a: 1\n---\nb: 2\n...\n---\n".to_vec()),
        ("an alias to itself", b"a: &a [*a]".to_vec()),
        ("an alias of nothing", b"a: *a".to_vec()),
        ("a merge of itself", b"a: &a\n  <<: *a".to_vec()),
        (
            "directives",
            b"%YAML 9.9\n%TAG ! tag:x,2000:\n---\na: !x 1".to_vec(),
        ),
        (
            "keys that are no text",
            b"? [a, {b: c}]\n: d\n? |\n  long\n: e".to_vec(),
        ),
        ("equal keys", b"a: 1\na: 2\n\"a\": 3\n".to_vec()),
        ("a bomb of aliases", bomb(30)),
        ("JSON behind JSON", b"{} {}".to_vec()),
        ("comments in JSON", b"{/* a */ \"a\": 1 // b\n}".to_vec()),
        ("control characters", (1..32_u8).collect()),
        (
            "escapes to a terminal",
            b"\"\x1b[31mred\": \x1b]0;title\x07".to_vec(),
        ),
        (
            "text from right to left",
            "test: {\u{202e}eman: a\u{2066}}".into(),
        ),
    ];
    let many = |text: &str, times: usize| text.repeat(times).into_bytes();
    let nested = |open: &str, close: &str, times: usize| {
        format!("{}1{}", open.repeat(times), close.repeat(times)).into_bytes()
    };
    files.extend([
        ("open lists", many("[", 100_000)),
        ("open mappings", many("{", 100_000)),
        ("open mappings with keys", many("{a: ", 50_000)),
        ("open JSON objects", many("{\"a\":", 50_000)),
        ("closed lists", many("]", 100_000)),
        ("nested lists", nested("[", "]", 50_000)),
        ("nested mappings", nested("{a: ", "}", 20_000)),
        ("nested JSON", nested("{\"a\":", "}", 20_000)),
        ("lists in lists by dashes", many("- ", 50_000)),
        ("keys that are mappings", many("? ", 50_000)),
        (
            "indented ever deeper",
            (0..1_000)
                .flat_map(|depth| format!("{}a:\n", " ".repeat(depth)).into_bytes())
                .collect(),
        ),
        (
            "a long line",
            [b"test: ".to_vec(), many("x", 1_000_000)].concat(),
        ),
        (
            "a long number",
            [b"test: ".to_vec(), many("9", 100_000)].concat(),
        ),
        (
            "a number with a long exponent",
            [b"test: 1e".to_vec(), many("9", 10_000)].concat(),
        ),
        ("a long key", [many("k", 100_000), b": 1".to_vec()].concat()),
        ("open quotes", many("\"", 99_999)),
        (
            "backslashes",
            [b"\"".to_vec(), many("\\", 100_000)].concat(),
        ),
        (
            "anchors",
            (0..5_000)
                .flat_map(|n| format!("a{n}: &a{n} 1\n").into_bytes())
                .collect(),
        ),
        (
            "unknown fields in one line",
            format!(
                "{{test: {{{}}}}}",
                (0..3_000).map(|n| format!("f{n}: 1, ")).collect::<String>()
            )
            .into_bytes(),
        ),
        (
            "unknown fields",
            format!(
                "test:\n{}",
                (0..3_000)
                    .map(|n| format!("  f{n}: 1\n"))
                    .collect::<String>()
            )
            .into_bytes(),
        ),
        (
            "a thousand steps without anything",
            format!("test:\n  steps:\n{}", "    - {}\n".repeat(1_000)).into_bytes(),
        ),
        ("empty lines", many("\n", 200_000)),
        ("question marks", many("?\n", 20_000)),
        (
            "open braces of templates",
            [
                b"test: {name: \"".to_vec(),
                many("{{", 50_000),
                b"\"}".to_vec(),
            ]
            .concat(),
        ),
    ]);
    files
}

/// Each line has the one before nine times.
fn bomb(lines: usize) -> Vec<u8> {
    let mut text = "a0: &a0 lol\n".to_owned();
    for line in 1..lines {
        let before = format!("*a{}, ", line - 1).repeat(9);
        text += &format!("a{line}: &a{line} [{before}]\n");
    }
    text.into_bytes()
}
