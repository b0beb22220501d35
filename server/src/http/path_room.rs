//! The room and the message that a path names.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use parlor::RoomName;

use super::canonical_path;
use crate::net::HttpError;

/// The room of a path below `/r/NAME` or `/p/ID`; the lobby for a path without a room. An axum extractor.
///
/// # Errors
/// [`HttpError::Malformed`] if it is not UTF-8; [`HttpError::InvalidRoom`] for a name that no room can have, the id of a private room included. For an id
/// [`HttpError::NoSuchRoom`], as for a well-formed id of no room.
#[derive(Clone, Debug)]
pub(super) struct PathRoom(pub(super) RoomName);

impl<S: Sync> FromRequestParts<S> for PathRoom {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HttpError> {
        let Some(name) = parameter(parts, "room").await? else { return Ok(Self(RoomName::default())) };
        let room = if parts.uri.path().starts_with("/p/") {
            RoomName::parse(&format!("~{name}")).map_err(|_| HttpError::NoSuchRoom)?
        } else {
            let room = RoomName::parse(&name).ok().filter(|room| !room.is_private());
            room.ok_or(HttpError::InvalidRoom)?
        };
        Ok(Self(room))
    }
}

/// The message of a path below `/r/NAME` or `/p/ID`: its room and its seq. An axum extractor.
///
/// # Errors
/// Those of [`PathRoom`], and [`HttpError::InvalidMessagePath`].
#[derive(Clone, Debug)]
pub(super) struct PathMessage(pub(super) RoomName, pub(super) u64);

impl<S: Sync> FromRequestParts<S> for PathMessage {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HttpError> {
        let PathRoom(room) = PathRoom::from_request_parts(parts, state).await?;
        let seq = parameter(parts, "seq").await?.unwrap_or_default();
        match canonical_path::parse_seq(&seq) {
            Some(seq) => Ok(Self(room, seq)),
            None => Err(HttpError::InvalidMessagePath(room)),
        }
    }
}

/// The part of the path with this name in its route.
async fn parameter(parts: &mut Parts, name: &str) -> Result<Option<String>, HttpError> {
    let path = Path::<HashMap<String, String>>::from_request_parts(parts, &()).await;
    // A part that is not UTF-8.
    let Path(mut parameters) = path.map_err(|_| HttpError::Malformed)?;
    Ok(parameters.remove(name))
}
