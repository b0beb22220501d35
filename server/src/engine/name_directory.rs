//! The interface of the storage of names that are held. A name and all names that can be confused with it have one
//! holder (invariant 6).

use async_trait::async_trait;
use parlor::{Author, AuthorId, Name};

use super::EngineError;
use super::name_registry::ConfusableKey;

/// Stores who holds which name.
///
/// What a method writes is on disk when it returns. All methods fail with [`EngineError::Unavailable`] when the database
/// can't be read or written; others are named.
#[async_trait]
pub trait NameDirectory: std::fmt::Debug + Send + Sync + 'static {
    /// Gives a name to an account or a connection of the plain dialect, in place of the one that it holds.
    ///
    /// # Errors
    /// [`EngineError::NameTaken`] if another holder has the name or a confusable one (invariant 6).
    async fn claim_name(&self, author: &Author, holder: NameHolder) -> Result<(), EngineError>;

    /// Releases the names of accounts. If this fails, they still hold them.
    async fn release_names(&self, accounts: Vec<AuthorId>) -> Result<(), EngineError>;

    /// Releases the name of a connection of the plain dialect, or of an account whose release could not be stored: after
    /// a restart that account holds it again, unless another one has claimed a name since.
    fn forget_name(&self, id: &AuthorId, holder: NameHolder);

    /// Lets this process hold the name that an account holds already, on a device that is connected elsewhere or was
    /// connected to another process. Returns the name; `None` if the account holds none.
    async fn hold_name(&self, account: &AuthorId) -> Result<Option<Name>, EngineError>;

    /// The accounts whose names this process has held since before it started.
    async fn names_held_before(&self) -> Result<Vec<Author>, EngineError>;

    /// The accounts that hold a name.
    async fn holders(&self) -> Result<Vec<Author>, EngineError>;

    /// The holders of names with one of these keys, connections included. May include others, since keys are compared
    /// by their hash.
    async fn holders_of(&self, keys: Vec<ConfusableKey>) -> Result<Vec<Author>, EngineError>;
}

/// Who holds a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameHolder {
    /// An account. Its name is stored.
    Account,
    /// A connection of the plain dialect. Its name ends with it.
    Connection,
}
