//! HTTP/1.1 on a byte stream: requests out of whatever pieces arrive.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Version, header};

use super::agent::Problem;

/// The largest body that is taken, in bytes.
pub const MAX_BODY: u64 = 1 << 20;
/// The largest one that brings a file.
pub const MAX_UPLOAD: u64 = 64 << 20;
/// The most bytes of a request line and its headers, and of the trailers after a chunked body.
pub const MAX_HEAD: usize = 32 * 1024;
const MAX_HEADERS: usize = 100;
/// A chunk's size in hexadecimal with its extensions.
const MAX_CHUNK_LINE: usize = 1024;

/// What stands at the front of the bytes so far.
#[derive(Debug)]
pub enum Frame {
    /// More bytes are needed.
    Incomplete,
    /// The client waits for the word to send its body.
    Continue,
    Request(Box<Framed>),
    /// No further request can be read from this stream.
    Bad(Problem),
}

/// A request and what its response has to look like.
#[derive(Debug)]
pub struct Framed {
    pub request: Request<Vec<u8>>,
    pub keep_alive: bool,
}

/// Takes bytes in and gives frames out; once it has given a bad one it is done.
#[derive(Debug, Default)]
pub struct Framing {
    buffer: Vec<u8>,
    pending: Option<Pending>,
    /// Somebody else answers, and judges how large a body may be.
    listens_only: bool,
}

/// A request whose body is still coming.
#[derive(Debug)]
struct Pending {
    framed: Box<Framed>,
    rest: Rest,
    /// How large its body may be, in bytes.
    most: u64,
    /// The client was not yet told to go on.
    expects_continue: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
    /// So many bytes.
    Length(u64),
    ChunkSize,
    Chunk(u64),
    ChunkEnd,
    Trailers,
    Nothing,
}

impl Framing {
    /// For requests that somebody else answers.
    pub fn listening() -> Self {
        Self {
            listens_only: true,
            ..Self::default()
        }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Takes the next frame out.
    pub fn next_frame(&mut self) -> Frame {
        self.advance().unwrap_or_else(Frame::Bad)
    }

    fn advance(&mut self) -> Result<Frame, Problem> {
        let mut pending = match self.pending.take() {
            Some(pending) => pending,
            None => match self.head()? {
                Some(pending) => pending,
                None => return Ok(Frame::Incomplete),
            },
        };
        while pending.rest != Rest::Nothing {
            if !self.body(&mut pending)? {
                let told = std::mem::take(&mut pending.expects_continue);
                self.pending = Some(pending);
                return Ok(if told && self.buffer.is_empty() {
                    Frame::Continue
                } else {
                    Frame::Incomplete
                });
            }
        }
        Ok(Frame::Request(pending.framed))
    }

    /// Takes the request line and the headers out, if they are complete.
    fn head(&mut self) -> Result<Option<Pending>, Problem> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut parsed = httparse::Request::new(&mut headers);
        let size = match parsed.parse(&self.buffer) {
            Ok(httparse::Status::Complete(size)) if size <= MAX_HEAD => size,
            Ok(httparse::Status::Partial) if self.buffer.len() <= MAX_HEAD => return Ok(None),
            Ok(_) | Err(httparse::Error::TooManyHeaders) => return Err(headers_too_large()),
            Err(httparse::Error::Version) => {
                return Err(Problem::new(
                    StatusCode::HTTP_VERSION_NOT_SUPPORTED,
                    "only HTTP/1.0 and HTTP/1.1 are understood",
                ));
            }
            Err(_) if self.buffer.first() == Some(&0x16) => {
                return Err(Problem::bad_request(
                    "this looks like TLS: the simulated bench answers at http:// only",
                ));
            }
            Err(error) => {
                return Err(Problem::bad_request(format!(
                    "the request is malformed: {error}"
                )));
            }
        };
        let pending = pending(&parsed, self.listens_only)?;
        self.buffer.drain(..size);
        Ok(Some(pending))
    }

