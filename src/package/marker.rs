//! Environment markers of requirements (`python_version < "3.11" and extra == 'x'`), for the Python that packages get.

use std::cmp::Ordering;

/// What the markers' variables stand for; no extra is asked for.
const ENVIRONMENT: [(&str, &str); 10] = [
    ("python_version", "3.14"),
    ("python_full_version", "3.14.0"),
    ("os_name", "posix"),
    ("sys_platform", "linux"),
    ("platform_system", "Linux"),
    ("platform_machine", "x86_64"),
    ("platform_python_implementation", "RustPython"),
    ("implementation_name", "rustpython"),
    ("implementation_version", "3.14.0"),
    ("extra", ""),
];

/// Whether the marker holds; None for one that is not understood.
pub fn holds(marker: &str) -> Option<bool> {
    let mut rest = words(marker)?;
    rest.reverse();
    let result = any(&mut rest)?;
    rest.is_empty().then_some(result)
}

#[derive(Clone, Debug, PartialEq)]
enum Word {
    Text(String),
    Name(String),
    Sign(String),
}

fn words(marker: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = marker.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => {
                let end = rest[1..].find(first)?;
                words.push(Word::Text(rest[1..=end].into()));
                end + 2
            }
            '(' | ')' => {
                words.push(Word::Sign(first.into()));
                1
            }
            '<' | '>' | '=' | '!' | '~' => {
                let end = rest
                    .find(|letter| !"<>=!~".contains(letter))
                    .unwrap_or(rest.len());
                words.push(Word::Sign(rest[..end].into()));
                end
            }
            _ => {
                let end = rest
                    .find(|letter: char| {
                        !(letter.is_ascii_alphanumeric() || letter == '_' || letter == '.')
                    })
                    .unwrap_or(rest.len());
                if end == 0 {
                    return None;
                }
                words.push(Word::Name(rest[..end].into()));
                end
            }
        };
        rest = rest[length..].trim_start();
    }
    Some(words)
}

fn next_is(rest: &[Word], name: &str) -> bool {
    matches!(rest.last(), Some(Word::Name(word)) if word == name)
}

fn any(rest: &mut Vec<Word>) -> Option<bool> {
    let mut result = all(rest)?;
    while next_is(rest, "or") {
        rest.pop();
        result |= all(rest)?;
    }
    Some(result)
}

fn all(rest: &mut Vec<Word>) -> Option<bool> {
    let mut result = one(rest)?;
    while next_is(rest, "and") {
        rest.pop();
        result &= one(rest)?;
    }
    Some(result)
}

fn one(rest: &mut Vec<Word>) -> Option<bool> {
    if rest.last() == Some(&Word::Sign("(".into())) {
        rest.pop();
        let result = any(rest)?;
        return (rest.pop()? == Word::Sign(")".into())).then_some(result);
    }
    let (left, version) = value(rest.pop()?)?;
    let operator = match rest.pop()? {
        Word::Sign(sign) => sign,
        Word::Name(name) if name == "in" => name,
        Word::Name(name) if name == "not" && next_is(rest, "in") => {
            rest.pop();
            "not in".into()
        }
        _ => return None,
    };
    let (right, other) = value(rest.pop()?)?;
    compare(&left, &operator, &right, version || other)
}

/// The text, and whether it is compared as a version.
fn value(word: Word) -> Option<(String, bool)> {
    match word {
        Word::Text(text) => Some((text, false)),
        Word::Name(name) => ENVIRONMENT
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(known, value)| ((*value).to_owned(), known.ends_with("version"))),
        Word::Sign(_) => None,
    }
}

/// What an operator says of two texts, or of two versions; None where it is not understood.
pub fn compare(left: &str, operator: &str, right: &str, version: bool) -> Option<bool> {
    match operator {
        "in" => return Some(right.contains(left)),
        "not in" => return Some(!right.contains(left)),
        _ => {}
    }
    let order = if version {
        order(left, right)?
    } else {
        left.cmp(right)
    };
    match operator {
        "==" | "===" => Some(order == Ordering::Equal),
        "!=" => Some(order != Ordering::Equal),
        "<" => Some(order == Ordering::Less),
        "<=" => Some(order != Ordering::Greater),
        ">" => Some(order == Ordering::Greater),
        ">=" => Some(order != Ordering::Less),
        _ => None,
    }
}

/// A missing number is 0.
fn order(left: &str, right: &str) -> Option<Ordering> {
    let significant = |text| -> Option<Vec<u32>> {
        let mut numbers = numbers(text)?;
        while numbers.last() == Some(&0) {
            numbers.pop();
        }
        Some(numbers)
    };
    Some(significant(left)?.cmp(&significant(right)?))
}

/// The numbers of a version that consists of nothing else.
pub fn numbers(version: &str) -> Option<Vec<u32>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn markers_are_judged_for_the_python_of_packages() {
        for (marker, expected) in [
            ("python_version >= '3.9'", Some(true)),
            ("python_version < \"3.11\"", Some(false)),
            ("'3.14.0' == python_version", Some(true)),
            ("extra == 'socks'", Some(false)),
            ("sys_platform == 'win32' or os_name == 'posix'", Some(true)),
            (
                "(extra == 'x' or os_name == 'nt') and python_version > '3'",
                Some(false),
            ),
            (
                "platform_python_implementation not in 'CPython PyPy'",
                Some(true),
            ),
            ("python_version ~= '3.1'", None),
            ("moon == 'full'", None),
            ("(os_name == 'posix'", None),
        ] {
            assert_eq!(holds(marker), expected, "{marker}");
        }
    }
}
