//! What a certificate says, and whether a key is its own.

use std::net::{Ipv4Addr, Ipv6Addr};

use rustls::{
    InconsistentKeys,
    crypto::ring::sign::any_supported_type,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate, X509Name};

use super::trouble::protocol;
use crate::host::{Certificate, HostError, Key};

/// OpenSSL's long names of what names are made of.
const ATTRIBUTES: [(&str, &str); 16] = [
    ("2.5.4.3", "commonName"),
    ("2.5.4.4", "surname"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "countryName"),
    ("2.5.4.7", "localityName"),
    ("2.5.4.8", "stateOrProvinceName"),
    ("2.5.4.9", "streetAddress"),
    ("2.5.4.10", "organizationName"),
    ("2.5.4.11", "organizationalUnitName"),
    ("2.5.4.12", "title"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.42", "givenName"),
    ("2.5.4.97", "organizationIdentifier"),
    ("0.9.2342.19200300.100.1.1", "userId"),
    ("0.9.2342.19200300.100.1.25", "domainComponent"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

/// Reads a DER certificate.
///
/// # Errors
/// When it is none.
pub fn read(der: &[u8]) -> Result<Certificate, HostError> {
    let (_, found) = X509Certificate::from_der(der)
        .map_err(|error| protocol(format!("this is no certificate: {error}")))?;
    let names = match found.subject_alternative_name() {
        Ok(Some(extension)) => extension.value.general_names.iter(),
        _ => [].iter(),
    };
    Ok(Certificate {
        subject: attributes(found.subject()),
        issuer: attributes(found.issuer()),
        version: found.version().0 + 1,
        serial: serial(found.raw_serial()),
        not_before: found.validity().not_before.timestamp(),
        not_after: found.validity().not_after.timestamp(),
        names: names.filter_map(name).collect(),
        authority: found.is_ca(),
    })
}

fn attributes(name: &X509Name<'_>) -> Vec<(String, String)> {
    name.iter_attributes()
        .map(|attribute| {
            let number = attribute.attr_type().to_id_string();
            let known = ATTRIBUTES.iter().find(|(its, _)| *its == number);
            let kind = known.map_or(number.clone(), |(_, name)| (*name).into());
            let value = attribute.as_str().map_or_else(
                |_| String::from_utf8_lossy(attribute.as_slice()).into_owned(),
                str::to_owned,
            );
            (kind, value)
        })
        .collect()
}

fn name(name: &GeneralName<'_>) -> Option<(String, String)> {
    let (kind, text) = match name {
        GeneralName::DNSName(name) => ("DNS", (*name).to_owned()),
        GeneralName::RFC822Name(name) => ("email", (*name).to_owned()),
        GeneralName::URI(uri) => ("URI", (*uri).to_owned()),
        GeneralName::IPAddress(bytes) => ("IP Address", address(bytes)?),
        _ => return None,
    };
    Some((kind.into(), text))
}

/// An IP address as OpenSSL writes it, IPv6 without an abbreviation.
fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(Ipv4Addr::from(bytes).to_string());
    }
    let bytes = <[u8; 16]>::try_from(bytes).ok()?;
    let parts = Ipv6Addr::from(bytes).segments();
    Some(parts.map(|part| format!("{part:X}")).join(":"))
}

fn serial(bytes: &[u8]) -> String {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = &bytes[zeros.min(bytes.len().saturating_sub(1))..];
    digits.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// A private key from PEM.
///
/// # Errors
/// When there is none, when a password protects it, or when it is of an unknown kind.
pub fn private_key(pem: &Key) -> Result<PrivateKeyDer<'static>, HostError> {
    let encrypted = [
        &b"-----BEGIN ENCRYPTED PRIVATE KEY-----"[..],
        b"Proc-Type: 4,ENCRYPTED",
    ];
    let has = |text: &[u8]| pem.0.windows(text.len()).any(|window| window == text);
    if encrypted.into_iter().any(has) {
        return Err(protocol(
            "private keys with a password cannot be read here; give one without, \
             such as `openssl pkey -in KEY -out PLAIN` writes",
        ));
    }
    PrivateKeyDer::from_pem_slice(&pem.0).map_err(|_| protocol("no start line"))
}

/// Checks that the key is the certificate's own.
///
/// # Errors
/// When it is not, or cannot be used.
pub fn check_key(certificate: &[u8], key: &Key) -> Result<(), HostError> {
    let key = any_supported_type(&private_key(key)?)
        .map_err(|error| protocol(format!("this private key cannot be used: {error}")))?;
    let chain = vec![CertificateDer::from(certificate.to_vec())];
    match CertifiedKey::new(chain, key).keys_match() {
        Err(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
            Err(protocol("key values mismatch"))
        }
        _ => Ok(()),
    }
}