    /// Goes on with the body; false when more bytes are needed.
    fn body(&mut self, pending: &mut Pending) -> Result<bool, Problem> {
        let body = pending.framed.request.body_mut();
        let had = body.len() as u64;
        match pending.rest {
            Rest::Nothing => {}
            Rest::Length(left) | Rest::Chunk(left) => {
                let taken = usize::try_from(left)
                    .unwrap_or(usize::MAX)
                    .min(self.buffer.len());
                body.extend(self.buffer.drain(..taken));
                let left = left.saturating_sub(taken as u64);
                let chunked = matches!(pending.rest, Rest::Chunk(_));
                pending.rest = match (left, chunked) {
                    (0, true) => Rest::ChunkEnd,
                    (0, false) => Rest::Nothing,
                    (left, true) => Rest::Chunk(left),
                    (left, false) => Rest::Length(left),
                };
                return Ok(left == 0);
            }
            Rest::ChunkSize => match httparse::parse_chunk_size(&self.buffer) {
                Ok(httparse::Status::Complete((size, length))) => {
                    check_size(length.saturating_add(had), pending.most)?;
                    self.buffer.drain(..size);
                    pending.rest = if length == 0 {
                        Rest::Trailers
                    } else {
                        Rest::Chunk(length)
                    };
                }
                Ok(httparse::Status::Partial) if self.buffer.len() <= MAX_CHUNK_LINE => {
                    return Ok(false);
                }
                Ok(httparse::Status::Partial) | Err(_) => {
                    return Err(Problem::bad_request(
                        "a chunk of the body has a malformed size",
                    ));
                }
            },
            Rest::ChunkEnd => match self.buffer.as_slice() {
                [b'\r', b'\n', ..] => {
                    self.buffer.drain(..2);
                    pending.rest = Rest::ChunkSize;
                }
                [] | [b'\r'] => return Ok(false),
                _ => {
                    return Err(Problem::bad_request(
                        "a chunk of the body is longer than its size",
                    ));
                }
            },
            Rest::Trailers => {
                let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') else {
                    return if self.buffer.len() <= MAX_HEAD {
                        Ok(false)
                    } else {
                        Err(Problem::new(
                            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                            "the trailers of the request are too large",
                        ))
                    };
                };
                let last = self
                    .buffer
                    .drain(..=end)
                    .all(|byte| byte == b'\r' || byte == b'\n');
                pending.rest = if last { Rest::Nothing } else { Rest::Trailers };
            }
        }
        Ok(true)
    }
}

fn check_size(size: u64, most: u64) -> Result<(), Problem> {
    if size <= most {
        return Ok(());
    }
    Err(body_too_large(most))
}

/// What a client with a body of more than `most` bytes is told.
pub fn body_too_large(most: u64) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("the body of the request is larger than {most} bytes"),
    )
}

fn headers_too_large() -> Problem {
    Problem::new(
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        "the headers of the request are too large",
    )
}

/// Makes sense of a parsed head.
fn pending(parsed: &httparse::Request, listens_only: bool) -> Result<Pending, Problem> {
    let target = parsed.path.unwrap_or("/");
    let mut request = Request::new(Vec::new());
    *request.method_mut() = Method::from_bytes(parsed.method.unwrap_or("GET").as_bytes())
        .map_err(|_| Problem::bad_request("the method is malformed"))?;
    *request.uri_mut() = target
        .parse()
        .map_err(|_| Problem::bad_request("the path of the request is malformed"))?;
    let minor = parsed.version.unwrap_or(1);
    if minor == 0 {
        *request.version_mut() = Version::HTTP_10;
    }
    for header in parsed.headers.iter() {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        let value = HeaderValue::from_bytes(header.value);
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(Problem::bad_request("a header of the request is malformed"));
        };
        request.headers_mut().append(name, value);
    }
    let headers = request.headers();
    let most = if listens_only {
        u64::MAX
    } else {
        check_host(headers, minor == 1)?;
        largest(headers)
    };
    let rest = rest(headers, most)?;
    let says =
        |word| tokens(headers, &header::CONNECTION).any(|token| token.eq_ignore_ascii_case(word));
    let keep_alive = if minor == 1 {
        !says("close")
    } else {
        says("keep-alive") && !says("close")
    };
    let expects_continue = expects_continue(headers)? && minor == 1;
    Ok(Pending {
        framed: Box::new(Framed {
            request,
            keep_alive,
        }),
        rest,
        most,
        expects_continue,
    })
}

