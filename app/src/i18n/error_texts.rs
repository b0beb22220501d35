//! The texts of error codes.

use parlor::{ErrorCode, limits};

use super::{format::fill, texts::Texts};

impl Texts {
    /// Explains why the server refused something, and what the reader can do about it.
    pub fn explain(&self, code: ErrorCode) -> String {
        let limit = |text, limit| fill(text, &[&self.number(limit)]);
        let text = match code {
            ErrorCode::NameTaken => self.name_taken(),
            ErrorCode::NameEmpty => self.name_empty(),
            ErrorCode::NameTooLong => return limit(self.name_too_long(), limits::NAME_GRAPHEMES),
            ErrorCode::NameInvalid => self.name_invalid(),
            ErrorCode::BodyEmpty => self.body_empty(),
            ErrorCode::BodyTooLong => return limit(self.body_too_long(), limits::BODY_BYTES / 1024),
            ErrorCode::BodyInvalid => self.body_invalid(),
            ErrorCode::RoomNameInvalid => self.room_name_invalid(),
            ErrorCode::TooManyRooms => self.too_many_rooms(),
            ErrorCode::NoSuchRoom => self.no_such_room(),
            ErrorCode::RoomArchived => self.room_archived(),
            ErrorCode::OwnersOnly => self.owners_only(),
            ErrorCode::MembersOnly => self.members_only(),
            ErrorCode::RoomNameTaken => self.room_name_taken(),
            ErrorCode::TooFast => self.too_fast(),
            ErrorCode::Behind => self.behind(),
            ErrorCode::Unavailable => self.unavailable(),
            ErrorCode::NotNamed | ErrorCode::NameMissing => self.not_named(),
            ErrorCode::NotInRoom => self.not_in_room(),
            ErrorCode::NoSuchMessage => self.no_such_message(),
            ErrorCode::NotYours => self.not_yours(),
            ErrorCode::MessageDeleted => self.message_deleted(),
            ErrorCode::EmojiInvalid => self.emoji_invalid(),
            ErrorCode::TooManyReactions => return limit(self.too_many_reactions(), limits::REACTIONS_PER_MESSAGE),
            ErrorCode::TopicInvalid => return limit(self.topic_invalid(), limits::TOPIC_BYTES),
            ErrorCode::TitleInvalid => return limit(self.title_invalid(), limits::TITLE_BYTES),
            ErrorCode::BadSearch => self.bad_search(),
            // Codes that no page causes, or those of a newer server.
            _ => self.refused(),
        };
        text.to_owned()
    }
}
