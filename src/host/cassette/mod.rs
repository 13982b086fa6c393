//! Recordings of what test code and its bench said to each other, as a file that people read and runs repeat (docs/recording.md).
//!
//! `format` is the file: a header, then one [`Entry`] a line. `content` is what was said, as JSON, text or hexadecimal, with secrets left out; `response` reads a
//! server's answers out of its bytes, `exchange` puts requests and answers together. [`Recorder`] stands before any host and tells each [`Listener`] what was said: a [`Tape`] writes it down, [`Exchanges`] makes events of it. In a replay `script` knows what comes
//! next; [`ReplayNetwork`] answers from it in the place of a bench, and [`Replayed`] tells its times and random values. `difference` says in words where a run left its recording, and where two recordings differ.

mod content;
mod difference;
mod exchange;
mod format;
mod listener;
mod position;
mod recorder;
mod replay;
mod replayed;
mod response;
mod script;

pub use content::Content;
pub use difference::{action, answers, differences, shown};
pub use format::{Cassette, CassetteError, Connect, Ended, Entry, Exchange, Header, Tape, VERSION};
pub use listener::{Exchanges, Listener};
pub use position::Position;
pub use recorder::{Beginning, Recorder};
pub use replay::ReplayNetwork;
pub use replayed::Replayed;
pub use script::Departures;
