//! The sandbox: RustPython compiled to WebAssembly, whose memory and whose every way out are this program's.
//!
//! [`image`] is the compiled guest, kept unpacked in a cache; [`guest`] one running instance of it, with `border` as its one way out and `stubs`
//! for what its C library insists on; [`home`] the interpreter that the engine sees, `history` how it makes a guest that had to be ended once more,
//! `memory` copies of a guest's memory, and `ahead` what a guest finds imported when it begins. `engine` is shared with the build script.

mod ahead;
mod border;
mod cache;
mod control;
mod engine;
mod guest;
mod history;
mod home;
mod image;
mod memory;
#[cfg_attr(target_os = "linux", path = "pages_linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "pages_other.rs")]
mod pages;
#[cfg_attr(unix, path = "private_unix.rs")]
#[cfg_attr(not(unix), path = "private_other.rs")]
mod private;
mod script;
mod stubs;

pub use ahead::Ahead;
pub use engine::MOST_MEMORY;
pub use guest::Limits;
pub use home::Sandbox;
pub use image::{Image, ImageError};
pub use script::run_script;
