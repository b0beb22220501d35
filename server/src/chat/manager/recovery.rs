//! Recovery codes: with theirs a person is back on any device.

use std::time::Instant;

use parlor::{ErrorCode, Token, UnixMillis};

use super::super::session::visitor_account;
use super::super::{ClientAddress, RecoveryCode, Session};
use super::ConnectionManager;
use crate::engine::EngineError;

impl ConnectionManager {
    /// Makes a recovery code for a session's account, in place of the one that was made at `replaces`. Only its hash is
    /// stored. `None`, and nothing is made, if the account has another one by now: a form that is sent twice would replace
    /// the code that was just shown.
    ///
    /// # Errors
    /// [`ErrorCode::NotNamed`] for an account that never had a name or a session that has ended, or
    /// [`ErrorCode::Unavailable`] if it can't be stored.
    pub async fn make_recovery_code(
        &self,
        session: &Session,
        replaces: Option<UnixMillis>,
    ) -> Result<Option<RecoveryCode>, ErrorCode> {
        let _changing = self.lock_settings().await;
        if !self.is_session_valid(session).await? || self.last_name(session).await?.is_none() {
            return Err(ErrorCode::NotNamed);
        }
        if self.directory.recovery_code_created(&session.account).await? != replaces {
            return Ok(None);
        }
        let code = RecoveryCode::generate();
        self.directory.set_recovery_code(&session.account, code.hash()).await?;
        Ok(Some(code))
    }

    /// Removes the recovery code of a session's account.
    ///
    /// # Errors
    /// The directory can't be written.
    pub async fn remove_recovery_code(&self, session: &Session) -> Result<(), EngineError> {
        self.directory.remove_recovery_code(&session.account).await
    }

    /// When the recovery code of a session's account was made; `None` if it has none.
    ///
    /// # Errors
    /// The directory can't be read.
    pub async fn recovery_code_created(&self, session: &Session) -> Result<Option<UnixMillis>, EngineError> {
        self.directory.recovery_code_created(&session.account).await
    }

    /// Begins a session of the account of a recovery code, which takes its last name again if nobody else has it.
    /// `None` if there is no such code.
    ///
    /// # Errors
    /// [`ErrorCode::TooFast`] if the address has tried too many codes, or [`ErrorCode::Unavailable`].
    pub async fn recover(&self, code: &str, address: ClientAddress, device: &str) -> Result<Option<Token>, ErrorCode> {
        if self.recovery_tries.take(&address, Instant::now()).is_err() {
            self.limit_log.reached(address, "RECOVERY_TRIES_PER_MINUTE");
            return Err(ErrorCode::TooFast);
        }
        let Some(code) = RecoveryCode::parse(code) else { return Ok(None) };
        let token = self.tokens.issue();
        let new = Session::new(visitor_account(&token), &token, device);
        let Some((account, name)) = self.directory.redeem_recovery_code(code.hash(), new.to_stored()).await? else {
            return Ok(None);
        };
        let session = Session { account, ..new };
        if let Some(name) = name {
            // Somebody else may have the name now. Then the page asks for another one.
            let _ = self.claim_form_name(&session, address, name.as_str()).await;
        }
        Ok(Some(token))
    }
}
