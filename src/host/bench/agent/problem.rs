//! Why the agent refuses a request: a status and a text.

use http::{Response, StatusCode};
use serde_json::json;

use super::{
    super::{error::BenchError, shelf::ShelfError},
    reply::Reply,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub status: StatusCode,
    pub text: String,
}

impl Problem {
    pub fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self {
            status,
            text: text.into(),
        }
    }

    pub fn bad_request(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    /// The error as clients read it.
    pub fn response(&self) -> Response<Vec<u8>> {
        Reply::json(&json!({ "error": self.text }))
            .status(self.status)
            .response()
    }
}

impl From<ShelfError> for Problem {
    fn from(error: ShelfError) -> Self {
        let status = match error {
            ShelfError::BadName(_)
            | ShelfError::BadPath(_)
            | ShelfError::IsFolder(_)
            | ShelfError::IsFile(_)
            | ShelfError::IntoItself(_) => StatusCode::BAD_REQUEST,
            ShelfError::NotFound(_) | ShelfError::NothingThere(_) | ShelfError::NoFolder(_) => {
                StatusCode::NOT_FOUND
            }
            ShelfError::Exists(_) | ShelfError::NotEmpty(_) => StatusCode::CONFLICT,
            ShelfError::Full(_) => StatusCode::INSUFFICIENT_STORAGE,
        };
        Self::new(status, error.to_string())
    }
}

impl From<BenchError> for Problem {
    fn from(error: BenchError) -> Self {
        use BenchError as E;
        let status = match error {
            E::UnknownChannel(_)
            | E::UnknownDevice { .. }
            | E::UnknownChannelOf { .. }
            | E::UnknownModule(_) => StatusCode::NOT_FOUND,
            E::AlreadyLoaded(_) | E::NotLoaded(_) | E::NotLoadable { .. } => StatusCode::CONFLICT,
            E::NoAcknowledge { .. } | E::WriteRefused { .. } | E::Disabled(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            E::BadValue { .. }
            | E::ReadOnly(_)
            | E::SetInput(_)
            | E::NoValue { .. }
            | E::BadDirection { .. }
            | E::BadType { .. }
            | E::UnknownDetail { .. }
            | E::BadDetail { .. }
            | E::AliasTaken { .. }
            | E::MissingInitialData { .. }
            | E::BadModuleAddress { .. } => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error.to_string())
    }
}
