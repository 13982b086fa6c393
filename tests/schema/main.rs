//! The schemas and the readers say the same of the same files.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

mod broken;
mod checked;
mod fields;
mod files;
mod places;
mod values;
