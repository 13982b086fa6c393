//! Those whom a recorder tells what was said.

use std::io;

use super::{
    content::Content,
    difference::shown,
    format::{Entry, Tape},
    position::Position,
};
use crate::{
    bus::EventBus,
    event::{Event, HttpExchange, Said},
};

/// Longer texts are clipped in events, in bytes.
const LONGEST: usize = 4 << 10;

/// Hears what was said, entry by entry, each once it is whole.
pub trait Listener: Send {
    /// # Errors
    /// When it cannot go on; it hears nothing more then.
    fn hear(&mut self, entry: &Entry) -> io::Result<()>;
}

impl Listener for Tape {
    fn hear(&mut self, entry: &Entry) -> io::Result<()> {
        self.write(entry)
    }
}

/// Makes events of what was said, up to the end of the run.
pub struct Exchanges {
    events: EventBus,
    position: Position,
}

impl Exchanges {
    /// `position` follows the same events.
    pub fn new(events: EventBus, position: Position) -> Self {
        Self { events, position }
    }
}

impl Listener for Exchanges {
    fn hear(&mut self, entry: &Entry) -> io::Result<()> {
        let said = said(entry).filter(|_| !self.position.is_over());
        if let Some((said, error)) = said {
            let of_step = entry.step.as_ref();
            self.events.emit(Event::Exchange {
                step: of_step.and_then(|_| self.position.step_of(entry.attempt)),
                line: entry.line.clone(),
                said,
                error,
                took_ns: entry.took,
            });
        }
        Ok(())
    }
}

/// What an entry says, and what went wrong with it.
fn said(entry: &Entry) -> Option<(Said, Option<String>)> {
    if let Some(connect) = &entry.connect {
        let said = Said::Connect {
            host: connect.host.clone(),
            port: connect.port,
        };
        let error = connect.error.as_ref().map(|error| error.message.clone());
        return Some((said, error));
    }
    if let Some(http) = &entry.http {
        let error = http.status.is_none().then(|| match http.closed {
            Some(how) => format!("no answer; the connection was {}", how.shown()),
            None => "no answer".into(),
        });
        let exchange = HttpExchange {
            method: http.method.clone(),
            path: clipped(http.path.clone()),
            body: http.body.as_ref().map(text),
            status: http.status,
            reply: http.reply.as_ref().map(text),
        };
        return Some((Said::Http(Box::new(exchange)), error));
    }
    let said = match (&entry.sent, &entry.received, entry.closed) {
        (Some(sent), _, _) => Said::Sent(text(sent)),
        (_, Some(received), _) => Said::Received(text(received)),
        (_, _, Some(how)) => Said::Ended(how.shown().into()),
        (None, None, None) => return None,
    };
    Some((said, None))
}

fn text(content: &Content) -> String {
    clipped(match content {
        Content::Text(text) => text.clone(),
        content => shown(content),
    })
}

fn clipped(mut text: String) -> String {
    let length = text.len();
    if length > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text += &format!("… ({length} bytes)");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_clipped_between_characters_and_says_how_long_it_was() {
        assert_eq!(clipped("short".into()), "short");
        assert_eq!(clipped("x".repeat(LONGEST)), "x".repeat(LONGEST));
        let long = format!("x{}", "ä".repeat(LONGEST / 2));
        let shown = clipped(long);
        assert!(shown.ends_with("ä… (4097 bytes)"), "{shown}");
        assert_eq!(shown.find('…'), Some(LONGEST - 1));
    }

    #[test]
    fn bytes_are_hexadecimal_and_a_request_without_an_answer_has_an_error() {
        let sent = Entry {
            sent: Some(Content::of_bytes(b"\x00\xff")),
            ..Entry::default()
        };
        assert_eq!(said(&sent), Some((Said::Sent("hex 00FF".into()), None)));
        assert_eq!(said(&Entry::default()), None);
    }
}
