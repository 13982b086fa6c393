//! The simulated bench from outside: bytes in, bytes out.

mod client;

mod faults;

mod file;

mod groups;

mod host;

mod http;

mod i2c;

mod modules;

mod mpio;
