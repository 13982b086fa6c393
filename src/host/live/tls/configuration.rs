//! A TLS connection as test code wants it, in rustls' terms.

use std::{net::IpAddr, sync::Arc};

use rustls::{
    CipherSuite, ClientConfig, ClientConnection, Connection, ServerConfig, ServerConnection,
    SupportedCipherSuite, SupportedProtocolVersion,
    client::Resumption,
    crypto::{CryptoProvider, ring::default_provider},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName},
    version,
};

use super::{
    authentication::{Authentication, Refusal, Wanted},
    certificate::private_key,
    trouble::{from_rustls, protocol},
    trust::Trust,
};
use crate::host::{ErrorKind, HostError, Side, Tls, TlsVersion, Verify};

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// A connection that has not sent anything, and where it leaves why it refused its peer.
///
/// # Errors
/// When what is wanted contradicts itself or is not available.
pub fn connection(tls: &Tls) -> Result<(Connection, Refusal), HostError> {
    let mut provider = default_provider();
    let algorithms = provider.signature_verification_algorithms;
    provider.cipher_suites.retain(|suite| {
        matches!(suite, SupportedCipherSuite::Tls13(_))
            || tls.ciphers.is_empty()
            || tls.ciphers.contains(&cipher(suite.suite()).0)
    });
    let provider = Arc::new(provider);
    let refusal = Refusal::default();
    let authentication = Arc::new(Authentication {
        trust: (tls.verify != Verify::None).then(|| Trust::new(tls, algorithms)),
        wanted: tls
            .server_name
            .clone()
            .filter(|_| tls.check_name)
            .map(|name| Wanted {
                name,
                common_name: tls.common_name,
            }),
        mandatory: tls.verify == Verify::Required,
        algorithms,
        refusal: refusal.clone(),
    });
    let connection = match tls.side {
        Side::Client => client(tls, provider, authentication)?,
        Side::Server => server(tls, provider, authentication)?,
    };
    Ok((connection, refusal))
}

fn client(
    tls: &Tls,
    provider: Arc<CryptoProvider>,
    authentication: Arc<Authentication>,
) -> Result<Connection, HostError> {
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions(tls)?)
        .map_err(|error| from_rustls(&error))?
        .dangerous()
        .with_custom_certificate_verifier(authentication);
    let mut config = match identity(tls)? {
        Some((chain, key)) => builder
            .with_client_auth_cert(chain, key)
            .map_err(|error| from_rustls(&error))?,
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = alpn(tls);
    config.resumption = Resumption::disabled();
    let name = match &tls.server_name {
        Some(name) => ServerName::try_from(name.clone()).map_err(|_| {
            HostError::new(
                ErrorKind::Invalid,
                format!("\"{name}\" is no name a server can have"),
            )
        })?,
        None => {
            config.enable_sni = false;
            ServerName::from(IpAddr::from([0; 4]))
        }
    };
    ClientConnection::new(Arc::new(config), name)
        .map(Connection::from)
        .map_err(|error| from_rustls(&error))
}

fn server(
    tls: &Tls,
    provider: Arc<CryptoProvider>,
    authentication: Arc<Authentication>,
) -> Result<Connection, HostError> {
    let builder = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions(tls)?)
        .map_err(|error| from_rustls(&error))?;
    let builder = match tls.verify {
        Verify::None => builder.with_no_client_auth(),
        Verify::Optional | Verify::Required => builder.with_client_cert_verifier(authentication),
    };
    let (chain, key) = identity(tls)?.ok_or_else(|| protocol("no certificate assigned"))?;
    let mut config = builder
        .with_single_cert(chain, key)
        .map_err(|error| from_rustls(&error))?;
    config.alpn_protocols = alpn(tls);
    // Every connection has a configuration of its own, so none could be resumed.
    config.send_tls13_tickets = 0;
    ServerConnection::new(Arc::new(config))
        .map(Connection::from)
        .map_err(|error| from_rustls(&error))
}

fn versions(tls: &Tls) -> Result<Vec<&'static SupportedProtocolVersion>, HostError> {
    if tls.versions.is_empty() {
        return Err(protocol("no protocols available"));
    }
    let versions = tls.versions.iter();
    Ok(versions
        .map(|version| match version {
            TlsVersion::V12 => &version::TLS12,
            TlsVersion::V13 => &version::TLS13,
        })
        .collect())
}

fn identity(tls: &Tls) -> Result<Option<Identity>, HostError> {
    let Some(key) = &tls.key else {
        return Ok(None);
    };
    let chain = tls.chain.iter();
    let chain = chain.map(|der| CertificateDer::from(der.clone())).collect();
    Ok(Some((chain, private_key(key)?)))
}

fn alpn(tls: &Tls) -> Vec<Vec<u8>> {
    tls.alpn.iter().map(|name| name.clone().into()).collect()
}

/// OpenSSL's name of a cipher suite and the bits of its key.
pub fn cipher(suite: CipherSuite) -> (String, u16) {
    let (name, bits) = match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => ("TLS_AES_128_GCM_SHA256", 128),
        CipherSuite::TLS13_AES_256_GCM_SHA384 => ("TLS_AES_256_GCM_SHA384", 256),
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => ("TLS_CHACHA20_POLY1305_SHA256", 256),
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => {
            ("ECDHE-ECDSA-AES128-GCM-SHA256", 128)
        }
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => {
            ("ECDHE-ECDSA-AES256-GCM-SHA384", 256)
        }
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => {
            ("ECDHE-ECDSA-CHACHA20-POLY1305", 256)
        }
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => ("ECDHE-RSA-AES128-GCM-SHA256", 128),
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => ("ECDHE-RSA-AES256-GCM-SHA384", 256),
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => {
            ("ECDHE-RSA-CHACHA20-POLY1305", 256)
        }
        other => return (format!("{other:?}"), 128),
    };
    (name.into(), bits)
}
