//! The existing name that a mistyped one most likely means.

/// The nearest of `names`, if one is near enough to be a slip of the finger: at most a third of the letters differ.
pub fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = (wanted.chars().count() / 3).max(1);
    let folded = wanted.to_lowercase();
    names
        .map(|name| {
            (
                strsim::damerau_levenshtein(&folded, &name.to_lowercase()),
                name,
            )
        })
        .filter(|&(distance, name)| distance <= most && name != wanted)
        .min_by(|a, b| a.cmp(b))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_another_word_none() {
        let names = ["voltage", "current", "cfg.AGENT_HOST"];
        for (wanted, found) in [
            ("voltgae", Some("voltage")),
            ("Voltage", Some("voltage")),
            ("cfg.AGENT_HOTS", Some("cfg.AGENT_HOST")),
            ("temperature", None),
            ("v", None),
        ] {
            assert_eq!(nearest(wanted, names.into_iter()), found, "{wanted}");
        }
    }
}
