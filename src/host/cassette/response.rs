//! A server's answers out of the bytes that come from it.

use std::collections::BTreeMap;

/// The most headers an answer may have to be understood.
const MAX_HEADERS: usize = 128;

/// The headers of an answer that clients act upon. Cookies are secrets.
const KEPT: [&str; 8] = [
    "allow",
    "content-disposition",
    "content-encoding",
    "etag",
    "last-modified",
    "location",
    "retry-after",
    "www-authenticate",
];

/// An answer that is whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub media: Option<String>,
    /// Those that clients act upon, in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    /// The connection is not to be used again.
    pub last: bool,
}

/// Takes bytes in and gives answers out.
#[derive(Debug, Default)]
pub struct Responses {
    buffer: Vec<u8>,
}

/// The media type of a stream of events.
pub const EVENTS: &str = "text/event-stream";

/// What comes of a stream of events.
#[derive(Debug)]
pub struct Stream {
    buffer: Vec<u8>,
    chunked: bool,
    /// Its last chunk has come.
    pub ended: bool,
}

impl Stream {
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// What has come so far, without the marks of its chunks.
    ///
    /// # Errors
    /// When these are none.
    pub fn take(&mut self) -> Result<Vec<u8>, NotHttp> {
        if !self.chunked {
            return Ok(std::mem::take(&mut self.buffer));
        }
        let mut taken = Vec::new();
        loop {
            let (line, length) = match httparse::parse_chunk_size(&self.buffer) {
                Ok(httparse::Status::Complete(found)) => found,
                Ok(httparse::Status::Partial) => return Ok(taken),
                Err(_) => return Err(NotHttp),
            };
            let length = usize::try_from(length).map_err(|_| NotHttp)?;
            self.ended |= length == 0;
            let end = line.checked_add(length).ok_or(NotHttp)?;
            if self.buffer.len() < end.saturating_add(2) {
                return Ok(taken);
            }
            taken.extend_from_slice(self.buffer.get(line..end).unwrap_or_default());
            self.buffer.drain(..end + 2);
        }
    }
}

struct Head {
    size: usize,
    status: u16,
    media: Option<String>,
    headers: BTreeMap<String, String>,
    last: bool,
    body: Body,
}

enum Body {
    None,
    Length(usize),
    Chunks,
    /// Until the connection ends.
    Rest,
}

/// The bytes are no HTTP.
#[derive(Debug, PartialEq, Eq)]
pub struct NotHttp;

impl Responses {
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The head of an answer that has no length, a stream of events, once it is there; with what takes the rest.
    pub fn stream(&mut self) -> Option<(Response, Stream)> {
        let head = head(&self.buffer, false).ok()??;
        let media = head.media.as_deref()?.to_ascii_lowercase();
        if head.status != 200 || !media.starts_with(EVENTS) || matches!(head.body, Body::Length(_))
        {
            return None;
        }
        let stream = Stream {
            buffer: self.buffer.split_off(head.size),
            chunked: matches!(head.body, Body::Chunks),
            ended: false,
        };
        self.buffer.clear();
        let response = Response {
            status: head.status,
            media: head.media,
            headers: head.headers,
            body: Vec::new(),
            last: false,
        };
        Some((response, stream))
    }

    /// The next answer, when it is whole: to a HEAD request when `bodiless`; `ended` when no more bytes will come.
    pub fn next(&mut self, bodiless: bool, ended: bool) -> Result<Option<Response>, NotHttp> {
        loop {
            let Some(head) = head(&self.buffer, bodiless)? else {
                return Ok(None);
            };
            let rest = self.buffer.get(head.size..).unwrap_or_default();
            let (body, used) = match head.body {
                Body::None => (Vec::new(), 0),
                Body::Length(length) => match rest.get(..length) {
                    Some(body) => (body.to_vec(), length),
                    None => return Ok(None),
                },
                Body::Chunks => match chunks(rest)? {
                    Some(whole) => whole,
                    None => return Ok(None),
                },
                Body::Rest if ended => (rest.to_vec(), rest.len()),
                Body::Rest => return Ok(None),
            };
            self.buffer.drain(..head.size + used);
            // 100 Continue and its like come before the answer.
            if head.status >= 200 {
                return Ok(Some(Response {
                    status: head.status,
                    media: head.media,
                    headers: head.headers,
                    body,
                    last: head.last || matches!(head.body, Body::Rest),
                }));
            }
        }
    }
}

