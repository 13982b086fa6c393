//! Durations for people: `12 ms`, `1.2 s`, `1 min 3 s`.

/// Rounded to what matters at its size.
pub fn duration(nanoseconds: u64) -> String {
    let milliseconds = nanoseconds.saturating_add(500_000) / 1_000_000;
    let tenths = milliseconds.saturating_add(50) / 100;
    let seconds = milliseconds.saturating_add(500) / 1000;
    if milliseconds == 0 {
        "<1 ms".into()
    } else if milliseconds < 1000 {
        format!("{milliseconds} ms")
    } else if tenths < 600 {
        match (tenths / 10, tenths % 10) {
            (whole, 0) => format!("{whole} s"),
            (whole, tenth) => format!("{whole}.{tenth} s"),
        }
    } else if seconds < 3600 {
        format!("{} min {} s", seconds / 60, seconds % 60)
    } else {
        format!("{} h {} min", seconds / 3600, seconds % 3600 / 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well_at_every_size() {
        for (milliseconds, text) in [
            (0.0, "<1 ms"),
            (0.4, "<1 ms"),
            (0.6, "1 ms"),
            (12.4, "12 ms"),
            (999.4, "999 ms"),
            (999.6, "1 s"),
            (1200.0, "1.2 s"),
            (59_940.0, "59.9 s"),
            (59_960.0, "1 min 0 s"),
            (63_000.0, "1 min 3 s"),
            (3_599_600.0, "1 h 0 min"),
            (3_720_000.0, "1 h 2 min"),
        ] {
            assert_eq!(
                duration((milliseconds * 1e6) as u64),
                text,
                "{milliseconds}"
            );
        }
    }
}
