//! The fields of a submitted form, of which some may occur several times.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;

use crate::net::HttpError;

/// The fields of a form (`application/x-www-form-urlencoded`), in their order. An axum extractor, which rejects a malformed
/// one.
#[derive(Clone, Debug, Default)]
pub(super) struct FormFields(Vec<(String, String)>);

impl FormFields {
    /// Reads a form; `None` if it is malformed.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let decode = |text: &str| Some(percent_decode_str(&text.replace('+', " ")).decode_utf8().ok()?.into_owned());
        let pairs = std::str::from_utf8(body).ok()?.split('&').filter(|pair| !pair.is_empty());
        let fields = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        });
        Some(Self(fields.collect::<Option<_>>()?))
    }

    /// The first value of a field; empty without one.
    pub(super) fn field(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// All values of a field.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

impl<S: Send + Sync> FromRequest<S> for FormFields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let body = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Self::parse(&body).ok_or_else(|| HttpError::Malformed.into_response())
    }
}
