//! One request from the network, answered from the bench.

use std::{
    error::Error,
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{ConnectInfo, State},
};
use http::{HeaderValue, Method, Request, Response, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::sleep;

use super::{
    desk::Desk,
    events::{EventBody, UnreadBody},
    exchange::Exchange,
    line::{Ending, Phase},
    listener::Caller,
    occurrence::{Fate, Occurrence},
};
use crate::host::bench::{Problem, Treatment, body_too_large, check_head, half, is_stream};

/// Answers a request, or ends its connection as the bench's fault says.
pub async fn answer(
    State(desk): State<Arc<Desk>>,
    ConnectInfo(caller): ConnectInfo<Caller>,
    request: Request<Body>,
) -> Response<Body> {
    let begun = Instant::now();
    let line = &caller.line;
    line.set_phase(Phase::Receiving);
    let (method, path) = (
        request.method().to_string(),
        request.uri().path().to_owned(),
    );
    let tell = |fate, exchange| {
        desk.tell(&Occurrence::Request {
            method: method.clone(),
            path: path.clone(),
            exchange,
            fate,
            took: begun.elapsed(),
        });
    };
    let mut request = match whole(request).await {
        Ok(request) => request,
        Err(problem) => {
            let mut response = problem.response();
            let exchange = desk.tells_all().then(|| {
                let mut exchange = Exchange::default();
                exchange.answered(&response);
                exchange
            });
            tell(Fate::Answered(problem.status), exchange);
            response
                .headers_mut()
                .insert(header::CONNECTION, HeaderValue::from_static("close"));
            line.set_phase(Phase::Answering);
            return finished(response);
        }
    };
    line.set_phase(Phase::Working);
    request.extensions_mut().insert(caller.ip);
    let mut exchange = desk.tells_all().then(|| Exchange::of(&request));
    let (treatment, refuses, stirred) = {
        let mut agent = desk.agent();
        let treatment = agent.treat(&request, desk.now());
        (treatment, agent.refuses(), agent.stirred())
    };
    // A fault that has struck may be over.
    if stirred || matches!(treatment, Treatment::Stall) {
        desk.wake_streams();
    }
    if refuses {
        desk.hang_up().await;
    }
    if let (Some(exchange), Treatment::Answer(response, _) | Treatment::Half(response, _)) =
        (&mut exchange, &treatment)
    {
        exchange.answered(response);
    }
    let cut = |last_words, reset| {
        line.end(Ending { last_words, reset });
        // Only written in order to be replaced.
        Response::new(Body::empty())
    };
    let response = match treatment {
        Treatment::Answer(response, delay) => {
            let stream = response.extensions().get().copied();
            // Whoever goes meanwhile takes the stream along.
            let events = stream.map(|stream| EventBody::new(desk.clone(), stream, line.clone()));
            pass(delay).await;
            tell(Fate::Answered(response.status()), exchange);
            match events {
                Some(events) => {
                    line.set_phase(Phase::Streaming);
                    return finished(response).map(|_| Body::new(events));
                }
                None if request.method() == Method::HEAD && is_stream(&response) => {
                    finished(response).map(|_| Body::new(UnreadBody))
                }
                None => finished(response),
            }
        }
        Treatment::Half(response, delay) => {
            pass(delay).await;
            tell(Fate::Half(response.status()), exchange);
            cut(
                half(&response, request.method() == Method::HEAD, true),
                false,
            )
        }
        Treatment::Close => {
            tell(Fate::Closed, exchange);
            cut(Vec::new(), false)
        }
        Treatment::Reset => {
            tell(Fate::Reset, exchange);
            cut(Vec::new(), true)
        }
        Treatment::Stall => {
            tell(Fate::Stalled, exchange);
            pending().await
        }
    };
    line.set_phase(Phase::Answering);
    response
}

async fn pass(delay: Duration) {
    if !delay.is_zero() {
        sleep(delay).await;
    }
}

/// The request with all of its body.
async fn whole(request: Request<Body>) -> Result<Request<Vec<u8>>, Problem> {
    let most = check_head(request.headers(), request.version())?;
    let (parts, body) = request.into_parts();
    let limit = usize::try_from(most).unwrap_or(usize::MAX);
    let body = Limited::new(body, limit).collect().await;
    let body = body.map_err(|error| problem(&*error, most))?;
    Ok(Request::from_parts(parts, body.to_bytes().to_vec()))
}

fn problem(error: &(dyn Error + 'static), most: u64) -> Problem {
    if error.is::<LengthLimitError>() {
        return body_too_large(most);
    }
    Problem::bad_request(format!("the body of the request is malformed: {error}"))
}

fn finished(response: Response<Vec<u8>>) -> Response<Body> {
    let mut response = response.map(Body::from);
    response
        .headers_mut()
        .insert(header::SERVER, HeaderValue::from_static("Rehearsal"));
    response
}
