//! The engine as a [`NameDirectory`]: the database decides who holds a name, and this node knows what its people hold.

use std::collections::HashMap;

use async_trait::async_trait;
use parking_lot::Mutex;
use parlor::{Author, AuthorId, Name};

use super::super::sql::store::{SqlStore as _, WriteContext, WriteScope};
use super::super::{ConfusableKey, EngineError, NameDirectory, NameHolder};
use super::{PostgresEngine, names};

/// The names that people of this node hold.
#[derive(Debug, Default)]
pub(super) struct HeldNames(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    held: HashMap<AuthorId, (Name, NameHolder)>,
    /// Holders whose names still have to be released in the database.
    pending: Vec<AuthorId>,
}

impl HeldNames {
    /// All of them.
    pub(super) fn all(&self) -> Vec<(Author, NameHolder)> {
        let state = self.0.lock();
        let held = state.held.iter();
        held.map(|(id, (name, holder))| (Author { id: id.clone(), name: name.clone() }, *holder)).collect()
    }

    fn insert(&self, author: &Author, holder: NameHolder) {
        let mut state = self.0.lock();
        state.pending.retain(|id| *id != author.id);
        state.held.insert(author.id.clone(), (author.name.clone(), holder));
    }

    /// Removes names that are not held any more.
    pub(super) fn forget(&self, ids: &[AuthorId]) {
        let mut state = self.0.lock();
        ids.iter().for_each(|id| drop(state.held.remove(id)));
    }

    fn release_later(&self, id: &AuthorId) {
        let mut state = self.0.lock();
        state.held.remove(id);
        state.pending.push(id.clone());
    }

    /// Holders whose names still have to be released.
    pub(super) fn pending(&self) -> Vec<AuthorId> {
        self.0.lock().pending.clone()
    }

    /// Records that names were released in the database.
    pub(super) fn released(&self, ids: &[AuthorId]) {
        self.0.lock().pending.retain(|id| !ids.contains(id));
    }
}

#[async_trait]
impl NameDirectory for PostgresEngine {
    async fn claim_name(&self, author: &Author, holder: NameHolder) -> Result<(), EngineError> {
        let node = self.check_lease()?;
        let (claimed, pending) = (author.clone(), self.names.pending());
        if !pending.is_empty() {
            // What they have written is older than what the next holder of their names writes.
            self.written().await?;
        }
        let released = pending.clone();
        let claim = self.write(WriteScope::Account(author.id.clone()), move |context| {
            names::release(context.database, &released, node)?;
            names::claim(context.database, &claimed, holder, node)
        });
        claim.await?;
        self.names.released(&pending);
        self.names.insert(author, holder);
        Ok(())
    }

    async fn release_names(&self, accounts: Vec<AuthorId>) -> Result<(), EngineError> {
        let node = self.check_lease()?;
        self.written().await?;
        let ids = accounts.clone();
        let release = self.write(WriteScope::Server, move |context| {
            names::release(context.database, &ids, node)?;
            Ok(Ok(()))
        });
        release.await?;
        self.names.forget(&accounts);
        Ok(())
    }

    fn forget_name(&self, id: &AuthorId, _: NameHolder) {
        self.names.release_later(id);
    }

    async fn hold_name(&self, account: &AuthorId) -> Result<Option<Name>, EngineError> {
        let node = self.check_lease()?;
        let id = account.clone();
        // Most accounts that connect hold no name.
        let known = self.read(move |database| names::is_account(database, &id)).await?;
        if !known {
            return Ok(None);
        }
        let id = account.clone();
        let hold = move |context: &mut WriteContext<'_>| Ok(Ok(names::hold(context.database, &id, node)?));
        let held = self.write(WriteScope::Account(account.clone()), hold).await?;
        if let Some(name) = &held {
            self.names.insert(&Author { id: account.clone(), name: name.clone() }, NameHolder::Account);
        }
        Ok(held)
    }

    async fn names_held_before(&self) -> Result<Vec<Author>, EngineError> {
        // Those of an earlier process are held until its lease has ended, and then for a grace.
        Ok(Vec::new())
    }

    async fn holders(&self) -> Result<Vec<Author>, EngineError> {
        self.read(names::accounts).await
    }

    async fn holders_of(&self, keys: Vec<ConfusableKey>) -> Result<Vec<Author>, EngineError> {
        let pending = self.names.pending();
        let mut holders = self.read(move |database| names::holders_of(database, &keys)).await?;
        holders.retain(|holder| !pending.contains(&holder.id));
        Ok(holders)
    }
}
