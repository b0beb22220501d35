//! The embedded engine as a [`NameDirectory`]: the registry in memory decides who holds a name, and the names of accounts
//! are stored in the database too.

use async_trait::async_trait;
use parlor::{Author, AuthorId, Name};

use super::super::sql::store::{SqlStore as _, WriteContext, WriteScope};
use super::super::{ConfusableKey, EngineError, NameDirectory, NameHolder};
use super::{EmbeddedEngine, names};

#[async_trait]
impl NameDirectory for EmbeddedEngine {
    async fn claim_name(&self, author: &Author, holder: NameHolder) -> Result<(), EngineError> {
        let previous = {
            let mut names = self.names.lock();
            let previous = names.name_of(&author.id).cloned();
            names.claim(&author.name, &author.id).map_err(|_| EngineError::NameTaken)?;
            previous
        };
        if holder == NameHolder::Connection {
            return Ok(());
        }
        let (stored, forgotten) = (author.clone(), self.forgotten.lock().clone());
        let write = move |context: &mut WriteContext<'_>| {
            names::release(context.database, &forgotten)?;
            names::claim(context.database, &stored)?;
            Ok(Ok(forgotten))
        };
        let error = match self.write(WriteScope::Server, write).await {
            Ok(released) => {
                self.forgotten.lock().retain(|id| !released.contains(id));
                return Ok(());
            }
            Err(error) => error,
        };
        let mut names = self.names.lock();
        match previous {
            // Another holder can have claimed the previous name in the meantime. Then this one has lost it.
            Some(previous) if names.claim(&previous, &author.id).is_ok() => Err(error),
            previous => {
                names.release(&author.id);
                Err(if previous.is_some() { EngineError::NameLost } else { error })
            }
        }
    }

    async fn release_names(&self, ids: Vec<AuthorId>) -> Result<(), EngineError> {
        // Released first, so that a claim of the same account that comes now is not undone.
        let released: Vec<_> = {
            let mut names = self.names.lock();
            let held = ids.iter().filter_map(|id| Some((id.clone(), names.name_of(id)?.clone()))).collect();
            ids.iter().for_each(|id| names.release(id));
            held
        };
        let stored =
            self.write(WriteScope::Server, move |context| Ok(Ok(names::release(context.database, &ids)?))).await;
        if stored.is_err() {
            let mut names = self.names.lock();
            for (id, name) in released {
                // Another holder can have claimed it in the meantime.
                let _ = names.claim(&name, &id);
            }
        }
        stored
    }

    fn forget_name(&self, id: &AuthorId, holder: NameHolder) {
        self.names.lock().release(id);
        if holder == NameHolder::Account {
            self.forgotten.lock().push(id.clone());
        }
    }

    async fn hold_name(&self, account: &AuthorId) -> Result<Option<Name>, EngineError> {
        Ok(self.names.lock().name_of(account).cloned())
    }

    async fn names_held_before(&self) -> Result<Vec<Author>, EngineError> {
        self.holders().await
    }

    async fn holders(&self) -> Result<Vec<Author>, EngineError> {
        self.read(names::holders).await
    }

    async fn holders_of(&self, keys: Vec<ConfusableKey>) -> Result<Vec<Author>, EngineError> {
        let names = self.names.lock();
        let holders = keys.iter().flat_map(|key| names.holders_of(key));
        let author = |id: &AuthorId| Some(Author { id: id.clone(), name: names.name_of(id)?.clone() });
        Ok(holders.filter_map(author).collect())
    }
}
