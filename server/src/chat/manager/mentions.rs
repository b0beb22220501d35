//! Who is mentioned in a message: resolved once, before it is put into the log.

use parlor::{AuthorId, Body, Mention};
use parlor_markup::{Candidates, Names, name_key};

use super::super::names::Look;
use super::super::room::Room;
use super::ConnectionManager;
use crate::engine::EngineError;

impl ConnectionManager {
    /// The people mentioned in a text: those who are present in the room, and its members under the last name that each
    /// of them bore. Of equal names that of a present person counts. `None` for a text without an `@`.
    ///
    /// # Errors
    /// [`EngineError::Unavailable`] when the members can't be read.
    pub(super) async fn resolve_mentions(&self, room: &Room, body: &Body) -> Result<Option<Vec<Mention>>, EngineError> {
        if !body.as_str().contains('@') {
            return Ok(None);
        }
        let mut keys = Candidates::of(body.as_str());
        // Folding takes the time, and needs no lock.
        let looks: Vec<_> = keys.iter().filter_map(|key| Look::folded(key)).collect();
        let mut known: Vec<(String, AuthorId)> = {
            let people = self.people.lock();
            let named = looks
                .iter()
                .flat_map(|look| people.with_look(look))
                .map(|author| (name_key(author.name.as_str()), author.id));
            named.filter(|(key, id)| keys.binary_search(key).is_ok() && room.has_person(id)).collect()
        };
        keys.retain(|key| known.iter().all(|(present, _)| present != key));
        if !keys.is_empty() {
            known.extend(self.engine.members_named(&room.name, keys).await?);
        }
        Ok(Some(Names::new(known).mentions(body.as_str())))
    }
}
