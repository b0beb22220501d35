//! The reason of an error response.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use parlor::RoomName;

use super::origin::Scheme;
use crate::chat::EntryError;

/// The reason of a response with a status of 400 or above.
///
/// As a response it is a short English text for programs. It also adds itself to the response's extensions, from which
/// `http::error_page` renders a page for browsers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HttpError {
    /// No resource has this path.
    UnknownPath,
    /// The room name in the path is invalid.
    InvalidRoom,
    /// Only those who were invited to the server may come in, or may do this.
    MembersOnly,
    /// Only owners of the server may do this.
    ServerOwnersOnly,
    /// There is no such room, or it is private and not open to this person.
    NoSuchRoom,
    /// A room had this name, and was deleted or became private.
    RoomDeleted,
    /// The room can't be created, because this one has the same name or one that looks the same.
    SimilarRoom(RoomName),
    /// Only owners of the room may do this.
    OwnersOnly,
    /// The path of a message in this room does not end with a valid seq.
    InvalidMessagePath(RoomName),
    /// The query, the form or the encoding of the request is malformed.
    Malformed,
    /// The resource does not support this method.
    MethodNotAllowed,
    /// The request body is longer than [`HTTP_BODY_BYTES`](parlor::limits::HTTP_BODY_BYTES).
    BodyTooLarge,
    /// A form was sent without a session cookie.
    MissingCookie,
    /// A form was sent by a page of another origin.
    CrossOriginForm,
    /// The session needs a name for this request.
    NameRequired,
    /// The client's address has reached its limit of connections.
    TooManyConnections,
    /// The server can't handle the request at the moment; a later attempt may succeed.
    Unavailable,
    /// The server failed while it handled the request.
    Internal,
    /// `Host` is missing, repeated or malformed (RFC 9112 §3.2).
    InvalidHost,
    /// The host of the request is not one of this server's.
    Misdirected {
        /// The host of the request, with its port unless that is the default of the scheme.
        host: String,
        /// The scheme of the request.
        scheme: Scheme,
    },
}

impl HttpError {
    /// The most likely reason for a status, for responses that carry none themselves.
    pub(crate) fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::FORBIDDEN => Self::CrossOriginForm,
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::UPGRADE_REQUIRED => Self::UnknownPath,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::BodyTooLarge,
            StatusCode::TOO_MANY_REQUESTS => Self::TooManyConnections,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            status if status.is_server_error() => Self::Internal,
            _ => Self::Malformed,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownPath | Self::InvalidRoom | Self::InvalidMessagePath(_) | Self::NoSuchRoom => {
                StatusCode::NOT_FOUND
            }
            Self::RoomDeleted => StatusCode::GONE,
            Self::SimilarRoom(_) => StatusCode::CONFLICT,
            Self::Malformed | Self::InvalidHost => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MissingCookie
            | Self::CrossOriginForm
            | Self::NameRequired
            | Self::OwnersOnly
            | Self::ServerOwnersOnly
            | Self::MembersOnly => StatusCode::FORBIDDEN,
            Self::TooManyConnections => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Misdirected { .. } => StatusCode::MISDIRECTED_REQUEST,
        }
    }

    /// The response body for programs: English, with a line break at the end.
    pub(crate) fn text(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::UnknownPath => "There is nothing at this address.\n",
            Self::InvalidRoom => "A room's name has lower-case letters, digits, - and _, at most 64 bytes.\n",
            Self::MembersOnly => "Only those who were invited can do this.\n",
            Self::ServerOwnersOnly => "Only an owner of the server can do this.\n",
            Self::NoSuchRoom => "There is no such room.\n",
            Self::RoomDeleted => "This room was deleted.\n",
            Self::SimilarRoom(room) => {
                return Cow::Owned(format!("Another room has this name or one that looks the same: {room}\n"));
            }
            Self::OwnersOnly => "Only an owner of the room can do this.\n",
            Self::InvalidMessagePath(_) => "The address of a message ends with its number.\n",
            Self::Malformed => "The request can't be read.\n",
            Self::MethodNotAllowed => "This address does not take the method of the request.\n",
            Self::BodyTooLarge => "The request is too large.\n",
            Self::MissingCookie => "Your browser has not sent the cookie that this page gave it.\n",
            Self::CrossOriginForm => "Pages of other sites may not do this.\n",
            Self::NameRequired => "A name is needed first.\n",
            Self::TooManyConnections => "This address has too many connections.\n",
            Self::Unavailable => "The server can't answer at the moment.\n",
            Self::Internal => "The server failed to answer this request.\n",
            Self::InvalidHost => "A request has one Host header with a host and perhaps a port (RFC 9112, 3.2).\n",
            Self::Misdirected { host, scheme } => {
                return Cow::Owned(format!(
                    "The host {host} is not one of this server's. It answers only requests for its own hosts, since a \
                     page of another site could otherwise pass as one of its own.\n\nIf you run this server, start it \
                     with\n\n    {}\n",
                    public_url_flag(host, *scheme)
                ));
            }
        })
    }
}

impl From<EntryError> for HttpError {
    fn from(error: EntryError) -> Self {
        match error {
            // Callers redirect to the new name themselves.
            EntryError::NoSuchRoom | EntryError::Moved { .. } => Self::NoSuchRoom,
            EntryError::MembersOnly => Self::MembersOnly,
            EntryError::Deleted => Self::RoomDeleted,
            EntryError::Similar(similar) => Self::SimilarRoom(similar.room),
            EntryError::Unavailable => Self::Unavailable,
        }
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.text()).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The command-line flag that makes the server accept requests for this host.
pub(crate) fn public_url_flag(host: &str, scheme: Scheme) -> String {
    format!("--public-url {scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_has_an_error_status_that_maps_back_to_it() {
        for error in [
            HttpError::UnknownPath,
            HttpError::Malformed,
            HttpError::MethodNotAllowed,
            HttpError::BodyTooLarge,
            HttpError::CrossOriginForm,
            HttpError::TooManyConnections,
            HttpError::Unavailable,
            HttpError::Internal,
        ] {
            let response = error.clone().into_response();
            assert!(response.status().is_client_error() || response.status().is_server_error(), "{error:?}");
            assert_eq!(HttpError::from_status(response.status()), error);
            assert_eq!(response.extensions().get(), Some(&error));
        }
    }

    #[test]
    fn other_statuses_map_to_malformed_or_internal() {
        for (status, error) in [(415, HttpError::Malformed), (422, HttpError::Malformed), (502, HttpError::Internal)] {
            assert_eq!(HttpError::from_status(StatusCode::from_u16(status).unwrap()), error);
        }
    }
}
