//! What an instrument measures.

use super::{
    super::{bench::Bench, converter::Converter},
    decimal::decimal,
};

/// What can be asked for only.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    Text(String),
    Number {
        value: f64,
        converter: Converter,
        decimals: Option<usize>,
    },
    Channel {
        name: String,
        converter: Converter,
        decimals: Option<usize>,
    },
}

impl Reading {
    pub fn answer(&mut self, bench: &Bench) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number {
                value,
                converter,
                decimals,
            } => decimal(converter.convert(*value), *decimals),
            Self::Channel {
                name,
                converter,
                decimals,
            } => match bench.number(name) {
                Some(value) => decimal(converter.convert(value), *decimals),
                // A text, or a channel that is not there: not a number, as SCPI writes it.
                None => bench.shown(name).unwrap_or_else(|| "9.91E37".into()),
            },
        }
    }
}
