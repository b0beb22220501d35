//! What the nodes that share a database tell each other: who is in the rooms, who is typing, and what has changed for the
//! other devices of a person.

use std::sync::Arc;
use std::time::Instant;

use parlor::message::{PresenceStatus, ServerMessage};
use parlor::{Author, AuthorId, CloseCode, Event, EventKind, RoomName};

use super::super::remote_people::RemoteChange;
use super::super::{Dialect, Room};
use super::ConnectionManager;
use crate::engine::{AccountChange, BusEvent, BusMessage, NodeId, RoomPeople, Signal};

/// Maximum number of people in one message.
const PEOPLE_PER_MESSAGE: usize = 40;

impl ConnectionManager {
    /// Follows what other nodes tell.
    pub(super) fn follow_bus(self: &Arc<Self>, event: BusEvent) {
        match event {
            BusEvent::Received { from, message: BusMessage::People(people) } => self.apply_people(from, people),
            BusEvent::Received { from, message: BusMessage::Joined { room, who } } => {
                let people = RoomPeople { room, replace: false, people: vec![(who, Some(PresenceStatus::Here))] };
                self.apply_people(from, people);
            }
            BusEvent::Received { message: BusMessage::Typing { room, who }, .. } => {
                if let Some(room) = self.loaded_room(&room) {
                    room.signal(Signal::Typing(who));
                }
            }
            BusEvent::Received { message: BusMessage::WantPeople, .. } | BusEvent::Renewed => self.publish_all_people(),
            BusEvent::Received { message, .. } => self.follow_later(message),
            BusEvent::Lost => {
                self.bus.publish(BusMessage::WantPeople);
                let manager = self.clone();
                tokio::spawn(async move { manager.reload_settings().await });
            }
            BusEvent::Nodes(nodes) => {
                let mut remote = self.remote_people.lock();
                let changes = remote.retain_nodes(&nodes, Instant::now());
                self.show_remote_changes(changes);
            }
            BusEvent::NamesLost(ids) => {
                let manager = self.clone();
                tokio::spawn(async move { manager.follow_names(&ids).await });
            }
        }
    }

    /// Follows a message that needs the directory. Events and signals are delivered meanwhile.
    pub(super) fn follow_later(self: &Arc<Self>, message: BusMessage) {
        let manager = self.clone();
        tokio::spawn(async move {
            match message {
                BusMessage::Account { account, change: AccountChange::Unnamed } => {
                    manager.follow_release(&account).await;
                }
                BusMessage::Account { account, change } => manager.change_account(&account, change),
                // What can't be read now is read within a second.
                BusMessage::RightEnded => drop(manager.follow_ended_rights().await),
                BusMessage::RoomChanged(room) => {
                    let _changing = manager.lock_settings().await;
                    manager.reload_policy(&room).await;
                }
                BusMessage::People(_)
                | BusMessage::Joined { .. }
                | BusMessage::Typing { .. }
                | BusMessage::WantPeople => {}
            }
        });
    }

    fn apply_people(&self, from: NodeId, people: RoomPeople) {
        let mut remote = self.remote_people.lock();
        let changes = remote.apply(from, people, Instant::now());
        self.show_remote_changes(changes);
    }

    /// Shows in the rooms in memory who has come to other nodes or left them. Called with the lock of the people at other
    /// nodes, so that changes keep their order.
    fn show_remote_changes(&self, changes: Vec<RemoteChange>) {
        for RemoteChange { room, author, status } in changes {
            let Some(room) = self.loaded_room(&room) else { continue };
            if room.set_person_elsewhere(&author, status) {
                room.signal(Signal::Joined(author));
            }
            if let Some(presence) = room.take_presence_change(Instant::now()) {
                room.signal(presence);
            }
        }
    }

    /// Adds the people at other nodes to a room that has just been loaded.
    pub(super) fn add_remote_people(&self, room: &Room) {
        let remote = self.remote_people.lock();
        for RemoteChange { author, status, .. } in remote.of_room(&room.name) {
            room.set_person_elsewhere(&author, status);
        }
    }

