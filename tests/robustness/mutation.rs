//! Ways to spoil a text.

use proptest::{collection::vec, prelude::*, sample::Index, sample::select};

const TOKENS: [&str; 62] = [
    ":",
    ": ",
    "- ",
    "-",
    "\n",
    "\r\n",
    "\r",
    "  ",
    "\t",
    ",",
    "[",
    "]",
    "{",
    "}",
    "{{",
    "}}",
    "{{ x }}",
    "{{x",
    "x}}",
    "{{{{x}}}}",
    "{{cfg.",
    "'",
    "\"",
    "\\",
    "\\ud800",
    "\\u0000",
    "\\x",
    "|\n",
    ">-\n",
    "&a ",
    "*a",
    "<<: *a",
    "!!int ",
    "!!binary ",
    "!",
    "%YAML 9.9\n",
    "---\n",
    "...\n",
    "#",
    "?",
    "? ",
    "@",
    "`",
    "~",
    "null",
    "true",
    "True",
    "on",
    "0x10",
    "0o17",
    "1_000",
    "-0",
    ".5",
    "1e999",
    ".nan",
    "-.inf",
    "\0",
    "\u{feff}",
    "\u{2028}",
    "١٢",
    "99999999999999999999999999999999",
    "test",
];

#[derive(Clone, Debug)]
enum Edit {
    Insert(Index, &'static str),
    Repeat(Index, &'static str, usize),
    Delete(Index, Index),
    /// Copies a piece to another place.
    Copy(Index, Index, Index),
    Byte(Index, u8),
}

/// One of the seeds, spoilt.
pub fn spoilt(seeds: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    let edit = prop_oneof![
        6 => (any::<Index>(), select(&TOKENS[..])).prop_map(|(at, token)| Edit::Insert(at, token)),
        1 => (any::<Index>(), select(&TOKENS[..]), 2..300_usize)
            .prop_map(|(at, token, times)| Edit::Repeat(at, token, times)),
        3 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Edit::Delete(from, to)),
        2 => any::<(Index, Index, Index)>().prop_map(|(from, to, at)| Edit::Copy(from, to, at)),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Edit::Byte(at, byte)),
    ];
    (select(seeds), vec(edit, 1..6)).prop_map(|(seed, edits)| {
        let mut text = seed.into_bytes();
        for edit in edits {
            apply(&edit, &mut text);
        }
        text
    })
}

fn apply(edit: &Edit, text: &mut Vec<u8>) {
    let at = |index: &Index| index.index(text.len() + 1);
    // A piece of at most 40 bytes, so that something is left.
    let piece = |from: &Index, to: &Index| {
        let from = at(from);
        from..(from + to.index(40)).min(text.len())
    };
    match edit {
        Edit::Insert(place, token) => {
            let place = at(place);
            text.splice(place..place, token.bytes());
        }
        Edit::Repeat(place, token, times) => {
            let place = at(place);
            text.splice(place..place, token.repeat(*times).bytes());
        }
        Edit::Delete(from, to) => {
            let range = piece(from, to);
            text.drain(range);
        }
        Edit::Copy(from, to, place) => {
            let (range, place) = (piece(from, to), at(place));
            let copied = text[range].to_vec();
            text.splice(place..place, copied);
        }
        Edit::Byte(place, byte) => {
            let place = at(place);
            if let Some(old) = text.get_mut(place) {
                *old = *byte;
            }
        }
    }
}

/// Words and signs of YAML and JSON in any order.
pub fn soup() -> impl Strategy<Value = Vec<u8>> {
    const WORDS: [&str; 14] = [
        "name",
        "steps",
        "type",
        "runner",
        "python",
        "mock",
        "measurement",
        "value",
        "low_limit",
        "retry",
        "count",
        "1.0.0",
        "modules",
        "version",
    ];
    let word = prop_oneof![3 => select(&TOKENS[..]), 2 => select(&WORDS[..])];
    vec(word, 0..80).prop_map(|words| words.concat().into_bytes())
}

/// Any bytes, and any characters.
pub fn anything() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..200),
        any::<String>().prop_map(String::into_bytes),
    ]
}
