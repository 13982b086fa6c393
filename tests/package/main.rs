//! Packages from outside: what they are read as, and what is said about what is wrong with them.

mod folder;
mod package_messages;
mod reading;
mod robustness;
mod selection;
mod step_messages;
mod unsupported;
mod yaml_messages;
