//! Certificates for servers on loopback, and such a server.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
    version::{TLS12, TLS13},
};

/// A certificate and its key, as PEM.
#[derive(Clone)]
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

/// Signs certificates.
pub struct Authority {
    pub certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

fn named(names: &[&str], common: &str) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).into()).collect();
    let mut params = CertificateParams::new(names).expect("good names");
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::CommonName, common);
    params
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = named(&[], name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate").pem();
        Self {
            certificate,
            issuer: Issuer::new(params, key),
        }
    }

    pub fn issue(&self, names: &[&str]) -> Identity {
        self.issue_with(names, |_| {})
    }

    pub fn issue_with(&self, names: &[&str], change: impl Fn(&mut CertificateParams)) -> Identity {
        let mut params = named(names, names.first().unwrap_or(&"nobody"));
        change(&mut params);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        Identity {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}

/// A certificate that a device made for itself, marked as an authority's, as `openssl req -x509` does.
pub fn self_signed(names: &[&str]) -> Identity {
    let mut params = named(names, names[0]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().expect("a key");
    Identity {
        certificate: params.self_signed(&key).expect("a certificate").pem(),
        key: key.serialize_pem(),
    }
}

/// A server that answers every request with "pong".
pub struct Server {
    identity: Identity,
    versions: Vec<&'static SupportedProtocolVersion>,
    alpn: Vec<Vec<u8>>,
    clients: Option<String>,
}

impl Server {
    pub fn new(identity: &Identity) -> Self {
        Self {
            identity: identity.clone(),
            versions: vec![&TLS12, &TLS13],
            alpn: Vec::new(),
            clients: None,
        }
    }

    pub fn only_tls_1_2(mut self) -> Self {
        self.versions = vec![&TLS12];
        self
    }

    pub fn speaks(mut self, protocols: &[&str]) -> Self {
        self.alpn = protocols.iter().map(|name| (*name).into()).collect();
        self
    }

    /// Wants a certificate that this authority signed.
    pub fn wants_clients_of(mut self, authority: &Authority) -> Self {
        self.clients = Some(authority.certificate.clone());
        self
    }

    /// Serves on a free port; the threads end with the test's process.
    pub fn start(self) -> u16 {
        let config = Arc::new(self.config());
        serve(move |stream| {
            let connection = ServerConnection::new(config.clone()).expect("a connection");
            let mut tls = StreamOwned::new(connection, stream);
            let mut seen = Vec::new();
            let mut byte = [0];
            while !seen.ends_with(b"\r\n\r\n") && tls.read(&mut byte).is_ok_and(|count| count == 1)
            {
                seen.push(byte[0]);
            }
            if seen.ends_with(b"\r\n\r\n") {
                let answer =
                    b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npong";
                tls.write_all(answer).expect("sent");
                tls.conn.send_close_notify();
                tls.flush().expect("sent");
            }
            // Closing with something unread would reset the connection, and what was sent last might be lost.
            let _ = tls.sock.shutdown(Shutdown::Write);
            let _ = tls.sock.read_to_end(&mut Vec::new());
        })
    }

    fn config(&self) -> ServerConfig {
        let provider = Arc::new(default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&self.versions)
            .expect("versions");
        let builder = match &self.clients {
            None => builder.with_no_client_auth(),
            Some(pem) => {
                let mut roots = RootCertStore::empty();
                roots
                    .add(CertificateDer::from_pem_slice(pem.as_bytes()).expect("PEM"))
                    .expect("a root");
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
            }
        };
        let chain = CertificateDer::pem_slice_iter(self.identity.certificate.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .expect("PEM");
        let key = PrivateKeyDer::from_pem_slice(self.identity.key.as_bytes()).expect("a key");
        let mut config = builder.with_single_cert(chain, key).expect("an identity");
        config.alpn_protocols.clone_from(&self.alpn);
        config
    }
}

/// Gives every connection to `behave`, each on a thread.
pub fn serve(behave: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let behave = Arc::new(behave);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let behave = behave.clone();
            thread::spawn(move || behave(stream));
        }
    });
    port
}