/// Refuses what [`Framing`] refuses about the headers of a request that somebody else has parsed; gives how large its body may
/// be, in bytes.
///
/// # Errors
/// What the client is to be told; after that, its stream cannot be read any further.
pub fn check_head(headers: &HeaderMap, version: Version) -> Result<u64, Problem> {
    let size: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum();
    if size > MAX_HEAD || headers.len() > MAX_HEADERS {
        return Err(headers_too_large());
    }
    check_host(headers, version >= Version::HTTP_11)?;
    let most = largest(headers);
    rest(headers, most)?;
    expects_continue(headers)?;
    Ok(most)
}

fn check_host(headers: &HeaderMap, required: bool) -> Result<(), Problem> {
    let hosts = headers.get_all(header::HOST).iter().count();
    if hosts > 1 || (required && hosts == 0) {
        return Err(Problem::bad_request(
            "an HTTP/1.1 request needs one Host header",
        ));
    }
    Ok(())
}

fn expects_continue(headers: &HeaderMap) -> Result<bool, Problem> {
    match tokens(headers, &header::EXPECT).next() {
        None => Ok(false),
        Some(one) if one.eq_ignore_ascii_case("100-continue") => Ok(true),
        Some(_) => Err(Problem::new(
            StatusCode::EXPECTATION_FAILED,
            "only 100-continue can be expected",
        )),
    }
}

/// How large the body may be, in bytes.
fn largest(headers: &HeaderMap) -> u64 {
    let content_type = headers.get(header::CONTENT_TYPE);
    let text = content_type.and_then(|value| value.to_str().ok());
    let kind = text.and_then(|text| text.split(';').next());
    let uploads = ["multipart/form-data", "application/octet-stream"];
    let is_upload = |kind: &str| {
        uploads
            .iter()
            .any(|upload| upload.eq_ignore_ascii_case(kind.trim()))
    };
    if kind.is_some_and(is_upload) {
        MAX_UPLOAD
    } else {
        MAX_BODY
    }
}

/// How the body is delimited.
fn rest(headers: &HeaderMap, most: u64) -> Result<Rest, Problem> {
    let codings: Vec<_> = tokens(headers, &header::TRANSFER_ENCODING).collect();
    let lengths: Vec<_> = tokens(headers, &header::CONTENT_LENGTH).collect();
    if !codings.is_empty() {
        // Two ways to find the end of a body are how requests get smuggled.
        if !lengths.is_empty() {
            return Err(Problem::bad_request(
                "a request cannot have both Content-Length and Transfer-Encoding",
            ));
        }
        return match codings.as_slice() {
            [coding] if coding.eq_ignore_ascii_case("chunked") => Ok(Rest::ChunkSize),
            _ => Err(Problem::new(
                StatusCode::NOT_IMPLEMENTED,
                "the only Transfer-Encoding understood is chunked",
            )),
        };
    }
    if !headers.contains_key(header::CONTENT_LENGTH) {
        return Ok(Rest::Nothing);
    }
    let bad = || Problem::bad_request("the Content-Length of the request is malformed");
    let first = lengths.first().ok_or_else(bad)?;
    if lengths.iter().any(|length| length != first)
        || !first.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Err(bad());
    }
    // A number that does not even fit is too large as well.
    let length = first.parse().unwrap_or(u64::MAX);
    check_size(length, most)?;
    Ok(if length == 0 {
        Rest::Nothing
    } else {
        Rest::Length(length)
    })
}

/// The parts of a header's comma-separated values.
fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).into_iter();
    // A value that is no text becomes a token that nothing accepts.
    values
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .map(str::trim)
        .filter(|token| !token.is_empty())
}
