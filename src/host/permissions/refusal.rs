//! A request that was refused.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::host::{ErrorKind, HostError};

/// What a permission is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    Net,
    Read,
    Write,
    Run,
}

impl Access {
    /// As in the names of the switches: `--allow-net`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Net => "net",
            Self::Read => "read",
            Self::Write => "write",
            Self::Run => "run",
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What code wanted to reach and may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub access: Access,
    /// As the switch that would allow it takes it.
    pub what: String,
    /// The text of the PermissionError, which says what would let it.
    pub message: String,
}

impl From<Refusal> for HostError {
    fn from(refusal: Refusal) -> Self {
        Self::new(ErrorKind::Denied, refusal.message)
    }
}
