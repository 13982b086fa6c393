//! Numbers as instruments write them.

/// With so many places behind the point; without, as short as possible.
pub fn decimal(value: f64, decimals: Option<usize>) -> String {
    match decimals {
        Some(decimals) => format!("{value:.decimals$}"),
        None => value.to_string(),
    }
}
