//! The rooms that the reader is in, and the one of them that is shown.

use parlor::RoomName;

use super::room::Room;

/// Never empty.
#[derive(Debug)]
pub struct Rooms {
    // The lobby first, the others by name: each keeps its place in the list.
    all: Vec<Room>,
    shown: usize,
}

impl Rooms {
    /// One room, which is shown.
    pub fn new(room: Room) -> Self {
        Self { all: vec![room], shown: 0 }
    }

    /// The one that is shown.
    pub fn shown(&self) -> &Room {
        &self.all[self.shown]
    }

    /// The one that is shown, to change it.
    pub fn shown_mut(&mut self) -> &mut Room {
        &mut self.all[self.shown]
    }

    /// The room of this name.
    pub fn get_mut(&mut self, name: &RoomName) -> Option<&mut Room> {
        self.all.iter_mut().find(|room| room.name == *name)
    }

    /// All of them, in the order of the list.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Room> {
        self.all.iter()
    }

    /// All of them, to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Room> {
        self.all.iter_mut()
    }

    /// Whether this room is the one that is shown.
    pub fn shows(&self, name: &RoomName) -> bool {
        self.shown().name == *name
    }

    /// Takes in a room of which nothing is known yet. False if it is there already.
    pub fn add(&mut self, name: &RoomName) -> bool {
        if self.all.iter().any(|room| room.name == *name) {
            return false;
        }
        let place = self.all.partition_point(|room| order(&room.name) < order(name));
        self.all.insert(place, Room::unknown(name.clone()));
        self.shown += usize::from(place <= self.shown);
        true
    }

    /// Shows a room that is there.
    pub fn show(&mut self, name: &RoomName) {
        if let Some(place) = self.all.iter().position(|room| room.name == *name) {
            self.all[self.shown].unwatched();
            self.shown = place;
        }
    }

    /// Lets a room go, unless it is the last one. If it was shown, its neighbour is shown now.
    pub fn remove(&mut self, name: &RoomName) -> bool {
        let Some(place) = self.all.iter().position(|room| room.name == *name).filter(|_| self.all.len() > 1) else {
            return false;
        };
        self.all.remove(place);
        self.shown -= usize::from(place < self.shown || self.shown == self.all.len());
        true
    }

    /// The room above or below the one that is shown, around the ends.
    pub fn neighbour(&self, below: bool) -> &RoomName {
        let count = self.all.len();
        &self.all[(self.shown + if below { 1 } else { count - 1 }) % count].name
    }
}

fn order(name: &RoomName) -> (bool, &RoomName) {
    (*name != RoomName::default(), name)
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
    fn the_lobby_stands_first_and_what_is_shown_stays_shown() {
        let rooms = rooms(&["music", "art", "zoo", "lobby", "art"]);
        let names: Vec<_> = rooms.iter().map(|room| room.name.as_str()).collect();
        assert_eq!(names, ["lobby", "art", "music", "zoo"]);
        assert!(rooms.shows(&name("music")));
        assert_eq!((rooms.neighbour(true).as_str(), rooms.neighbour(false).as_str()), ("zoo", "art"));
    }

    #[test]
    fn a_room_that_goes_leaves_its_neighbour_and_the_last_one_stays() {
        let mut rooms = rooms(&["zoo", "art", "lobby"]);
        assert!(rooms.remove(&name("art")) && rooms.shows(&name("zoo")));
        assert!(rooms.remove(&name("zoo")) && rooms.shows(&name("lobby")));
        assert!(!rooms.remove(&name("lobby")) && !rooms.remove(&name("gone")));
    }
}
