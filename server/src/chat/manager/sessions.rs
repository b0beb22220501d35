//! Sessions and accounts: how a client proves its session, the connections of an account, and the name that it holds.

use std::sync::Arc;

use parlor::{AuthorId, CloseCode, Name, Token, UnixMillis};

use super::super::session::{old_account, visitor_account};
use super::super::{ClientAddress, Connection, Session};
use super::ConnectionManager;
use crate::engine::{DeviceLink, EngineError, SecretHash, SecretLookup, SessionId, SessionRecord, now};
use crate::random;

/// How often the use of a session or bot token is recorded at most, in milliseconds.
pub(super) const USE_INTERVAL_MS: u64 = 60 * 60 * 1_000;

/// The session of a client.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// The secret of a session that began just now, for the client.
    pub token: Option<Token>,
}

/// What a secret proves.
enum Proof {
    /// This stored session, whose secret stays valid.
    Session(Session),
    /// The session of a visitor, of which nothing is stored.
    Visitor(Session),
    /// The account of this session, by a secret from before sessions were stored. It is exchanged for a new one.
    OldSecret(AuthorId),
    /// Nothing: the server has not issued it, or the session has ended.
    Nothing,
}

impl ConnectionManager {
    /// The session that a client proves by its secret, or a new one for a visitor. Nothing is stored for a visitor.
    ///
    /// A secret that the server did not issue is never adopted. One from before sessions were stored is exchanged for one
    /// of a session of the same account.
    ///
    /// # Errors
    /// The directory can't be read or written.
    pub async fn sign_in(&self, secret: Option<&Token>, device: &str) -> Result<SignedIn, EngineError> {
        let proof = match secret {
            Some(secret) => self.check_secret(secret, device).await?,
            None => Proof::Nothing,
        };
        self.sign_in_with(proof, device).await
    }

    /// Like [`sign_in`](Self::sign_in), by a secret that somebody else may have planted in the browser. That of a visitor
    /// does not count: its owner could wait until the visitor has an account.
    ///
    /// # Errors
    /// The directory can't be read or written.
    pub async fn sign_in_by_insecure_cookie(&self, secret: &Token, device: &str) -> Result<SignedIn, EngineError> {
        let proof = match self.check_secret(secret, device).await? {
            Proof::Visitor(_) => Proof::Nothing,
            proof => proof,
        };
        self.sign_in_with(proof, device).await
    }

    async fn sign_in_with(&self, proof: Proof, device: &str) -> Result<SignedIn, EngineError> {
        let account = match proof {
            Proof::Session(session) | Proof::Visitor(session) => return Ok(SignedIn { session, token: None }),
            Proof::OldSecret(account) => Some(account),
            Proof::Nothing => None,
        };
        let token = self.tokens.issue();
        if let Some(account) = account {
            let session = Session::new(account, &token, device);
            if self.directory.add_session_by_old_secret(session.to_stored()).await? {
                return Ok(SignedIn { session, token: Some(token) });
            }
        }
        let session = Session::new(visitor_account(&token), &token, device);
        Ok(SignedIn { session, token: Some(token) })
    }

    /// The session that a client proves by its secret. Issues no new one.
    ///
    /// # Errors
    /// The directory can't be read.
    pub async fn identify(&self, secret: &Token) -> Result<Option<Session>, EngineError> {
        Ok(match self.check_secret(secret, "").await? {
            Proof::Session(session) | Proof::Visitor(session) => Some(session),
            Proof::OldSecret(account) => Some(Session { is_old_secret: true, ..Session::new(account, secret, "") }),
            Proof::Nothing => None,
        })
    }

    async fn check_secret(&self, secret: &Token, device: &str) -> Result<Proof, EngineError> {
        if !self.tokens.has_issued(secret) {
            let account = old_account(secret);
            let (_, valid_until) = self.directory.sessions(&account).await?;
            let valid = valid_until.is_some_and(|until| until > now());
            return Ok(if valid { Proof::OldSecret(account) } else { Proof::Nothing });
        }
        let account = visitor_account(secret);
        Ok(match self.directory.look_up_secret(SecretHash::of_token(secret), account.clone()).await? {
            SecretLookup::Session(record) => {
                if record.last_used + USE_INTERVAL_MS < now() {
                    // If this can't be stored now, the next use is.
                    let _ = self.directory.mark_session_used(record.id).await;
                }
                self.find_name(&record.account).await;
                Proof::Session(Session::new(record.account, secret, device))
            }
            SecretLookup::Unknown => Proof::Visitor(Session::new(account, secret, device)),
            SecretLookup::AccountOnly => Proof::Nothing,
        })
    }

    /// Stores the account of a visitor, who has something to be stored now.
    pub(super) async fn store_account(&self, session: &Session) -> Result<(), EngineError> {
        // An account with a name is stored, and that of a bot is none of a person.
        if self.author(session).is_some() || session.bot.is_some() {
            Ok(())
        } else {
            self.directory.store_account(session.to_stored()).await
        }
    }

    /// Begins a session of the account of a device link, which is used up. `None` if the link is not valid.
    ///
    /// # Errors
    /// The directory can't be written.
    pub async fn redeem_device_link(&self, code: &str, device: &str) -> Result<Option<Token>, EngineError> {
        let token = self.tokens.issue();
        let session = Session::new(visitor_account(&token), &token, device).to_stored();
        let account = self.directory.redeem_device_link(SecretHash::of_code(code), session).await?;
        Ok(account.map(|_| token))
    }

