//! What goes wrong in TLS, in OpenSSL's words: test code compares with them.

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, PeerIncompatible};

use crate::host::{ErrorKind, HostError, TlsTrouble};

pub fn protocol(message: impl std::fmt::Display) -> HostError {
    HostError::new(ErrorKind::Tls(TlsTrouble::Protocol), message)
}

/// The peer's certificate is not taken; `code` is OpenSSL's `X509_V_ERR_…`.
pub fn refused(code: u16, message: impl std::fmt::Display) -> HostError {
    HostError::new(ErrorKind::Tls(TlsTrouble::Certificate(code)), message)
}

pub fn end_of_file() -> HostError {
    HostError::new(
        ErrorKind::Tls(TlsTrouble::EndOfFile),
        "EOF occurred in violation of protocol",
    )
}

pub fn want_write() -> HostError {
    HostError::new(
        ErrorKind::Tls(TlsTrouble::WantWrite),
        "The operation did not complete (write)",
    )
}

/// The words for what rustls says.
pub fn from_rustls(error: &Error) -> HostError {
    match error {
        Error::AlertReceived(alert) => protocol(alert_text(*alert)),
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType
            | InvalidMessage::UnknownProtocolVersion
            | InvalidMessage::InvalidEmptyPayload,
        ) => protocol("wrong version number"),
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::Tls13RequiredForQuic,
        ) => protocol("unsupported protocol"),
        Error::PeerIncompatible(
            PeerIncompatible::NoCipherSuitesInCommon
            | PeerIncompatible::NoKxGroupsInCommon
            | PeerIncompatible::NoSignatureSchemesInCommon
            | PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon,
        ) => protocol("no shared cipher"),
        Error::NoCertificatesPresented => protocol("peer did not return a certificate"),
        Error::NoApplicationProtocol => protocol("no application protocol"),
        Error::DecryptError => protocol("decryption failed or bad record mac"),
        Error::InvalidCertificate(error) => refused(certificate_code(error), error),
        other => protocol(other),
    }
}

fn certificate_code(error: &CertificateError) -> u16 {
    match error {
        CertificateError::BadSignature => 7,
        // X509_V_ERR_UNSPECIFIED
        _ => 1,
    }
}

fn alert_text(alert: AlertDescription) -> String {
    let text = match alert {
        AlertDescription::CloseNotify => "application data after close notify",
        AlertDescription::UnexpectedMessage => "sslv3 alert unexpected message",
        AlertDescription::BadRecordMac => "sslv3 alert bad record mac",
        AlertDescription::HandshakeFailure => "sslv3 alert handshake failure",
        AlertDescription::BadCertificate => "sslv3 alert bad certificate",
        AlertDescription::UnsupportedCertificate => "sslv3 alert unsupported certificate",
        AlertDescription::CertificateRevoked => "sslv3 alert certificate revoked",
        AlertDescription::CertificateExpired => "sslv3 alert certificate expired",
        AlertDescription::CertificateUnknown => "sslv3 alert certificate unknown",
        AlertDescription::IllegalParameter => "sslv3 alert illegal parameter",
        AlertDescription::UnknownCA => "tlsv1 alert unknown ca",
        AlertDescription::AccessDenied => "tlsv1 alert access denied",
        AlertDescription::DecodeError => "tlsv1 alert decode error",
        AlertDescription::DecryptError => "tlsv1 alert decrypt error",
        AlertDescription::ProtocolVersion => "tlsv1 alert protocol version",
        AlertDescription::InsufficientSecurity => "tlsv1 alert insufficient security",
        AlertDescription::InternalError => "tlsv1 alert internal error",
        AlertDescription::UserCanceled => "tlsv1 alert user cancelled",
        AlertDescription::MissingExtension => "tlsv13 alert missing extension",
        AlertDescription::CertificateRequired => "tlsv13 alert certificate required",
        AlertDescription::UnsupportedExtension => "tlsv1 unsupported extension",
        AlertDescription::UnrecognisedName => "tlsv1 unrecognized name",
        AlertDescription::NoApplicationProtocol => "tlsv1 alert no application protocol",
        other => return format!("tls alert {}", u8::from(other)),
    };
    text.into()
}