fn head(bytes: &[u8], bodiless: bool) -> Result<Option<Head>, NotHttp> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Response::new(&mut headers);
    let size = match parsed.parse(bytes) {
        Ok(httparse::Status::Complete(size)) => size,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(_) => return Err(NotHttp),
    };
    let plain = |name: &str| {
        parsed
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .and_then(|header| str::from_utf8(header.value).ok())
            .map(|value| value.trim().to_owned())
    };
    let value = |name: &str| plain(name).map(|value| value.to_ascii_lowercase());
    let status = parsed.code.unwrap_or(0);
    let says = |word: &str| value("connection").is_some_and(|value| value.contains(word));
    let chunked = value("transfer-encoding").is_some_and(|value| value.contains("chunked"));
    let length = value("content-length").and_then(|value| value.parse().ok());
    let body = if bodiless || status < 200 || status == 204 || status == 304 {
        Body::None
    } else if chunked {
        Body::Chunks
    } else {
        length.map_or(Body::Rest, Body::Length)
    };
    Ok(Some(Head {
        size,
        status,
        media: plain("content-type"),
        headers: KEPT
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), plain(name)?)))
            .collect(),
        last: says("close") || parsed.version == Some(0) && !says("keep-alive"),
        body,
    }))
}

/// The body, and how many bytes stood for it; none while some are missing.
fn chunks(bytes: &[u8]) -> Result<Option<(Vec<u8>, usize)>, NotHttp> {
    let (mut body, mut at) = (Vec::new(), 0);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let (line, length) = match httparse::parse_chunk_size(rest) {
            Ok(httparse::Status::Complete(found)) => found,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(_) => return Err(NotHttp),
        };
        at += line;
        if length == 0 {
            break;
        }
        let length = usize::try_from(length).map_err(|_| NotHttp)?;
        let Some(chunk) = at.checked_add(length).and_then(|end| bytes.get(at..end)) else {
            return Ok(None);
        };
        body.extend_from_slice(chunk);
        at += length + 2;
    }
    // Trailers, up to an empty line.
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
            return Ok(None);
        };
        at += end + 1;
        let empty = rest.iter().take(end).all(|byte| *byte == b'\r');
        if empty {
            return Ok(Some((body, at)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], ended: bool) -> Result<Option<Response>, NotHttp> {
        let mut responses = Responses::default();
        // Whatever pieces it comes in.
        let mut found = Ok(None);
        for byte in bytes {
            responses.push(&[*byte]);
            if found == Ok(None) {
                found = responses.next(false, false);
            }
        }
        if ended && found == Ok(None) {
            found = responses.next(false, true);
        }
        found
    }

    #[test]
    fn a_stream_of_events_has_a_head_and_goes_on() {
        let mut responses = Responses::default();
        responses.push(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n",
        );
        assert!(responses.stream().is_none());
        responses.push(b"\r\n4\r\nid: \r\n2\r");
        let (response, mut stream) = responses.stream().expect("a stream");
        assert_eq!(response.media.as_deref(), Some(EVENTS));
        assert_eq!(stream.take(), Ok(b"id: ".to_vec()));
        stream.push(b"\n1\n\r\n");
        assert_eq!(stream.take(), Ok(b"1\n".to_vec()));
        assert!(!stream.ended);
        stream.push(b"0\r\n\r\n");
        assert_eq!(stream.take(), Ok(Vec::new()));
        assert!(stream.ended);
        stream.push(b"x");
        assert_eq!(stream.take(), Err(NotHttp));
        responses.push(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
        assert!(responses.stream().is_none());
    }

    #[test]
    fn answers_end_in_every_way_that_http_has() {
        let body = |text: &str| Some(text.as_bytes().to_vec());
        let found = |bytes: &str, ended| {
            read(bytes.as_bytes(), ended)
                .expect("HTTP")
                .map(|found| found.body)
        };
        assert_eq!(
            found("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", false),
            body("abc")
        );
        assert_eq!(
            found("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", true),
            None
        );
        assert_eq!(
            found(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nX: 1\r\n\r\n",
                false
            ),
            body("abc")
        );
        assert_eq!(found("HTTP/1.1 204 No Content\r\n\r\n", false), body(""));
        assert_eq!(found("HTTP/1.0 200 OK\r\n\r\nabc", false), None);
        assert_eq!(found("HTTP/1.0 200 OK\r\n\r\nabc", true), body("abc"));
        assert_eq!(
            found(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                false
            ),
            body("")
        );
        assert_eq!(read(b"220 mail ready\r\n", false), Err(NotHttp));
    }
}