    /// Announces the author of another node's event, unless they are known to be in the room: whoever reads the event has
    /// been told of them.
    pub(super) fn announce_author(&self, room: &Room, event: &Event) {
        let EventKind::Posted { author, .. } = &event.kind else { return };
        if room.has_person(&author.id) {
            return;
        }
        let mut remote = self.remote_people.lock();
        let change = remote.announce(&room.name, author, Instant::now());
        self.show_remote_changes(change.into_iter().collect());
    }

    /// Removes people who were announced by an event, if no node has told of them.
    pub(super) fn expire_remote_people(&self, now: Instant) {
        let mut remote = self.remote_people.lock();
        let changes = remote.expire(now);
        self.show_remote_changes(changes);
    }

    /// Tells the other nodes whose presence has changed here in a room.
    pub(super) fn publish_presence(&self, room: &Room) {
        let changes = room.take_local_changes();
        for people in changes.chunks(PEOPLE_PER_MESSAGE) {
            let people = RoomPeople { room: room.name.clone(), replace: false, people: people.to_vec() };
            self.bus.publish(BusMessage::People(people));
        }
    }

    /// Tells the other nodes of all people here.
    fn publish_all_people(&self) {
        let rooms: Vec<_> = self.rooms.lock().loaded().cloned().collect();
        rooms.iter().for_each(|room| self.publish_people(room));
    }

    /// Tells the other nodes of all people here in a room.
    fn publish_people(&self, room: &Room) {
        let people: Vec<_> = room.local_people().into_iter().map(with_status).collect();
        let mut chunks = people.chunks(PEOPLE_PER_MESSAGE);
        let message = |replace, people: &[(Author, Option<PresenceStatus>)]| {
            let people = RoomPeople { room: room.name.clone(), replace, people: people.to_vec() };
            self.bus.publish(BusMessage::People(people));
        };
        message(true, chunks.next().unwrap_or_default());
        chunks.for_each(|people| message(false, people));
    }

    /// Tells the other nodes that something has changed for an account.
    pub(super) fn publish_account(&self, account: &AuthorId, change: AccountChange) {
        self.bus.publish(BusMessage::Account { account: account.clone(), change });
    }

    /// Tells the other nodes that a right has ended, so that they need not wait for their next look.
    pub(super) fn publish_right_ended(&self) {
        self.bus.publish(BusMessage::RightEnded);
    }

    /// Tells the other nodes that the settings of a room have changed.
    pub(super) fn publish_room_change(&self, room: &RoomName) {
        self.bus.publish(BusMessage::RoomChanged(room.clone()));
    }

    /// Reads the settings of the rooms in memory again, since a message about them may have been lost.
    async fn reload_settings(&self) {
        let _ = self.follow_ended_rights().await;
        let rooms: Vec<_> = self.rooms.lock().loaded().map(|room| room.name.clone()).collect();
        for room in rooms {
            let _changing = self.lock_settings().await;
            self.reload_policy(&room).await;
        }
    }

    /// Applies a change that another node has made for an account, and tells its connections here.
    fn change_account(&self, account: &AuthorId, change: AccountChange) {
        match change {
            AccountChange::Named(name) => {
                let accounts = &mut self.accounts.lock();
                if accounts.connections(account).is_empty() && accounts.author(account).is_none() {
                    return;
                }
                self.show_name(accounts, &Author { id: account.clone(), name });
            }
            AccountChange::Unnamed => {}
            AccountChange::Read { room, seq } => {
                self.send_to_devices(account, &room, None, &ServerMessage::Read { room: room.clone(), seq });
            }
            AccountChange::Unread { room, seq } => {
                self.send_to_devices(account, &room, None, &ServerMessage::Unread { room: room.clone(), seq });
            }
        }
    }

    /// Reads the names of accounts and plain connections again, and tells them.
    async fn follow_names(&self, ids: &[AuthorId]) {
        for id in ids {
            match self.directory.hold_name(id).await {
                Ok(Some(name)) => self.change_account(id, AccountChange::Named(name)),
                Ok(None) => self.release_name_of(id),
                // The next refusal leads here again.
                Err(_) => continue,
            }
        }
        for connection in self.connections.of_identities(ids) {
            if connection.dialect == Dialect::Plain {
                // It connects again, and is told then that its name is taken.
                connection.close(CloseCode::SHUTTING_DOWN, "name lost");
            }
        }
    }
}

fn with_status((author, status): (Author, PresenceStatus)) -> (Author, Option<PresenceStatus>) {
    (author, Some(status))
}
