//! Follows the rights that have ended, once a second. Most of them have taken effect already, where they were ended. This
//! is for those that nobody here has asked for: a session that a newer one of its account has replaced, and later what
//! other processes end.

use std::sync::atomic::Ordering;

use parlor::{AuthorId, RoomName};

use super::ConnectionManager;
use super::sessions::close_signed_out;
use crate::access::Action;
use crate::engine::{EngineError, Right};

impl ConnectionManager {
    /// Lets the rights that have ended since the last call take effect.
    ///
    /// # Errors
    /// The directory can't be read. The next call tries it again.
    pub async fn follow_ended_rights(&self) -> Result<(), EngineError> {
        for ended in self.directory.ended_rights(self.ended_rights_seen.load(Ordering::Acquire)).await? {
            match ended.right {
                Right::Session(account, secret) => {
                    close_signed_out(&self.accounts.lock().connections_of_session(&account, secret));
                }
                Right::AllSessions(account) => close_signed_out(&self.accounts.lock().connections(&account)),
                Right::RoomMember(room, account) => self.check_member(&room, &account).await?,
                Right::Room(room) => {
                    if let Some(room) = self.loaded_room(&room) {
                        self.close_retired_room(&room).await?;
                    }
                }
                Right::ServerRole(account) => {
                    let _changing = self.lock_settings().await;
                    self.reload_server_role(&account).await?;
                }
                Right::Server => {
                    let _changing = self.lock_settings().await;
                    self.reload_server().await?;
                }
                Right::BotToken(secret) => self.close_bots(secret),
            }
            self.ended_rights_seen.store(ended.counter, Ordering::Release);
        }
        Ok(())
    }

    /// Removes an account from a room in memory if it may no longer read it.
    async fn check_member(&self, name: &RoomName, account: &AuthorId) -> Result<(), EngineError> {
        let _changing = self.lock_settings().await;
        let Some(room) = self.loaded_room(name) else { return Ok(()) };
        let Some(policy) = self.existing_policy(name).await? else { return Ok(()) };
        let may_read = self.may(self.account_actor(account), Action::Read, name, &policy).is_ok();
        room.set_policy(policy);
        if !may_read {
            self.remove_from_room(&room, |identity| identity == Some(account), |_| None);
            room.remove_person(account);
        }
        Ok(())
    }
}
