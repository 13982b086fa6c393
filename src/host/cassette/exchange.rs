//! Requests over HTTP and their answers, put together from the bytes of both sides.

use std::collections::{BTreeMap, VecDeque};

use super::{
    content::{Content, masked_path},
    format::{Ended, Entry, Exchange},
    response::{NotHttp, Response, Responses, Stream},
};
use crate::{flow::Secrets, host::bench::Framing};

/// A conversation over HTTP, heard from both sides.
pub struct Http {
    pub requests: Framing,
    /// Whether there was a request.
    pub asked: bool,
    /// Asked, and not answered.
    pub waiting: VecDeque<Entry>,
    pub responses: Responses,
    /// The events that follow the last answer.
    pub stream: Option<Stream>,
    secrets: Secrets,
}

impl Http {
    pub fn new(secrets: Secrets) -> Self {
        Self {
            requests: Framing::listening(),
            asked: false,
            waiting: VecDeque::new(),
            responses: Responses::default(),
            stream: None,
            secrets,
        }
    }

    /// Whether all that was asked is answered.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.asked
    }

    /// The exchanges that are whole now.
    ///
    /// # Errors
    /// When what the server says is no HTTP.
    pub fn answered(&mut self, ended: bool, now: u64) -> Result<Vec<Entry>, NotHttp> {
        let mut whole = Vec::new();
        while let Some(entry) = self.waiting.front() {
            let bodiless = entry
                .http
                .as_ref()
                .is_some_and(|http| http.method == "HEAD");
            let stream = (!bodiless).then(|| self.responses.stream()).flatten();
            let response = match stream {
                Some((response, stream)) => {
                    self.stream = Some(stream);
                    response
                }
                None => match self.responses.next(bodiless, ended)? {
                    Some(response) => response,
                    None => break,
                },
            };
            if let Some(mut entry) = self.waiting.pop_front() {
                entry.took = now.saturating_sub(entry.at);
                if let Some(http) = &mut entry.http {
                    answer(http, response, &self.secrets);
                }
                whole.push(entry);
            }
        }
        Ok(whole)
    }
}

/// A request as it is written down, without its answer.
pub fn asked(request: &http::Request<Vec<u8>>, secrets: &Secrets) -> Exchange {
    let path = request.uri().path_and_query();
    let media = request.headers().get(http::header::CONTENT_TYPE);
    let media = media.and_then(|media| media.to_str().ok());
    Exchange {
        method: request.method().to_string(),
        path: masked_path(path.map_or("/", |path| path.as_str()), secrets),
        body: Content::of_body(request.body(), media, secrets),
        status: None,
        reply: None,
        media: None,
        headers: BTreeMap::new(),
        closed: None,
    }
}

fn answer(http: &mut Exchange, response: Response, secrets: &Secrets) {
    http.status = Some(response.status);
    http.reply = Content::of_answer(&response.body, response.media.as_deref(), secrets);
    http.media = response.media.filter(|media| {
        !media.eq_ignore_ascii_case("application/json")
            && !media.eq_ignore_ascii_case("application/json; charset=utf-8")
            || !matches!(http.reply, Some(Content::Json(_)))
    });
    http.headers = response.headers;
    http.closed = response.last.then_some(Ended::Closed);
}

/// The longest request line that is waited for.
const LINE: usize = 16 << 10;

/// Whether these bytes begin a request over HTTP; none when it takes more of them to tell.
pub fn is_http(data: &[u8]) -> Option<bool> {
    let word = data
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    match data.get(word) {
        None => (word > 20).then_some(false),
        Some(b' ') if word > 0 => match data.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                let line = data.get(..end).unwrap_or_default();
                Some(line.windows(7).any(|part| part == b"HTTP/1."))
            }
            None => (data.len() > LINE).then_some(false),
        },
        Some(_) => Some(false),
    }
}
