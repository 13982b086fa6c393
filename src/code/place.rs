//! From the parser's places to those of messages.

use ruff_text_size::Ranged;

use crate::source::{FileId, Span};

/// Where a piece of syntax stands.
pub fn span(file: FileId, syntax: impl Ranged) -> Span {
    let range = syntax.range();
    Span {
        file,
        start: range.start().to_u32(),
        end: range.end().to_u32(),
    }
}
