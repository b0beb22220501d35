//! What each room may interrupt its reader with.

use parlor::RoomName;

use crate::words::Words;

/// What a room may interrupt its reader with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Loudness {
    /// What is meant for them: mentions and answers.
    #[default]
    Meant,
    /// Every message.
    Loud,
    /// Nothing.
    Muted,
}

impl Loudness {
    /// What it is called.
    pub fn word(self, words: &Words) -> &'static str {
        match self {
            Self::Meant => words.notify_mentions(),
            Self::Loud => words.notify_all(),
            Self::Muted => words.notify_none(),
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Meant => Self::Loud,
            Self::Loud => Self::Muted,
            Self::Muted => Self::Meant,
        }
    }
}

/// The rooms that are not as rooms are by themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Volume(Vec<(RoomName, Loudness)>);

impl Volume {
    /// How loud this room is.
    pub fn of(&self, room: &RoomName) -> Loudness {
        self.0.iter().find(|(name, _)| name == room).map(|(_, loudness)| *loudness).unwrap_or_default()
    }

    /// Makes a room louder, or after the loudest quiet.
    pub fn turn(&mut self, room: &RoomName) {
        let next = self.of(room).next();
        self.0.retain(|(name, _)| name != room);
        if next != Loudness::default() {
            self.0.push((room.clone(), next));
        }
    }

    /// As the browser keeps it: `+art -zoo`.
    pub fn to_text(&self) -> String {
        let words = self.0.iter().map(|(name, loudness)| {
            let sign = if *loudness == Loudness::Loud { "+" } else { "-" };
            format!("{sign}{name} ")
        });
        words.collect()
    }

    /// From what the browser kept. What can't be read is left out.
    pub fn parse(text: &str) -> Self {
        let rooms = text.split_whitespace().filter_map(|word| {
            let (loudness, name) = match word.strip_prefix('+') {
                Some(name) => (Loudness::Loud, name),
                None => (Loudness::Muted, word.strip_prefix('-')?),
            };
            Some((RoomName::parse(name).ok()?, loudness))
        });
        Self(rooms.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_turned_from_mentions_to_all_to_none_and_back() {
        let [art, zoo] = ["art", "-zoo"].map(|name| RoomName::parse(name).unwrap());
        let mut volume = Volume::default();
        assert_eq!(volume.of(&art), Loudness::Meant);
        volume.turn(&art);
        volume.turn(&zoo);
        volume.turn(&zoo);
        assert_eq!((volume.of(&art), volume.of(&zoo)), (Loudness::Loud, Loudness::Muted));
        assert_eq!(Volume::parse(&volume.to_text()), volume);
        volume.turn(&zoo);
        assert_eq!(volume.of(&zoo), Loudness::Meant);
    }

    #[test]
    fn what_is_kept_and_cannot_be_read_is_left_out() {
        assert_eq!(Volume::parse("art +A/B  ? +zoo"), Volume::parse("+zoo"));
    }
}
