//! Changes other than operations on a log, such as those of the directory. They are written in the writer's transactions.

use tokio::sync::oneshot;

use super::super::EngineError;
use super::super::sql::connection::SqlResult;
use super::super::sql::store::WriteContext;

/// A change other than an operation on a log, written in the same transactions.
pub(super) trait Write: std::fmt::Debug + Send {
    /// Writes the change. After an error the transaction has to be rolled back.
    fn write(&mut self, context: &mut WriteContext<'_>) -> SqlResult<()>;

    /// Replies to the request, after the commit or its failure.
    fn reply(self: Box<Self>, committed: bool);
}

/// A [`Write`] as a closure. Its inner error refuses the change: it must not have changed anything then.
pub(super) struct PendingWrite<F, T> {
    pub(super) write: Option<F>,
    pub(super) outcome: Option<Result<T, EngineError>>,
    pub(super) reply: Reply<T>,
}

impl<F, T> std::fmt::Debug for PendingWrite<F, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PendingWrite")
    }
}

impl<F, T> Write for PendingWrite<F, T>
where
    F: FnOnce(&mut WriteContext<'_>) -> SqlResult<Result<T, EngineError>> + Send,
    T: Send,
{
    fn write(&mut self, context: &mut WriteContext<'_>) -> SqlResult<()> {
        if let Some(write) = self.write.take() {
            self.outcome = Some(write(context)?);
        }
        Ok(())
    }

    fn reply(self: Box<Self>, committed: bool) {
        let outcome = self.outcome.filter(|_| committed).unwrap_or(Err(EngineError::Unavailable));
        let _ = self.reply.send(outcome);
    }
}

/// The channel for a request's reply. Its receiver may be gone.
pub(super) type Reply<T> = oneshot::Sender<Result<T, EngineError>>;
