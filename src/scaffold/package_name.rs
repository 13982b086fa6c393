//! The name of a package, and what it says of product and test.

use std::{fmt, str::FromStr};

/// Most letters of a name that a station takes.
const LONGEST: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no name for a package: 1 to 64 letters, digits, `_` and `-`, the first a letter or digit"
)]
pub struct NameError(String);

/// A name that a station takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageName(String);

/// A product, in letters that may stand in any of a package's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductId(String);

impl FromStr for PackageName {
    type Err = NameError;

    fn from_str(name: &str) -> Result<Self, NameError> {
        match is_name(name) {
            true => Ok(Self(name.into())),
            false => Err(NameError(name.into())),
        }
    }
}

impl FromStr for ProductId {
    type Err = &'static str;

    fn from_str(id: &str) -> Result<Self, &'static str> {
        match is_name(id) {
            true => Ok(Self(id.into())),
            false => Err("1 to 64 letters, digits, `_` and `-`, the first a letter or digit"),
        }
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ProductId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl PackageName {
    /// Whether it says product, test and generation, as `ESH10000121_FunctionalTest_v00` does.
    pub fn is_conventional(&self) -> bool {
        self.parts().is_some()
    }

    /// The product it names; without the convention the whole name.
    pub fn product(&self) -> ProductId {
        ProductId(self.parts().map_or(&*self.0, |(product, _)| product).into())
    }

    /// The test it names, in words: "Functional Test".
    pub fn title(&self) -> String {
        words(self.parts().map_or(&self.0, |(_, test)| test))
    }

    /// The name of its Python module. All installed packages share one list of folders, so that it has to be its own.
    pub fn module(&self) -> String {
        let name = self.0.to_lowercase().replace('-', "_");
        let digit = name.starts_with(|first: char| first.is_ascii_digit());
        format!("{}{name}_tests", if digit { "package_" } else { "" })
    }

    /// Product and test.
    fn parts(&self) -> Option<(&str, &str)> {
        let (rest, generation) = self.0.rsplit_once("_v")?;
        let (product, test) = rest.split_once('_')?;
        let number = generation.len() >= 2 && generation.bytes().all(|byte| byte.is_ascii_digit());
        (number && !product.is_empty() && test.contains(|c: char| c.is_ascii_alphanumeric()))
            .then_some((product, test))
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= LONGEST
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// `FunctionalTest`, `functional_test` and `functional-test` as "Functional Test".
fn words(name: &str) -> String {
    let mut words = String::new();
    let mut before = '_';
    for letter in name.chars() {
        if letter == '_' || letter == '-' {
            before = letter;
            continue;
        }
        let begins = !before.is_ascii_alphanumeric();
        if !words.is_empty()
            && (begins || (letter.is_ascii_uppercase() && before.is_ascii_lowercase()))
        {
            words.push(' ');
        }
        words.push(if begins {
            letter.to_ascii_uppercase()
        } else {
            letter
        });
        before = letter;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_product_and_test() {
        let cases = [
            (
                "ESH10000121_FunctionalTest_v00",
                true,
                "ESH10000121",
                "Functional Test",
                "esh10000121_functionaltest_v00_tests",
            ),
            (
                "P1_RF_burn-in_v12",
                true,
                "P1",
                "RF Burn In",
                "p1_rf_burn_in_v12_tests",
            ),
            (
                "121_I2CScan_v01",
                true,
                "121",
                "I2CScan",
                "package_121_i2cscan_v01_tests",
            ),
            ("Demo", false, "Demo", "Demo", "demo_tests"),
            ("Demo_v01", false, "Demo_v01", "Demo V01", "demo_v01_tests"),
            (
                "My_Test_v1",
                false,
                "My_Test_v1",
                "My Test V1",
                "my_test_v1_tests",
            ),
            ("A_-_v00", false, "A_-_v00", "A V00", "a___v00_tests"),
        ];
        for (name, conventional, product, title, module) in cases {
            let name: PackageName = name.parse().expect("a name");
            assert_eq!(name.is_conventional(), conventional, "{name}");
            assert_eq!(name.product().to_string(), product, "{name}");
            assert_eq!(name.title(), title, "{name}");
            assert_eq!(name.module(), module, "{name}");
        }
    }

    #[test]
    fn a_name_that_a_station_refuses_is_none() {
        let long = "x".repeat(65);
        for name in ["", "_a", "-a", "a b", "a.b", "ä", "a/b", long.as_str()] {
            assert_eq!(name.parse::<PackageName>(), Err(NameError(name.into())));
        }
        assert!("x".repeat(64).parse::<PackageName>().is_ok());
    }
}
