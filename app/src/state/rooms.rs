//! The rooms that the reader has joined, and which of them is shown.

use parlor::RoomName;

use super::room::Room;

/// The rooms of the reader: at least one, of which exactly one is shown.
#[derive(Debug)]
pub struct Rooms {
    // The lobby first, then public rooms by name, then private ones by title.
    all: Vec<Room>,
    shown: usize,
}

impl Rooms {
    /// Creates a list of one room, which is shown.
    pub fn new(room: Room) -> Self {
        Self { all: vec![room], shown: 0 }
    }

    /// The room that is shown.
    pub fn shown(&self) -> &Room {
        &self.all[self.shown]
    }

    /// The room that is shown, mutably.
    pub fn shown_mut(&mut self) -> &mut Room {
        &mut self.all[self.shown]
    }

    /// The room of this name.
    pub fn get(&self, name: &RoomName) -> Option<&Room> {
        self.all.iter().find(|room| room.name == *name)
    }

    /// A room, mutably, if it is among them.
    pub fn get_mut(&mut self, name: &RoomName) -> Option<&mut Room> {
        self.all.iter_mut().find(|room| room.name == *name)
    }

    /// All rooms, in the order of the list.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Room> {
        self.all.iter()
    }

    /// All rooms, mutably, in the order of the list.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Room> {
        self.all.iter_mut()
    }

    /// Whether this room is the one that is shown.
    pub fn shows(&self, name: &RoomName) -> bool {
        self.shown().name == *name
    }

    /// Adds a room of which only the name is known. Returns false if the list has it already.
    pub fn add(&mut self, name: &RoomName) -> bool {
        if self.all.iter().any(|room| room.name == *name) {
            return false;
        }
        let shown = self.shown().name.clone();
        self.insert(Room::unknown(name.clone()));
        self.show_again(&shown);
        true
    }

    /// Sets the name and the title of a room, which keeps everything else. If the list has a room with the new name
    /// already, that one gets the outbox. Returns whether there is a room to rename.
    pub fn rename(&mut self, name: &RoomName, new_name: &RoomName, title: String) -> bool {
        let Some(index) = self.all.iter().position(|room| room.name == *name) else { return false };
        let shown = if self.shown == index { new_name.clone() } else { self.shown().name.clone() };
        let mut room = self.all.remove(index);
        if let Some(known) = self.get_mut(new_name) {
            known.outbox.append(room.outbox);
        } else {
            (room.name, room.title) = (new_name.clone(), title);
            self.insert(room);
        }
        self.show_again(&shown);
        true
    }

    fn insert(&mut self, room: Room) {
        let index = self.all.partition_point(|other| order(other) < order(&room));
        self.all.insert(index, room);
    }

    // The list has changed: the same room as before is shown.
    fn show_again(&mut self, shown: &RoomName) {
        self.shown = self.all.iter().position(|room| room.name == *shown).unwrap_or(0);
    }

    /// Shows a room, if the list has it.
    pub fn show(&mut self, name: &RoomName) {
        if let Some(index) = self.all.iter().position(|room| room.name == *name) {
            self.all[self.shown].read_marker.on_unwatched();
            self.shown = index;
        }
    }

    /// Removes a room, unless it is the last one. If it was shown, the room that takes its place in the list is shown.
    /// Returns whether it was removed.
    pub fn remove(&mut self, name: &RoomName) -> bool {
        let Some(index) = self.all.iter().position(|room| room.name == *name).filter(|_| self.all.len() > 1) else {
            return false;
        };
        self.all.remove(index);
        self.shown -= usize::from(index < self.shown || self.shown == self.all.len());
        true
    }

    /// The room below or above the shown one in the list. The first one follows the last one.
    pub fn neighbour(&self, below: bool) -> &RoomName {
        let count = self.all.len();
        &self.all[(self.shown + if below { 1 } else { count - 1 }) % count].name
    }
}

fn order(room: &Room) -> (bool, bool, &str, &RoomName) {
    (room.name != RoomName::default(), room.name.is_private(), room.display_name(), &room.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> RoomName {
        RoomName::parse(name).unwrap()
    }

    fn rooms(names: &[&str]) -> Rooms {
        let mut rooms = Rooms::new(Room::unknown(name(names[0])));
        for other in names {
            rooms.add(&name(other));
        }
        rooms
    }

    #[test]
    fn the_lobby_comes_first_and_added_rooms_do_not_change_the_shown_one() {
        let rooms = rooms(&["music", "art", "zoo", "lobby", "art"]);
        let names: Vec<_> = rooms.iter().map(|room| room.name.as_str()).collect();
        assert_eq!(names, ["lobby", "art", "music", "zoo"]);
        assert!(rooms.shows(&name("music")));
        assert_eq!((rooms.neighbour(true).as_str(), rooms.neighbour(false).as_str()), ("zoo", "art"));
    }

    #[test]
    fn private_rooms_follow_by_title_and_a_renamed_room_keeps_its_content_and_stays_shown() {
        let mut rooms = rooms(&["music", "art", "lobby"]);
        let [one, two] = [1, 2].map(RoomName::private);
        rooms.add(&one);
        rooms.rename(&one, &one, "Zebras".to_owned());
        rooms.get_mut(&name("music")).unwrap().topic = "tea".to_owned();
        assert!(rooms.rename(&name("music"), &two, "Music".to_owned()));
        assert!(!rooms.rename(&name("music"), &two, String::new()), "it has another name now");
        let names: Vec<_> = rooms.iter().map(Room::display_name).collect();
        assert_eq!(names, ["lobby", "art", "Music", "Zebras"]);
        assert!(rooms.shows(&two) && rooms.shown().topic == "tea");
        assert!(rooms.rename(&two, &one, "Zebras".to_owned()) && rooms.shows(&one));
        assert_eq!(rooms.iter().count(), 3, "a room that is there already is kept");
    }

    #[test]
    fn the_next_room_replaces_a_removed_one_and_the_last_one_cannot_be_removed() {
        let mut rooms = rooms(&["zoo", "art", "lobby"]);
        assert!(rooms.remove(&name("art")) && rooms.shows(&name("zoo")));
        assert!(rooms.remove(&name("zoo")) && rooms.shows(&name("lobby")));
        assert!(!rooms.remove(&name("lobby")) && !rooms.remove(&name("gone")));
    }
}
