//! The engine as a [`NameDirectory`]: the database decides who holds a name, and this node knows what its people hold.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use parlor::{Author, AuthorId, Name};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

use super::super::sql::store::{SqlStore as _, WriteContext, WriteScope};
use super::super::{ConfusableKey, EngineError, NameDirectory, NameHolder};
use super::writer::Request;
use super::{PostgresEngine, names};

/// The names that people of this node hold.
#[derive(Debug, Default)]
pub(super) struct HeldNames(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    held: HashMap<AuthorId, (Name, NameHolder)>,
    /// The names that still have to be released in the database.
    pending: Vec<PendingRelease>,
}

/// A name that is to be released, when everything that its holder has written is committed or refused: until then the
/// holder must keep it.
#[derive(Debug)]
struct PendingRelease {
    holder: AuthorId,
    /// Its sender is dropped when that is so.
    written: oneshot::Receiver<()>,
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
        state.pending.retain(|release| release.holder != author.id);
        state.held.insert(author.id.clone(), (author.name.clone(), holder));
    }

    /// Removes names that are not held any more.
    pub(super) fn forget(&self, ids: &[AuthorId]) {
        let mut state = self.0.lock();
        ids.iter().for_each(|id| drop(state.held.remove(id)));
    }

    fn release_later(&self, id: &AuthorId, written: oneshot::Receiver<()>) {
        let mut state = self.0.lock();
        state.held.remove(id);
        state.pending.push(PendingRelease { holder: id.clone(), written });
    }

    /// Holders whose names still have to be released.
    fn pending(&self) -> Vec<AuthorId> {
        self.0.lock().pending.iter().map(|release| release.holder.clone()).collect()
    }

    /// Holders whose names can be released now.
    pub(super) fn releasable(&self) -> Vec<AuthorId> {
        let mut state = self.0.lock();
        let written = |release: &mut PendingRelease| release.written.try_recv() != Err(TryRecvError::Empty);
        let releasable =
            state.pending.iter_mut().filter_map(|release| written(release).then(|| release.holder.clone()));
        releasable.collect()
    }

    /// Records that names were released in the database.
    pub(super) fn released(&self, ids: &[AuthorId]) {
        self.0.lock().pending.retain(|release| !ids.contains(&release.holder));
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
        let (barrier, written) = oneshot::channel();
        self.names.release_later(id, written);
        let requests = self.requests.lock().clone();
        // Outside of the runtime, at the end of the process, nothing is released any more.
        if let (Some(requests), Ok(runtime)) = (requests, Handle::try_current()) {
            runtime.spawn(async move { requests.send(Request::Barrier(Arc::new(barrier))).await });
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_released_only_when_what_its_holder_wrote_is_decided() {
        let (names, ana) = (HeldNames::default(), AuthorId("ana".into()));
        let (writing, written) = oneshot::channel();
        names.release_later(&ana, written);
        assert_eq!((names.pending(), names.releasable()), (vec![ana.clone()], vec![]));
        drop(writing);
        assert_eq!(names.releasable(), std::slice::from_ref(&ana));
        names.released(&[ana]);
        assert_eq!((names.pending(), names.releasable()), (vec![], vec![]));
    }
}
