//! `K=V` on the command line.

use std::str::FromStr;

/// A key and the text given to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub key: String,
    pub value: String,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => Ok(Self {
                key: key.trim().to_owned(),
                value: value.to_owned(),
            }),
            Some(_) => Err("the key before `=` is empty; write KEY=VALUE".into()),
            None => Err("there is no `=`; write KEY=VALUE".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_may_hold_equal_signs_and_may_be_empty() {
        let parsed: Assignment = "URL=http://x/?a=b".parse().unwrap();
        assert_eq!(
            (parsed.key.as_str(), parsed.value.as_str()),
            ("URL", "http://x/?a=b")
        );
        assert_eq!("K=".parse::<Assignment>().unwrap().value, "");
        assert!("=v".parse::<Assignment>().is_err());
        assert!("kv".parse::<Assignment>().is_err());
    }
}
