//! Resolves the mentions in a message, once, before it is appended to the log.

use parlor::{AuthorId, Body, Mention};
use parlor_markup::{NameCandidates, NameIndex, name_key};

use super::super::room::Room;
use super::ConnectionManager;
use crate::access::ReadPermit;
use crate::engine::{ConfusableKey, EngineError};

impl ConnectionManager {
    /// The people mentioned in a text: people in the room, and people who have joined it, under the last name
    /// that each of them had. If names are equal, the person in the room counts. `None` for a text without an `@`.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] if the directory cannot be read.
    pub(super) async fn resolve_mentions(
        &self,
        room: &Room,
        permit: &ReadPermit,
        body: &Body,
    ) -> Result<Option<Vec<Mention>>, EngineError> {
        if !body.as_str().contains('@') {
            return Ok(None);
        }
        let mut keys = NameCandidates::of(body.as_str());
        let confusable_keys = keys.iter().filter_map(|key| ConfusableKey::folded(key)).collect();
        let holders = self.directory.holders_of(confusable_keys).await?.into_iter();
        let mut known: Vec<(String, AuthorId)> = holders
            .map(|author| (name_key(author.name.as_str()), author.id))
            .filter(|(key, id)| keys.binary_search(key).is_ok() && room.has_person(id))
            .collect();
        keys.retain(|key| known.iter().all(|(present, _)| present != key));
        if !keys.is_empty() {
            known.extend(self.directory.joined_people_named(permit, keys).await?);
        }
        Ok(Some(NameIndex::new(known).mentions(body.as_str())))
    }
}
