//! Which messages of a room notify the reader.

use parlor::RoomName;

/// Which messages of a room notify the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NotificationLevel {
    /// Messages that mention or answer the reader.
    #[default]
    Mentions,
    /// Every message.
    All,
    /// None.
    Muted,
}

impl NotificationLevel {
    fn next(self) -> Self {
        match self {
            Self::Mentions => Self::All,
            Self::All => Self::Muted,
            Self::Muted => Self::Mentions,
        }
    }
}

/// The notification levels of a reader's rooms. Rooms that are not listed have the default level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotificationSettings(Vec<(RoomName, NotificationLevel)>);

impl NotificationSettings {
    /// The level of a room.
    pub fn level_of(&self, room: &RoomName) -> NotificationLevel {
        self.0.iter().find(|(name, _)| name == room).map(|(_, level)| *level).unwrap_or_default()
    }

    /// Sets a room to the next level: mentions, all, muted, and mentions again.
    pub fn cycle(&mut self, room: &RoomName) {
        let next = self.level_of(room).next();
        self.0.retain(|(name, _)| name != room);
        if next != NotificationLevel::default() {
            self.0.push((room.clone(), next));
        }
    }

    /// Moves the level of a room to another name. Returns whether it had one.
    pub fn rename(&mut self, room: &RoomName, new_name: &RoomName) -> bool {
        let index = self.0.iter().position(|(name, _)| name == room);
        index.map(|index| self.0[index].0 = new_name.clone()).is_some()
    }

    /// The settings as text for the browser's store: `+art -zoo` for all messages of `art` and none of `zoo`.
    pub fn to_text(&self) -> String {
        let items = self.0.iter().map(|(name, level)| {
            let sign = if *level == NotificationLevel::All { "+" } else { "-" };
            format!("{sign}{name} ")
        });
        items.collect()
    }

    /// Reads what [`to_text`](Self::to_text) wrote. Skips items that it cannot read.
    pub fn parse(text: &str) -> Self {
        let rooms = text.split_whitespace().filter_map(|item| {
            let (level, name) = match item.strip_prefix('+') {
                Some(name) => (NotificationLevel::All, name),
                None => (NotificationLevel::Muted, item.strip_prefix('-')?),
            };
            Some((RoomName::parse(name).ok()?, level))
        });
        Self(rooms.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_cycles_through_mentions_all_and_muted() {
        let [art, zoo] = ["art", "-zoo"].map(|name| RoomName::parse(name).unwrap());
        let mut settings = NotificationSettings::default();
        assert_eq!(settings.level_of(&art), NotificationLevel::Mentions);
        settings.cycle(&art);
        settings.cycle(&zoo);
        settings.cycle(&zoo);
        assert_eq!(
            (settings.level_of(&art), settings.level_of(&zoo)),
            (NotificationLevel::All, NotificationLevel::Muted)
        );
        assert_eq!(NotificationSettings::parse(&settings.to_text()), settings);
        settings.cycle(&zoo);
        assert_eq!(settings.level_of(&zoo), NotificationLevel::Mentions);
    }

    #[test]
    fn stored_items_that_cannot_be_read_are_skipped() {
        assert_eq!(NotificationSettings::parse("art +A/B  ? +zoo"), NotificationSettings::parse("+zoo"));
    }
}