    /// Makes a device link for a session's account and returns its code; `None` if the session has ended.
    ///
    /// # Errors
    /// The directory can't be written.
    pub async fn create_device_link(
        &self,
        session: &Session,
        address: ClientAddress,
    ) -> Result<Option<String>, EngineError> {
        let _changing = self.lock_settings().await;
        if !self.is_session_valid(session).await? {
            return Ok(None);
        }
        let code = random::text::<16>();
        let (account, address_text) = (session.account.clone(), address.to_string());
        let (code_hash, session) = (SecretHash::of_code(&code), session.secret);
        let link = DeviceLink { code: code_hash, account, session, address: address_text };
        if let Some(limit) = self.directory.add_device_link(link).await? {
            self.limit_log.reached(address, limit);
        }
        Ok(Some(code))
    }

    /// The name of the account of a valid device link; `None` if the link is not valid or the account has no name.
    ///
    /// # Errors
    /// The directory can't be read.
    pub async fn device_link_name(&self, code: &str) -> Result<Option<Name>, EngineError> {
        let account = self.directory.device_link(SecretHash::of_code(code)).await?;
        Ok(account.and_then(|account| self.accounts.lock().author(&account)).map(|author| author.name))
    }

    /// Adds a connection to its account and returns the name that the account holds.
    pub fn attach_session(&self, connection: &Arc<Connection>, session: &Session) -> Option<Name> {
        self.connections.set_identity(connection.id, &session.account);
        connection.mark_registered();
        let mut accounts = self.accounts.lock();
        accounts.add_connection(session, connection);
        self.update_away(&accounts, &session.account);
        accounts.author(&session.account).map(|author| author.name)
    }

    /// Whether a session has not ended.
    ///
    /// # Errors
    /// The directory can't be read: a client must not take that for the end of its session, at which it erases what it
    /// stores.
    pub async fn is_session_valid(&self, session: &Session) -> Result<bool, EngineError> {
        if session.bot.is_some() {
            return Ok(self.directory.bot_token(session.secret).await?.is_some());
        }
        if session.is_old_secret {
            let (_, valid_until) = self.directory.sessions(&session.account).await?;
            return Ok(valid_until.is_some_and(|until| until > now()));
        }
        Ok(match self.directory.look_up_secret(session.secret, session.account.clone()).await? {
            SecretLookup::Session(record) => record.account == session.account,
            // That of a visitor is not stored.
            SecretLookup::Unknown => true,
            SecretLookup::AccountOnly => false,
        })
    }

    /// The sessions of a session's account, the one that was used last first, each with whether it is this one, and until
    /// when the account's secret from before sessions were stored is valid.
    ///
    /// # Errors
    /// The directory can't be read.
    pub async fn sessions(
        &self,
        session: &Session,
    ) -> Result<(Vec<(SessionRecord, bool)>, Option<UnixMillis>), EngineError> {
        let (records, old_secret_until) = self.directory.sessions(&session.account).await?;
        let sessions = records.into_iter().map(|record| {
            let is_this = record.secret == session.secret;
            (record, is_this)
        });
        Ok((sessions.collect(), old_secret_until.filter(|until| *until > now())))
    }

    /// Ends another session of the account, and closes its connections.
    ///
    /// # Errors
    /// The directory can't be written.
    pub async fn end_session(&self, session: &Session, id: SessionId) -> Result<(), EngineError> {
        // What a form of the session changes is changed before it ends, or not at all.
        let _changing = self.lock_settings().await;
        if let Some(secret) = self.directory.end_session(&session.account, id).await? {
            let connections = self.accounts.lock().connections_of_session(&session.account, secret);
            close_signed_out(&connections);
            self.publish_right_ended();
        }
        Ok(())
    }

    /// Ends a session. With the last one of an account its name is released. Without a recovery code nobody can be that
    /// person again, so that its list of rooms ends too.
    ///
    /// # Errors
    /// The directory can't be read or written. The session has not ended then.
    pub async fn sign_out(&self, session: &Session) -> Result<(), EngineError> {
        let (sessions, old_secret_until) = self.sessions(session).await?;
        let own = sessions.iter().find(|(_, is_this)| *is_this);
        if sessions.len() <= 1 && old_secret_until.is_none() {
            return self.sign_out_everywhere(session).await;
        }
        if let Some((record, _)) = own {
            self.end_session(session, record.id).await?;
        }
        Ok(())
    }

    /// Ends all sessions of an account and its old secret, releases its name and closes all its connections with a code
    /// after which clients do not reconnect.
    ///
    /// # Errors
    /// The directory can't be written. No session has ended then.
    pub async fn sign_out_everywhere(&self, session: &Session) -> Result<(), EngineError> {
        let returns = self.recovery_code_created(session).await?.is_some();
        let _changing = self.lock_settings().await;
        self.directory.end_all_sessions(&session.account).await?;
        if returns || self.release_name_and_rooms(session).await.is_err() {
            self.release_names_of(vec![session.account.clone()]).await;
        }
        self.publish_right_ended();
        close_signed_out(&self.accounts.lock().connections(&session.account));
        Ok(())
    }

    /// Number of failed commits of the engine so far: see [`EventLog::failures`](crate::engine::EventLog::failures).
    pub fn failures(&self) -> u64 {
        self.log.failures()
    }
}

/// Closes the connections of a session that has ended.
pub(super) fn close_signed_out(connections: &[Arc<Connection>]) {
    connections.iter().for_each(|connection| connection.close(CloseCode::SIGNED_OUT, "signed out"));
}
