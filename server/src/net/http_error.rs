//! Why a request does not get what it asks for.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use parlor::RoomName;

use super::origin::Scheme;

/// An answer with a status of 400 or above. As a response it is a short text for programs, and carries itself as an
/// extension, from which a page is made for people (`http::error_page`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HttpError {
    /// Nothing is at this address.
    UnknownAddress,
    /// No room can have the name in the address.
    InvalidRoom,
    /// What stands for a message in an address of this room is not the number of one.
    InvalidMessage(RoomName),
    /// A part of the request can't be read: its query, its form, its encoding.
    Malformed,
    /// The address does not take this method.
    MethodNotAllowed,
    /// The body is longer than [`HTTP_BODY_BYTES`](parlor::limits::HTTP_BODY_BYTES).
    TooLarge,
    /// A form came without the session's cookie.
    NoCookie,
    /// A form came from a page of another site.
    ForeignForm,
    /// Only somebody with a name may do this.
    Nameless,
    /// The address of the client has as much of something as one may have.
    TooMany,
    /// The server can't answer at the moment.
    Unavailable,
    /// The server has failed at this request.
    Failed,
    /// `Host` is missing, repeated or no host (RFC 9112 §3.2).
    InvalidHost,
    /// The server is not called so.
    Misdirected {
        /// The host that the request names, with its port where that is not the scheme's own.
        host: String,
        /// How the page was asked for.
        scheme: Scheme,
    },
}

impl HttpError {
    /// What a status says of a request, where nothing else does.
    pub(crate) fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::FORBIDDEN => Self::ForeignForm,
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::UPGRADE_REQUIRED => Self::UnknownAddress,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::TOO_MANY_REQUESTS => Self::TooMany,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            status if status.is_server_error() => Self::Failed,
            _ => Self::Malformed,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownAddress | Self::InvalidRoom | Self::InvalidMessage(_) => StatusCode::NOT_FOUND,
            Self::Malformed | Self::InvalidHost => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NoCookie | Self::ForeignForm | Self::Nameless => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Misdirected { .. } => StatusCode::MISDIRECTED_REQUEST,
        }
    }

    /// What programs are told, in English, with a line break at its end.
    pub(crate) fn text(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::UnknownAddress => "There is nothing at this address.\n",
            Self::InvalidRoom => "A room's name has lower-case letters, digits, - and _, at most 64 bytes.\n",
            Self::InvalidMessage(_) => "The address of a message ends with its number.\n",
            Self::Malformed => "The request can't be read.\n",
            Self::MethodNotAllowed => "This address does not take the method of the request.\n",
            Self::TooLarge => "The request is too large.\n",
            Self::NoCookie => "Your browser has not sent the cookie that this page gave it.\n",
            Self::ForeignForm => "Pages of other sites may not do this.\n",
            Self::Nameless => "A name is needed first.\n",
            Self::TooMany => "This address has too many connections.\n",
            Self::Unavailable => "The server can't answer at the moment.\n",
            Self::Failed => "The server failed to answer this request.\n",
            Self::InvalidHost => "A request has one Host header with a host and perhaps a port (RFC 9112, 3.2).\n",
            Self::Misdirected { host, scheme } => {
                return Cow::Owned(format!(
                    "This server does not know that it is called {host}, and answers to its own names alone: a page of \
                     another site could otherwise pass for one of its own.\n\nIf you host it, start it with\n\n    \
                     {}\n",
                    public_url(host, *scheme)
                ));
            }
        })
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.text()).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The flag by which the program takes requests for this host.
pub(crate) fn public_url(host: &str, scheme: Scheme) -> String {
    format!("--public-url {scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_a_status_and_one_of_that_status_is_told_alike() {
        for error in [
            HttpError::UnknownAddress,
            HttpError::Malformed,
            HttpError::MethodNotAllowed,
            HttpError::TooLarge,
            HttpError::ForeignForm,
            HttpError::TooMany,
            HttpError::Unavailable,
            HttpError::Failed,
        ] {
            let response = error.clone().into_response();
            assert!(response.status().is_client_error() || response.status().is_server_error(), "{error:?}");
            assert_eq!(HttpError::from_status(response.status()), error);
            assert_eq!(response.extensions().get(), Some(&error));
        }
    }

    #[test]
    fn statuses_without_an_error_of_their_own_are_the_clients_or_the_servers_fault() {
        for (status, error) in [(415, HttpError::Malformed), (422, HttpError::Malformed), (502, HttpError::Failed)] {
            assert_eq!(HttpError::from_status(StatusCode::from_u16(status).unwrap()), error);
        }
    }
}
