//! The table of a calibration channel: kept and given back, applied to nothing.

use indexmap::IndexMap;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct CalibrationTable {
    pub product_id: String,
    pub revision: String,
    pub serial_number: String,
    /// By key.
    pub rows: IndexMap<String, CalibrationRow>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalibrationRow {
    pub gain: f64,
    pub offset: f64,
}

impl Default for CalibrationRow {
    fn default() -> Self {
        Self {
            gain: 1.0,
            offset: 0.0,
        }
    }
}
