//! The part of docs/python.md that is made of `failures.toml`.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{Home, expectation::Expectation};

/// The table of modules and the list of reasons.
pub fn render(expectation: &Expectation) -> String {
    let mut text =
        String::from("| tests of | run | passed | failed | skipped |\n|---|---:|---:|---:|---:|\n");
    let mut row = |name: &str, [run, passed, failed, skipped]: [usize; 4]| {
        writeln!(text, "| {name} | {run} | {passed} | {failed} | {skipped} |")
            .expect("a text takes all");
    };
    let mut total = [0; 4];
    let mut reasons: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for (name, module) in &expectation.modules {
        let numbers = [
            module.run(),
            module.passed,
            module.failures.len(),
            module.skipped,
        ];
        row(&format!("`{name}`"), numbers);
        for (sum, number) in total.iter_mut().zip(numbers) {
            *sum += number;
        }
        for reason in module.failures.values() {
            *reasons.entry(reason).or_default().entry(name).or_default() += 1;
        }
    }
    row("all", total);
    text.push_str("\nWhat fails:\n\n");
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, modules)| std::cmp::Reverse(modules.values().sum::<usize>()));
    for (reason, modules) in reasons {
        let sum: usize = modules.values().sum();
        let sentence = expectation.reasons.get(reason).map_or(reason, |it| it);
        let modules: Vec<_> = modules
            .iter()
            .map(|(name, count)| format!("`{name}` {count}"))
            .collect();
        writeln!(text, "- {sum}: {sentence} ({})", modules.join(", ")).expect("a text takes all");
    }
    text
}

/// The page with the made part as it has to be.
pub fn put_into(home: Home, page: &str, expectation: &Expectation) -> String {
    let part = home.part();
    let begin = format!("<!-- made by {part}: begin -->\n");
    let end = format!("<!-- made by {part}: end -->\n");
    let (before, rest) = page.split_once(&begin).expect("the page has the mark");
    let (_, after) = rest.split_once(&end).expect("the page has the end mark");
    format!("{before}{begin}{}{end}{after}", render(expectation))
}
