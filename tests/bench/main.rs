//! The simulated bench from outside: bytes in, bytes out.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed"
)]

mod boot;
mod client;
mod comm;
mod converters;
mod device_files;
mod documented;
mod eeprom;
mod events;
mod expander;
mod faults;
mod file;
mod files;
mod groups;
mod host;
mod http;
mod i2c;
mod instruments;
mod journal;
mod lease;
mod modules;
mod mpio;
mod numeric;
mod page;
mod roots;
mod scpi;
mod script;
mod stream;
mod subscriptions;
mod system;
mod temperature;
