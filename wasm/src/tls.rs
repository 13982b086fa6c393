//! What test code asks of a TLS connection, and what it learns about one and about certificates.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How a TCP connection becomes a TLS one. Certificates are DER.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tls {
    pub side: Side,
    /// Client: the server's name or IP address, as test code gave it; sent to the server when it is a name.
    pub server_name: Option<String>,
    pub verify: Verify,
    /// Client: whether the certificate has to be one for `server_name`.
    pub check_name: bool,
    /// With `check_name`: a certificate without names of its own may have one as its common name.
    pub common_name: bool,
    /// Trusts what the machine trusts.
    pub system_roots: bool,
    /// Trusts these.
    #[serde(with = "counted")]
    pub roots: Vec<Vec<u8>>,
    /// What this side shows of itself, its own certificate first.
    #[serde(with = "counted")]
    pub chain: Vec<Vec<u8>>,
    /// The key of `chain`'s first certificate, as PEM.
    pub key: Option<Key>,
    /// Application protocols, the preferred one first.
    pub alpn: Vec<String>,
    pub versions: Vec<TlsVersion>,
    /// OpenSSL's names of the TLS 1.2 cipher suites to use; all when empty.
    pub ciphers: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Client,
    Server,
}

/// Whether the peer has to show a certificate that is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verify {
    /// Whatever it shows is taken.
    None,
    /// None is taken as well as a trusted one.
    Optional,
    Required,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TlsVersion {
    #[serde(rename = "1.2")]
    V12,
    #[serde(rename = "1.3")]
    V13,
}

/// A private key. It is shown and serialised as `***` for people, and read back from there as an empty one.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(pub Vec<u8>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str("***")
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer).map(|_| Self(Vec::new()))
        } else {
            crate::host::bytes::deserialize(deserializer).map(Self)
        }
    }
}

/// A connection after its handshake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secured {
    pub version: TlsVersion,
    /// OpenSSL's name of the cipher suite.
    pub cipher: String,
    /// The secret part of the cipher's key.
    pub bits: u16,
    pub alpn: Option<String>,
    /// What the peer has shown of itself, its own certificate first.
    pub chain: Vec<Der>,
}

/// A certificate as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Der(#[serde(with = "crate::host::bytes")] pub Vec<u8>);

/// What a certificate says. Names are lists of attributes, each with OpenSSL's long name or its number; times are seconds since
/// 1970-01-01 UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    pub subject: Vec<(String, String)>,
    pub issuer: Vec<(String, String)>,
    /// From 1.
    pub version: u32,
    /// Upper-case hexadecimal digits, an even number of them.
    pub serial: String,
    pub not_before: i64,
    pub not_after: i64,
    /// Kind ("DNS", "IP Address", "email", "URI") and name.
    pub names: Vec<(String, String)>,
    /// May sign others.
    pub authority: bool,
}

/// What goes wrong in TLS alone; the error's message is OpenSSL's wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsTrouble {
    /// With a time-out of 0: it would have blocked until something can be sent.
    WantWrite,
    /// The peer closed the connection without saying so in TLS.
    EndOfFile,
    /// The peer's certificate is not taken; with OpenSSL's number of the reason.
    Certificate(u16),
    /// The two sides do not agree, or something is wrong with what this side was given.
    Protocol,
}

/// Serialised for people as how many there are, for a bundle of authorities has hundreds of kilobytes; read back as that many empty ones.
mod counted {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(
        certificates: &[Vec<u8>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_u64(certificates.len() as u64)
        } else {
            certificates.serialize(serializer)
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Vec<u8>>, D::Error> {
        if !deserializer.is_human_readable() {
            return Vec::deserialize(deserializer);
        }
        let count = u16::deserialize(deserializer)?;
        Ok(vec![Vec::new(); usize::from(count)])
    }
}
