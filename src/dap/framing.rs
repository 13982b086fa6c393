//! Messages on a stream of bytes: a header with `Content-Length`, an empty line, JSON.

use std::io::{self, BufRead, Read, Write};

use serde_json::Value as Json;

/// Larger messages are nonsense.
const LARGEST: u64 = 64 << 20;

/// Longer header lines are nonsense.
const LONGEST: u64 = 4 << 10;

/// What came instead of a message.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    #[error("failed to read from the editor: {0}")]
    Read(#[from] io::Error),
    #[error(
        "the editor's message begins with `{0}`; expected a header such as `Content-Length: 119`"
    )]
    Header(String),
    #[error("the editor's message has no Content-Length")]
    NoLength,
    #[error("the editor's message is said to have {0} bytes; at most {LARGEST} are taken")]
    TooLong(u64),
    #[error("the editor's message ends after {have} of {length} bytes")]
    Cut { have: usize, length: u64 },
    #[error("the editor's message is no JSON: {0}")]
    Json(serde_json::Error),
}

impl MessageError {
    /// Whether the next message can be read all the same.
    pub fn is_passable(&self) -> bool {
        matches!(self, Self::Json(_))
    }
}

/// The next message; none at the end of the stream.
///
/// # Errors
/// When what comes is none. After [`MessageError::is_passable`] the next one may follow.
pub fn read(input: &mut impl BufRead) -> Result<Option<Json>, MessageError> {
    let mut length = None;
    let mut first = true;
    loop {
        let mut line = Vec::new();
        let taken = input.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
        if taken == 0 {
            return match first {
                true => Ok(None),
                false => Err(MessageError::NoLength),
            };
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() && !first {
            break;
        }
        let Some((name, value)) = text.split_once(':').filter(|_| line.ends_with(b"\n")) else {
            let begin = text.chars().take(60).collect();
            return Err(MessageError::Header(begin));
        };
        if name.trim().eq_ignore_ascii_case("content-length") {
            let number = value.trim().parse::<u64>();
            length =
                Some(number.map_err(|_| MessageError::Header(text.chars().take(60).collect()))?);
        }
        first = false;
    }
    let length = length.ok_or(MessageError::NoLength)?;
    if length > LARGEST {
        return Err(MessageError::TooLong(length));
    }
    let mut body = Vec::new();
    input.by_ref().take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        let have = body.len();
        return Err(MessageError::Cut { have, length });
    }
    serde_json::from_slice(&body)
        .map(Some)
        .map_err(MessageError::Json)
}

/// Writes a message at once.
///
/// # Errors
/// When nobody reads it any more.
pub fn write(output: &mut impl Write, message: &Json) -> io::Result<()> {
    let body = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn all(mut input: &[u8]) -> (Vec<Json>, Option<String>) {
        let mut messages = Vec::new();
        loop {
            match read(&mut input) {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => return (messages, None),
                Err(error) if error.is_passable() => {}
                Err(error) => return (messages, Some(error.to_string())),
            }
        }
    }

    #[test]
    fn what_was_written_is_read_again() {
        let mut bytes = Vec::new();
        for number in 0..3 {
            write(&mut bytes, &json!({"seq": number, "text": "Ü\r\n\r\n"})).unwrap();
        }
        let (messages, error) = all(&bytes);
        assert_eq!((messages.len(), error), (3, None));
        assert_eq!(messages[2]["text"], "Ü\r\n\r\n");
    }

    #[test]
    fn other_headers_and_other_case_are_as_good() {
        let (messages, error) = all(b"content-length:2\nContent-Type: x\n\n{}");
        assert_eq!((messages, error), (vec![json!({})], None));
    }

    #[test]
    fn a_message_that_is_no_json_is_passed_over() {
        let (messages, error) = all(b"Content-Length: 2\r\n\r\n{]Content-Length: 2\r\n\r\n{}");
        assert_eq!((messages, error), (vec![json!({})], None));
    }

    #[test]
    fn nonsense_ends_in_a_message_that_says_what_it_is() {
        let wrong = |bytes: &[u8]| all(bytes).1.unwrap_or_default();
        assert_eq!(
            wrong(b"GET / HTTP/1.1\r\n\r\n"),
            "the editor's message begins with `GET / HTTP/1.1`; expected a header such as `Content-Length: 119`"
        );
        assert_eq!(
            wrong(b"A: b\r\n\r\n{}"),
            "the editor's message has no Content-Length"
        );
        assert_eq!(
            wrong(b"Content-Length: 9\r\n\r\n{}"),
            "the editor's message ends after 2 of 9 bytes"
        );
        assert_eq!(
            wrong(b"Content-Length: 99999999999\r\n\r\n"),
            "the editor's message is said to have 99999999999 bytes; at most 67108864 are taken"
        );
        assert_eq!(
            wrong(b"Content-Length: -1\r\n\r\n"),
            "the editor's message begins with `Content-Length: -1`; expected a header such as `Content-Length: 119`"
        );
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            all(&bytes);
        }

        #[test]
        fn no_cut_breaks_it(cut in 0usize..200, flip in 0usize..200, bit in 0u8..8) {
            let mut bytes = Vec::new();
            for number in 0..3 {
                write(&mut bytes, &json!({"seq": number, "command": "threads"})).unwrap();
            }
            let flip = flip % bytes.len();
            bytes[flip] ^= 1 << bit;
            bytes.truncate(cut);
            all(&bytes);
        }
    }
}
