//! HTTP/1.1 on a byte stream: responses into bytes.

use http::{Response, StatusCode, header};

use super::agent::EVENT_STREAM;

/// The first half of a response's bytes.
pub fn half(response: &Response<Vec<u8>>, bodiless: bool, keep_alive: bool) -> Vec<u8> {
    let mut bytes = encode(response, bodiless, keep_alive);
    bytes.truncate(bytes.len() / 2);
    bytes
}

/// Whether the response is, or would be but for HEAD, a stream of events, whose length nobody knows.
pub fn is_stream(response: &Response<Vec<u8>>) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind == EVENT_STREAM)
}

/// A response as bytes. `bodiless`: as an answer to HEAD, with the length the body would have, if it had one.
pub fn encode(response: &Response<Vec<u8>>, bodiless: bool, keep_alive: bool) -> Vec<u8> {
    let mut bytes = head(response);
    let endless = bodiless && is_stream(response);
    if response.status() != StatusCode::NO_CONTENT && !endless {
        let length = response.body().len().to_string();
        field(&mut bytes, "Content-Length", length.as_bytes());
    }
    if !keep_alive {
        field(&mut bytes, "Connection", b"close");
    }
    bytes.extend_from_slice(b"\r\n");
    if !bodiless {
        bytes.extend_from_slice(response.body());
    }
    bytes
}

/// The head of a response whose body comes piece by piece: in chunks, or up to the end of the connection.
pub fn encode_head(response: &Response<Vec<u8>>, chunked: bool, keep_alive: bool) -> Vec<u8> {
    let mut bytes = head(response);
    if chunked {
        field(&mut bytes, "Transfer-Encoding", b"chunked");
    }
    if !keep_alive {
        field(&mut bytes, "Connection", b"close");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

/// A piece of a body; the empty one ends it.
pub fn chunk(bytes: &[u8]) -> Vec<u8> {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    chunk
}

/// The status line and the fields the response has by itself.
fn head(response: &Response<Vec<u8>>) -> Vec<u8> {
    let status = response.status();
    let mut bytes = format!(
        "HTTP/1.1 {} {}\r\n",
        status.as_str(),
        status.canonical_reason().unwrap_or_default()
    )
    .into_bytes();
    field(&mut bytes, "Server", b"Rehearsal");
    for (name, value) in response.headers() {
        let name = match name {
            name if name == header::CONTENT_TYPE => "Content-Type",
            name if name == header::ALLOW => "Allow",
            name => name.as_str(),
        };
        field(&mut bytes, name, value.as_bytes());
    }
    bytes
}

fn field(bytes: &mut Vec<u8>, name: &str, value: &[u8]) {
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(b": ");
    bytes.extend_from_slice(value);
    bytes.extend_from_slice(b"\r\n");
}
