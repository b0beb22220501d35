//! Resolves the mentions in a message, once, before it is appended to the log.

use parlor::{AuthorId, Body, Mention};
use parlor_markup::{NameCandidates, NameIndex, name_key};

use super::super::name_registry::ConfusableKey;
use super::super::room::Room;
use super::ConnectionManager;
use crate::engine::EngineError;

impl ConnectionManager {
    /// The people mentioned in a text: people in the room, and sessions with a membership in it, under the last name
    /// that each of them had. If names are equal, the person in the room counts. `None` for a text without an `@`.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] if the memberships cannot be read.
    pub(super) async fn resolve_mentions(&self, room: &Room, body: &Body) -> Result<Option<Vec<Mention>>, EngineError> {
        if !body.as_str().contains('@') {
            return Ok(None);
        }
        let mut keys = NameCandidates::of(body.as_str());
        // Case folding is the expensive part and needs no lock.
        let confusable_keys: Vec<_> = keys.iter().filter_map(|key| ConfusableKey::folded(key)).collect();
        let mut known: Vec<(String, AuthorId)> = {
            let sessions = self.sessions.lock();
            let authors = confusable_keys
                .iter()
                .flat_map(|key| sessions.holders_of(key))
                .map(|author| (name_key(author.name.as_str()), author.id));
            authors.filter(|(key, id)| keys.binary_search(key).is_ok() && room.has_person(id)).collect()
        };
        keys.retain(|key| known.iter().all(|(present, _)| present != key));
        if !keys.is_empty() {
            known.extend(self.engine.members_named(&room.name, keys).await?);
        }
        Ok(Some(NameIndex::new(known).mentions(body.as_str())))
    }
}
