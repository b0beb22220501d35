//! The names that accounts hold: how one is claimed and how it is released.
use std::sync::Arc;
use std::time::Instant;

use parlor::message::ServerMessage;
use parlor::{Author, AuthorId, ErrorCode, Name, RoomName};

use super::super::account_registry::AccountRegistry;
use super::super::{ClientAddress, Room, Session};
use super::ConnectionManager;
use crate::access::ServerAction;
use crate::engine::{AccountChange, EngineError, NameHolder};

impl ConnectionManager {
    /// The account of a session and its name; `None` if it holds no name.
    pub fn author(&self, session: &Session) -> Option<Author> {
        self.accounts.lock().author(&session.account)
    }

    /// Finds the name that an account holds at another node. If that can't be read now, its person claims the name again.
    pub(super) async fn find_name(&self, account: &AuthorId) {
        if self.accounts.lock().author(account).is_some() {
            return;
        }
        if let Ok(Some(name)) = self.directory.hold_name(account).await {
            self.accounts.lock().restore(&Author { id: account.clone(), name }, Instant::now());
        }
    }

    /// The account of a session and its name, for something that the person writes.
    ///
    /// # Errors
    /// [`ErrorCode::MembersOnly`] where writing needs an invitation, or [`ErrorCode::NotNamed`] without a name.
    pub fn author_to_write(&self, session: &Session) -> Result<Author, ErrorCode> {
        self.may_on_server(self.person(session), ServerAction::Write)?;
        self.author(session).ok_or(ErrorCode::NotNamed)
    }

    /// The name that a session's account holds or held last; `None` if it never had one.
    ///
    /// # Errors
    /// The directory can't be read.
    pub async fn last_name(&self, session: &Session) -> Result<Option<Name>, EngineError> {
        match self.author(session) {
            Some(author) => Ok(Some(author.name)),
            None => self.directory.last_name(&session.account).await,
        }
    }

    /// Claims the last name of a session again, for a form that needs one: a person who reads the form has perhaps no open
    /// connection, so that the name was released after the grace period. Nothing happens if the name can't be claimed.
    ///
    /// # Errors
    /// The directory can't be read.
    pub async fn resume_name(&self, session: &Session, address: ClientAddress) -> Result<(), EngineError> {
        if let Some(name) = self.last_name(session).await? {
            let _ = self.claim_form_name(session, address, name.as_str()).await;
        }
        Ok(())
    }

    /// Claims a name for a session, which replaces the previous one, and sends it to all its connections. If the
    /// address has too many names, the name of its longest idle session is released.
    ///
    /// # Errors
    /// [`ErrorCode::MembersOnly`] where writing needs an invitation, the reason why the name is invalid,
    /// [`ErrorCode::NameTaken`], or [`ErrorCode::Unavailable`] if the name cannot be stored.
    pub async fn claim_name(&self, session: &Session, address: ClientAddress, name: &str) -> Result<(), ErrorCode> {
        self.may_on_server(self.person(session), ServerAction::Write)?;
        let author = Author { id: session.account.clone(), name: Name::parse(name)? };
        let to_release = self.accounts.lock().name_to_release(&author.id, address);
        if let Some(id) = to_release {
            self.limit_log.reached(address, "NAMES_PER_ADDRESS");
            self.release_idle_session(id).await;
        }
        self.store_account(session).await?;
        if let Err(error) = self.directory.claim_name(&author, NameHolder::Account).await {
            if error == EngineError::NameLost {
                self.accounts.lock().release_name(&author.id);
            }
            return Err(error.into());
        }
        let (arrivals, rooms) = {
            let mut accounts = self.accounts.lock();
            accounts.count_name(&author.id, address);
            self.show_name(&mut accounts, &author)
        };
        if let Err(code) = self.may_on_server(self.person(session), ServerAction::Write) {
            // The right to write has ended meanwhile, when there was no name to release yet.
            self.release_names_of(vec![author.id]).await;
            return Err(code);
        }
        self.publish_account(&author.id, AccountChange::Named(author.name.clone()));
        for room in arrivals {
            self.broadcast_user_join(&room, author.clone()).await;
        }
        self.add_joined_rooms(session, rooms).await;
        Ok(())
    }

    /// Shows the name that an account holds now to all its connections here, and in their rooms. Returns the rooms in which
    /// the person is new, and the names of all of them.
    pub(super) fn show_name(&self, accounts: &mut AccountRegistry, author: &Author) -> (Vec<Arc<Room>>, Vec<RoomName>) {
        let (mut arrivals, mut rooms) = (Vec::new(), Vec::new());
        let previous = accounts.set_display_name(author);
        let away = accounts.is_away(&author.id);
        for connection in accounts.connections(&author.id) {
            connection.send_rich(&ServerMessage::Claimed { name: author.name.clone() });
            for room in self.rooms_of(&connection) {
                rooms.push(room.name.clone());
                if previous.is_some() {
                    room.rename_person(author);
                } else if room.add_person(author, away) {
                    arrivals.push(room);
                }
            }
        }
        (arrivals, rooms)
    }

    /// Releases an account's name, removes all rooms that it has joined, and tells all its connections. The connections are
    /// told after this is on disk, so that a restart cannot hold a name again that a client knows as released.
    ///
    /// # Errors
    /// [`ErrorCode::Unavailable`] if it cannot be stored. The account keeps its name then.
    pub async fn release_name_and_rooms(&self, session: &Session) -> Result<(), ErrorCode> {
        if self.author(session).is_some() {
            self.directory.release_names(vec![session.account.clone()]).await?;
        }
        self.remove_all_joined_rooms(session).await?;
        self.release_name_of(&session.account);
        self.publish_account(&session.account, AccountChange::Unnamed);
        Ok(())
    }

    pub(super) fn release_name_of(&self, account: &AuthorId) {
        let mut accounts = self.accounts.lock();
        if accounts.author(account).is_none() {
            return;
        }
        accounts.release_name(account);
        for connection in accounts.connections(account) {
            connection.send_rich(&ServerMessage::Unnamed);
        }
        self.rooms.lock().loaded().for_each(|room| room.remove_person(account));
    }

    /// Removes a session without connections and releases its name before its grace period ends.
    pub(super) async fn release_idle_session(&self, id: AuthorId) {
        {
            let mut accounts = self.accounts.lock();
            if !accounts.remove_idle(&id) {
                return;
            }
            self.rooms.lock().loaded().for_each(|room| room.remove_person(&id));
        }
        self.record_released_names(vec![id]).await;
    }

    pub(super) async fn record_released_names(&self, ids: Vec<AuthorId>) {
        if self.directory.release_names(ids.clone()).await.is_err() {
            // The next restart holds the names for one more grace period, which is harmless.
            ids.iter().for_each(|id| self.directory.forget_name(id, NameHolder::Account));
        }
    }

    /// Releases the names of accounts and tells their connections.
    pub(super) async fn release_names_of(&self, accounts: Vec<AuthorId>) {
        if accounts.is_empty() {
            return;
        }
        self.record_released_names(accounts.clone()).await;
        for account in &accounts {
            self.release_name_of(account);
            self.publish_account(account, AccountChange::Unnamed);
        }
    }

    /// Releases the name of an account that another node has released.
    pub(super) async fn follow_release(&self, account: &AuthorId) {
        if self.accounts.lock().author(account).is_some() {
            self.record_released_names(vec![account.clone()]).await;
            self.release_name_of(account);
        }
    }
}
