//! The measurements of a looped step for people: one line each, in figures.

use crate::event::Statistics;

use super::visible::visible;

/// Significant digits of a figure that was computed.
const DIGITS: usize = 6;

pub fn statistics_lines(statistics: &[Statistics]) -> impl Iterator<Item = String> {
    statistics.iter().map(line)
}

fn line(statistics: &Statistics) -> String {
    let unit = match &statistics.unit {
        Some(unit) => format!(" {}", visible(unit)),
        None => String::new(),
    };
    let plural = if statistics.count == 1 { "" } else { "s" };
    let mut line = format!(
        "{}: {} value{plural}",
        visible(&statistics.name),
        statistics.count
    );
    if statistics.count > 0 {
        line.push_str(&format!(
            ", {} … {}, mean {}{unit}",
            figure(statistics.minimum),
            figure(statistics.maximum),
            figure(statistics.mean)
        ));
    }
    if let Some(sigma) = statistics.sigma {
        line.push_str(&format!(", sigma {}{unit}", figure(sigma)));
    }
    if let Some(cpk) = statistics.cpk {
        line.push_str(&format!(", Cpk {cpk:.2}"));
    }
    if statistics.failed > 0 {
        line.push_str(&format!(", {} failed", statistics.failed));
    }
    line
}

/// A figure without digits nobody measured.
fn figure(value: f64) -> String {
    let rounded: f64 = format!("{value:.*e}", DIGITS - 1).parse().unwrap_or(value);
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_known() {
        let statistics = Statistics {
            name: "V_3V3".into(),
            unit: Some("V".into()),
            count: 3,
            failed: 1,
            minimum: 3.2,
            maximum: 3.4,
            mean: 3.300_000_000_1,
            sigma: Some(0.1),
            cpk: Some(1.333),
        };
        let single = Statistics {
            count: 1,
            failed: 0,
            sigma: None,
            cpk: None,
            ..statistics.clone()
        };
        let lines: Vec<_> = statistics_lines(&[statistics, single]).collect();
        assert_eq!(
            lines,
            [
                "V_3V3: 3 values, 3.2 … 3.4, mean 3.3 V, sigma 0.1 V, Cpk 1.33, 1 failed",
                "V_3V3: 1 value, 3.2 … 3.4, mean 3.3 V",
            ]
        );
    }
}
