//! Who the peer is: rustls asks here instead of its own checks, because test code may want none, or fewer.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::danger::{ClientCertVerified, ClientCertVerifier},
};

use super::{name, trust::Trust};
use crate::host::{ErrorKind, HostError, TlsTrouble};

/// Why a peer was refused, in full; rustls keeps only what it has an alert for.
#[derive(Clone, Debug, Default)]
pub struct Refusal(Arc<Mutex<Option<HostError>>>);

impl Refusal {
    pub fn take(&self) -> Option<HostError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn keep(&self, error: HostError) -> Error {
        let shown = match error.kind {
            ErrorKind::Tls(TlsTrouble::Certificate(code)) => match code {
                9 => CertificateError::NotValidYet,
                10 => CertificateError::Expired,
                18..=20 => CertificateError::UnknownIssuer,
                23 => CertificateError::Revoked,
                62 | 64 => CertificateError::NotValidForName,
                _ => CertificateError::ApplicationVerificationFailure,
            },
            _ => CertificateError::BadEncoding,
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        Error::InvalidCertificate(shown)
    }
}

/// The name a certificate has to be for.
#[derive(Debug)]
pub struct Wanted {
    pub name: String,
    /// A common name will do where the certificate lists no names.
    pub common_name: bool,
}

#[derive(Debug)]
pub struct Authentication {
    /// None takes any peer, whatever it shows: the test code said CERT_NONE.
    pub trust: Option<Trust>,
    pub wanted: Option<Wanted>,
    /// As a server: whether the client has to show a certificate.
    pub mandatory: bool,
    pub algorithms: WebPkiSupportedAlgorithms,
    pub refusal: Refusal,
}

impl Authentication {
    fn check(
        &self,
        peer: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let Some(trust) = &self.trust else {
            return Ok(());
        };
        let trusted = trust.check(peer, others, now);
        let named = || match &self.wanted {
            Some(wanted) => name::check(peer, &wanted.name, wanted.common_name),
            None => Ok(()),
        };
        trusted
            .and_then(|()| named())
            .map_err(|error| self.refusal.keep(error))
    }

    fn signature(
        &self,
        verify: impl FnOnce() -> Result<HandshakeSignatureValid, Error>,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.trust.is_none() {
            // Anybody is taken, so there is nothing to prove; and many a device's certificate could not be read for it.
            return Ok(HandshakeSignatureValid::assertion());
        }
        verify()
    }
}

impl ServerCertVerifier for Authentication {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(end_entity, intermediates, now)
            .map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(|| verify_tls12_signature(message, cert, dss, &self.algorithms))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(|| verify_tls13_signature(message, cert, dss, &self.algorithms))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl ClientCertVerifier for Authentication {
    fn client_auth_mandatory(&self) -> bool {
        self.mandatory
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(end_entity, intermediates, now)
            .map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(|| verify_tls12_signature(message, cert, dss, &self.algorithms))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signature(|| verify_tls13_signature(message, cert, dss, &self.algorithms))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
