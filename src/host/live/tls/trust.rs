//! Which certificates are taken: those that lead to a trusted one.

use std::sync::OnceLock;

use rustls::{
    RootCertStore,
    crypto::WebPkiSupportedAlgorithms,
    pki_types::{CertificateDer, UnixTime},
};
use webpki::{EndEntityCert, Error, KeyUsage};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::trouble::refused;
use crate::host::{HostError, Side, Tls};

/// What one connection trusts.
#[derive(Debug)]
pub struct Trust {
    roots: RootCertStore,
    /// The same certificates whole, for peers that show one of them.
    given: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
    /// Which side the peer is on.
    peer: Side,
}

impl Trust {
    /// Roots that cannot be understood are left out: bundles have some.
    pub fn new(tls: &Tls, algorithms: WebPkiSupportedAlgorithms) -> Self {
        let given: Vec<_> = tls
            .roots
            .iter()
            .map(|der| CertificateDer::from(der.clone()))
            .collect();
        let mut roots = RootCertStore::empty();
        if tls.system_roots {
            roots.roots.extend_from_slice(&system().roots);
        }
        roots.add_parsable_certificates(given.iter().cloned());
        Self {
            roots,
            given,
            algorithms,
            peer: match tls.side {
                Side::Client => Side::Server,
                Side::Server => Side::Client,
            },
        }
    }

    /// Looks for a way from a peer's certificate to a trusted one.
    ///
    /// # Errors
    /// Why there is none, with OpenSSL's number and sentence.
    pub fn check(
        &self,
        peer: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), HostError> {
        let usage = match self.peer {
            Side::Server => KeyUsage::server_auth(),
            Side::Client => KeyUsage::client_auth(),
        };
        let path = EndEntityCert::try_from(peer).and_then(|end| {
            let (algorithms, roots) = (self.algorithms.all, &self.roots.roots);
            end.verify_for_usage(algorithms, roots, others, now, usage, None, None)
                .map(drop)
        });
        match path {
            Ok(()) => Ok(()),
            // A device that signed its own certificate is trusted by naming just that one, which most tools mark as an authority's.
            Err(Error::CaUsedAsEndEntity | Error::UnknownIssuer)
                if self.given.iter().any(|given| given == peer) =>
            {
                in_time(peer, now)
            }
            Err(error) => Err(refusal(&error, peer, others)),
        }
    }
}

/// What the machine trusts, read once.
fn system() -> &'static RootCertStore {
    static SYSTEM: OnceLock<RootCertStore> = OnceLock::new();
    SYSTEM.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots
    })
}

fn in_time(peer: &CertificateDer<'_>, now: UnixTime) -> Result<(), HostError> {
    let Ok((_, found)) = X509Certificate::from_der(peer) else {
        return Err(refused(1, "the certificate cannot be read"));
    };
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    if now < found.validity().not_before.timestamp() {
        return Err(not_yet());
    }
    if now > found.validity().not_after.timestamp() {
        return Err(expired());
    }
    Ok(())
}

fn not_yet() -> HostError {
    refused(9, "certificate is not yet valid")
}

fn expired() -> HostError {
    refused(10, "certificate has expired")
}

fn refusal(error: &Error, peer: &CertificateDer<'_>, others: &[CertificateDer<'_>]) -> HostError {
    match error {
        Error::CertExpired { .. } => expired(),
        Error::CertNotValidYet { .. } => not_yet(),
        Error::CaUsedAsEndEntity | Error::UnknownIssuer if signs_itself(peer) => {
            refused(18, "self-signed certificate")
        }
        Error::UnknownIssuer if others.last().is_some_and(signs_itself) => {
            refused(19, "self-signed certificate in certificate chain")
        }
        Error::UnknownIssuer => refused(20, "unable to get local issuer certificate"),
        Error::CertRevoked => refused(23, "certificate revoked"),
        Error::InvalidSignatureForPublicKey => refused(7, "certificate signature failure"),
        Error::PathLenConstraintViolated => refused(25, "path length constraint exceeded"),
        Error::CaUsedAsEndEntity
        | Error::RequiredEkuNotFoundContext(_)
        | Error::EmptyEkuExtension => refused(26, "unsuitable certificate purpose"),
        Error::UnsupportedCriticalExtension => refused(34, "unhandled critical extension"),
        Error::NameConstraintViolation => refused(47, "permitted subtree violation"),
        Error::EndEntityUsedAsCa => refused(79, "invalid CA certificate"),
        Error::UnsupportedCertVersion => refused(
            1,
            "certificates of X.509 version 1 are not taken; the peer needs one of version 3",
        ),
        other => refused(
            1,
            format!("the chain of certificates is not taken: {other}"),
        ),
    }
}

fn signs_itself(certificate: &CertificateDer<'_>) -> bool {
    X509Certificate::from_der(certificate)
        .is_ok_and(|(_, found)| found.subject().as_raw() == found.issuer().as_raw())
}
