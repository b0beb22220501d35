//! Validates a WebSocket handshake request (RFC 6455 §4.2.1) and selects the dialect.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use base64::engine::general_purpose::{GeneralPurpose, PAD};
use base64::{Engine as _, alphabet};
use parlor::SUBPROTOCOL;
use tungstenite::handshake::derive_accept_key;

use crate::chat::Dialect;
use crate::net::HttpError;

/// Base64 with lenient trailing bits: the last character of 16 encoded bytes has unused bits, and some clients set them
/// at random.
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, PAD.with_decode_allow_trailing_bits(true));

/// The reason why a handshake is refused, as text for the response body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum HandshakeError {
    #[error("A WebSocket handshake must use the GET method.")]
    Method,
    #[error("A WebSocket handshake must use HTTP/1.1.")]
    HttpVersion,
    #[error("This address accepts WebSocket connections only (RFC 6455).")]
    NoUpgrade,
    #[error("Only version 13 of the WebSocket protocol is supported.")]
    Version,
    #[error("The header Sec-WebSocket-Version must occur once.")]
    Versions,
    #[error("The header Sec-WebSocket-Key must occur once, with 16 bytes in base64.")]
    Key,
    #[error("The header Sec-WebSocket-Extensions must occur at most once, with a well-formed list.")]
    Extensions,
    #[error("Pages of other sites may not connect (see --allow-origin).")]
    Origin,
    #[error("The only supported parlor.* subprotocol is parlor.v1.")]
    Subprotocol,
    #[error("A room's name has lower-case letters, digits, - and _, at most 64 bytes.")]
    Room,
    #[error("A request has one bot token, in Authorization: Bearer or in the query.")]
    SeveralTokens,
    #[error("There is no such bot token, or it was revoked.")]
    UnknownToken,
    #[error("Only those who were invited may connect. A program needs a bot token.")]
    MembersOnly,
    #[error("There is no such room.")]
    NoSuchRoom,
    #[error("Another room has this name or one that looks the same.")]
    SimilarRoom,
    #[error("The server is shutting down.")]
    ShuttingDown,
    #[error("The room cannot be loaded at the moment.")]
    Unavailable,
}

impl IntoResponse for HandshakeError {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::HttpVersion => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            Self::NoUpgrade | Self::Version => StatusCode::UPGRADE_REQUIRED,
            Self::Versions | Self::Key | Self::Extensions | Self::Subprotocol | Self::Room | Self::SeveralTokens => {
                StatusCode::BAD_REQUEST
            }
            Self::UnknownToken | Self::MembersOnly => StatusCode::UNAUTHORIZED,
            Self::Origin => StatusCode::FORBIDDEN,
            Self::NoSuchRoom => StatusCode::NOT_FOUND,
            Self::SimilarRoom => StatusCode::CONFLICT,
            Self::ShuttingDown | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut response = (status, format!("{self}\n")).into_response();
        response.extensions_mut().insert(HttpError::from_status(status));
        let headers = response.headers_mut();
        if status == StatusCode::UPGRADE_REQUIRED {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        } else if status == StatusCode::UNAUTHORIZED {
            // RFC 6750 §3.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        } else if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("GET"));
        }
        response
    }
}

/// A valid handshake request.
#[derive(Debug)]
pub(super) struct Handshake {
    /// The value of `Sec-WebSocket-Accept` (RFC 6455 §4.2.2, 5.4).
    pub(super) accept: HeaderValue,
    pub(super) dialect: Dialect,
}

impl Handshake {
    /// Validates the head of a request.
    ///
    /// # Errors
    /// The first rule that the request breaks.
    pub(super) fn read(head: &Parts) -> Result<Self, HandshakeError> {
        let headers = &head.headers;
        if !has_item(headers, &header::CONNECTION, "upgrade") || !has_item(headers, &header::UPGRADE, "websocket") {
            return Err(HandshakeError::NoUpgrade);
        }
        if head.method != Method::GET {
            return Err(HandshakeError::Method);
        }
        if head.version != Version::HTTP_11 {
            return Err(HandshakeError::HttpVersion);
        }
        match single_value(headers, &header::SEC_WEBSOCKET_VERSION) {
            Ok(Some("13")) => {}
            Ok(_) => return Err(HandshakeError::Version),
            Err(NotSingle) => return Err(HandshakeError::Versions),
        }
        let key = single_value(headers, &header::SEC_WEBSOCKET_KEY).ok().flatten().ok_or(HandshakeError::Key)?;
        if BASE64.decode(key).map_or(0, |bytes| bytes.len()) != 16 {
            return Err(HandshakeError::Key);
        }
        // RFC 6455 §11.3.2 allows several headers, which no client sends. The server supports no extensions.
        let extensions =
            single_value(headers, &header::SEC_WEBSOCKET_EXTENSIONS).map_err(|NotSingle| HandshakeError::Extensions)?;
        if !extensions.is_none_or(is_extension_list) {
            return Err(HandshakeError::Extensions);
        }
        let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes())).map_err(|_| HandshakeError::Key)?;
        Ok(Self { accept, dialect: dialect(headers)? })
    }
}

/// The error if a header occurs more than once or is not text.
struct NotSingle;

/// The value of a header that may occur once; `None` without the header.
fn single_value<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, NotSingle> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| NotSingle),
        (Some(_), Some(_)) => Err(NotSingle),
    }
}

/// The dialect that the client requests: rich if it offers `parlor.v1`, plain if it offers no `parlor.*` subprotocol.
fn dialect(headers: &HeaderMap) -> Result<Dialect, HandshakeError> {
    let mut offers = items(headers, &header::SEC_WEBSOCKET_PROTOCOL).filter(|offer| offer.starts_with("parlor."));
    match offers.next() {
        None => Ok(Dialect::Plain),
        Some(first) if first == SUBPROTOCOL || offers.any(|offer| offer == SUBPROTOCOL) => Ok(Dialect::Rich),
        Some(_) => Err(HandshakeError::Subprotocol),
    }
}

fn has_item(headers: &HeaderMap, name: &HeaderName, value: &str) -> bool {
    items(headers, name).any(|item| item.eq_ignore_ascii_case(value))
}

/// The items of a header that is a comma-separated list (RFC 9110 §5.6.1).
fn items<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).flat_map(|list| list.split(',')).map(str::trim)
}

/// Whether a value is an `extension-list` of RFC 6455 §9.1: extensions separated by commas, each a token with
/// parameters after semicolons. The values of parameters are tokens, quoted or not.
fn is_extension_list(list: &str) -> bool {
    // RFC 9110 §5.6.1.2 allows empty items in a list, but at least one item must not be empty.
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

/// Whether a value is a token or a quoted token. The content of the quotes must be a token (RFC 6455 §9.1).
fn is_value(value: &str) -> bool {
    match value.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"').is_some_and(is_token),
        None => is_token(value),
    }
}

/// Whether a text is a `token` of RFC 9110 §5.6.2.
fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extension_lists_are_parsed_as_in_rfc_6455_9_1() {
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
