//! An instrument that is spoken to in SCPI (SCPI-1999 and IEEE 488.2, as far as a line of text goes: no binary blocks).

mod decimal;
mod header;
mod instrument;
mod parameter;
mod reading;
mod setting;
mod status;

pub use header::{Header, Keyword};
pub use instrument::{Command, Instrument, Kind, built_in};
pub use reading::Reading;
pub use setting::{Setting, Sort, Value};
