//! Whether a request opens a WebSocket (RFC 6455 §4.2.1), and in which dialect.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use base64::engine::general_purpose::{GeneralPurpose, PAD};
use base64::{Engine as _, alphabet};
use parlor::SUBPROTOCOL;
use tungstenite::handshake::derive_accept_key;

use crate::chat::Dialect;
use crate::net::HttpError;

/// The last character of 16 bytes carries bits that mean nothing. Clients that draw it at random are let in.
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, PAD.with_decode_allow_trailing_bits(true));

/// Why there is no WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("A WebSocket is opened by GET.")]
    Method,
    #[error("A WebSocket is opened over HTTP/1.1.")]
    HttpVersion,
    #[error("This address speaks WebSocket (RFC 6455).")]
    NoUpgrade,
    #[error("Only version 13 of the WebSocket protocol is spoken here.")]
    Version,
    #[error("The WebSocket version is named more than once.")]
    Versions,
    #[error("The WebSocket key is not one of 16 bytes in base64, once.")]
    Key,
    #[error("The WebSocket extensions are not one well-formed list.")]
    Extensions,
    #[error("Pages of other sites may not connect (see --allow-origin).")]
    Origin,
    #[error("The only parlor.* protocol spoken here is parlor.v1.")]
    Subprotocol,
    #[error("A room's name has lower-case letters, digits, - and _, at most 64 bytes.")]
    Room,
    #[error("The server is shutting down.")]
    ShuttingDown,
    #[error("The room can't be opened at the moment.")]
    Unavailable,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::HttpVersion => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            Self::NoUpgrade | Self::Version => StatusCode::UPGRADE_REQUIRED,
            Self::Versions | Self::Key | Self::Extensions | Self::Subprotocol | Self::Room => StatusCode::BAD_REQUEST,
            Self::Origin => StatusCode::FORBIDDEN,
            Self::ShuttingDown | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut response = (status, format!("{self}\n")).into_response();
        response.extensions_mut().insert(HttpError::from_status(status));
        let headers = response.headers_mut();
        if status == StatusCode::UPGRADE_REQUIRED {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        } else if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET"));
        }
        response
    }
}

/// A request that opens a WebSocket.
#[derive(Debug)]
pub(super) struct Handshake {
    /// Proves that the request was understood (RFC 6455 §4.2.2, 5.4).
    pub(super) accept: HeaderValue,
    pub(super) dialect: Dialect,
}

impl Handshake {
    /// Reads the head of a request.
    pub(super) fn read(head: &Parts) -> Result<Self, Refusal> {
        let headers = &head.headers;
        if !has_item(headers, &header::CONNECTION, "upgrade") || !has_item(headers, &header::UPGRADE, "websocket") {
            return Err(Refusal::NoUpgrade);
        }
        if head.method != Method::GET {
            return Err(Refusal::Method);
        }
        if head.version != Version::HTTP_11 {
            return Err(Refusal::HttpVersion);
        }
        match only(headers, &header::SEC_WEBSOCKET_VERSION) {
            Ok(Some("13")) => {}
            Ok(_) => return Err(Refusal::Version),
            Err(Repeated) => return Err(Refusal::Versions),
        }
        let key = only(headers, &header::SEC_WEBSOCKET_KEY).ok().flatten().ok_or(Refusal::Key)?;
        if BASE64.decode(key).map_or(0, |bytes| bytes.len()) != 16 {
            return Err(Refusal::Key);
        }
        // RFC 6455 §11.3.2 allows several lines, which no client sends. None of the extensions is spoken here.
        let extensions = only(headers, &header::SEC_WEBSOCKET_EXTENSIONS).map_err(|Repeated| Refusal::Extensions)?;
        if !extensions.is_none_or(is_extension_list) {
            return Err(Refusal::Extensions);
        }
        let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes())).map_err(|_| Refusal::Key)?;
        Ok(Self { accept, dialect: dialect(headers)? })
    }
}

/// A header that may be there once is there more often, or is no text.
struct Repeated;

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Repeated> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Repeated),
        (Some(_), Some(_)) => Err(Repeated),
    }
}

/// Which dialect the client asks for: rich if it offers `parlor.v1`, plain if it offers no `parlor.*`.
fn dialect(headers: &HeaderMap) -> Result<Dialect, Refusal> {
    let mut offers = items(headers, &header::SEC_WEBSOCKET_PROTOCOL).filter(|offer| offer.starts_with("parlor."));
    match offers.next() {
        None => Ok(Dialect::Plain),
        Some(first) if first == SUBPROTOCOL || offers.any(|offer| offer == SUBPROTOCOL) => Ok(Dialect::Rich),
        Some(_) => Err(Refusal::Subprotocol),
    }
}

fn has_item(headers: &HeaderMap, name: &HeaderName, value: &str) -> bool {
    items(headers, name).any(|item| item.eq_ignore_ascii_case(value))
}

/// The items of a header that is a comma-separated list (RFC 9110 §5.6.1).
fn items<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',')).map(str::trim)
}

/// `extension-list` of RFC 6455 §9.1: extensions divided by commas, each a token with parameters after semicolons, whose
/// values are tokens, quoted or not.
fn is_extension_list(list: &str) -> bool {
    // The rule for lists of RFC 9110 §5.6.1.2 lets empty items pass; one has to be there.
    let mut extensions = list.split(',').map(str::trim).filter(|extension| !extension.is_empty()).peekable();
    extensions.peek().is_some() && extensions.all(is_extension)
}

fn is_extension(extension: &str) -> bool {
    let mut parts = extension.split(';').map(str::trim);
    parts.next().is_some_and(is_token)
        && parts.all(|parameter| match parameter.split_once('=') {
            None => is_token(parameter),
            Some((name, value)) => is_token(name.trim_end()) && is_value(value.trim_start()),
        })
}

/// A token, or one in quotes: what is quoted has to be a token when the quotes are gone (RFC 6455 §9.1).
fn is_value(value: &str) -> bool {
    match value.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"').is_some_and(is_token),
        None => is_token(value),
    }
}

/// `token` of RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_a_list_of_tokens_with_parameters() {
        for list in [
            "permessage-deflate",
            "permessage-deflate; client_max_window_bits, x-webkit-deflate-frame",
            "foo; bar=1; baz=\"2\" , , bar",
            "foo;bar = 1",
        ] {
            assert!(is_extension_list(list), "{list}");
        }
        for list in [
            "",
            ",",
            " ",
            ";",
            "foo;",
            "foo; =1",
            "foo; bar=",
            "foo; bar=\"1",
            "foo; bar=\"a b\"",
            "foo bar",
            "foo; bar=\"\"",
            "f(o)",
            "foo; b@r",
            "föö",
            "foo; bar=1=2",
        ] {
            assert!(!is_extension_list(list), "{list}");
        }
    }
}
