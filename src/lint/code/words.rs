//! The words that a name is made of.

/// `["supply", "voltage", "5v"]` of `supply_voltage_5V` and `supplyVoltage_5V`, in lower case.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for letter in name.chars() {
        let starts = letter.is_uppercase() && before.is_lowercase();
        if (letter == '_' || starts) && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if letter != '_'
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether one of a name's words is in a list.
pub fn has_word(name: &str, list: &[&str]) -> bool {
    words(name).iter().any(|word| list.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_underscores_and_capitals() {
        for (name, expected) in [
            ("supply_voltage_5V", "supply voltage 5v"),
            ("supplyVoltage", "supply voltage"),
            ("MAX_TEMP", "max temp"),
            ("_x", "x"),
            ("", ""),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }
}
