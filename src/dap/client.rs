//! Where messages to the editor go.

use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value as Json, json};

use super::{event, write};

type Writer = Box<dyn Write + Send>;

/// An editor that is told things, from several threads; they are numbered in their order. Clones share it.
#[derive(Clone)]
pub struct Client(Arc<Mutex<(Writer, i64)>>);

impl Client {
    pub fn new(output: Writer) -> Self {
        Self(Arc::new(Mutex::new((output, 0))))
    }

    /// An editor that does not listen any more will be noticed by whoever reads from it.
    pub fn send(&self, mut message: Json) {
        let mut output = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        output.1 += 1;
        message["seq"] = output.1.into();
        let _ = write(&mut output.0, &message);
    }

    /// Shows a text; `category` is the protocol's: "console", "important", "stdout" or "stderr".
    pub fn say(&self, category: &str, text: &str) {
        let body = json!({"category": category, "output": text});
        self.send(event("output", body));
    }
}
