//! Encryption of connections to the database.
//!
//! `sslmode=disable` never encrypts. `prefer`, the default, encrypts if the server can, and verifies its certificate
//! only with a file of root certificates: whoever could present a false certificate could as well refuse to encrypt.
//! `require` always encrypts, and verifies the certificate and the host's name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{self, CryptoProvider};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::config::SslMode;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::config::PostgresConfig;

/// The protocol's name in TLS, which a server needs if encryption begins at once (`sslnegotiation=direct`).
const ALPN: &[u8] = b"postgresql";

/// Why connections can't be encrypted.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file of root certificates can't be read.
    #[error("the root certificates in {path} can't be read: {cause}")]
    RootCertificates {
        /// The file.
        path: PathBuf,
        /// The reason.
        cause: rustls::pki_types::pem::Error,
    },
    /// There are no certificates to verify the server's with.
    #[error("there are no root certificates: install ca-certificates, or name a file")]
    NoRootCertificates,
    /// The TLS library can't be set up.
    #[error(transparent)]
    Rustls(#[from] rustls::Error),
}

/// Makes what encrypts connections.
///
/// # Errors
/// [`TlsError`].
pub(super) fn connector(config: &PostgresConfig) -> Result<MakeRustlsConnect, TlsError> {
    let provider = Arc::new(crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
    let verify = config.ssl_mode() == SslMode::Require || config.root_certificates.is_some();
    let mut tls = if verify {
        builder.with_root_certificates(roots(config.root_certificates.as_deref())?).with_no_client_auth()
    } else {
        let verifier = Arc::new(AnyCertificate(provider));
        builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
    };
    tls.alpn_protocols = vec![ALPN.to_vec()];
    Ok(MakeRustlsConnect::new(tls))
}

/// The root certificates in a file, or the system's.
fn roots(path: Option<&Path>) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = path {
        let unreadable = |cause| TlsError::RootCertificates { path: path.to_owned(), cause };
        for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
            roots.add(certificate.map_err(unreadable)?)?;
        }
    } else {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "some of the system's root certificates can't be read");
        }
        roots.add_parsable_certificates(found.certs);
    }
    if roots.is_empty() { Err(TlsError::NoRootCertificates) } else { Ok(roots) }
}

/// Accepts any certificate, for `sslmode=prefer`.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        crypto::verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
