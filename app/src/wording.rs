//! What the page says about a refusal, to a person.

use parlor::{ErrorCode, limits};

/// Why something was refused, and what to do about it.
pub(crate) fn explain(code: ErrorCode) -> String {
    match code {
        ErrorCode::NameTaken => "This name is taken, or looks like one that is. Try another.".to_owned(),
        ErrorCode::NameEmpty => "Type a name first.".to_owned(),
        ErrorCode::NameTooLong => format!("A name has at most {} characters.", limits::NAME_GRAPHEMES),
        ErrorCode::NameInvalid => {
            "A name can't have spaces at its ends, line breaks or characters that can't be seen.".to_owned()
        }
        ErrorCode::BodyEmpty => "There is nothing to read in this message.".to_owned(),
        ErrorCode::BodyTooLong => {
            format!("This is too long: a message has at most {} KB of text.", limits::BODY_BYTES / 1024)
        }
        ErrorCode::BodyInvalid => "This has control characters, which a message can't have.".to_owned(),
        ErrorCode::TooFast => "That was a lot at once. It will be sent in a moment.".to_owned(),
        ErrorCode::Behind => "Waiting for the message before it.".to_owned(),
        ErrorCode::Unavailable => "The server can't store messages at the moment. It will be sent again.".to_owned(),
        ErrorCode::NotNamed | ErrorCode::NameMissing => "This will be sent once you have a name.".to_owned(),
        ErrorCode::NotInRoom => "The server is letting you back into the room. It will be sent again.".to_owned(),
        ErrorCode::NoSuchMessage => "This message is not there any more.".to_owned(),
        ErrorCode::NotYours => "Only its author can change a message.".to_owned(),
        ErrorCode::MessageDeleted => "This message has been deleted.".to_owned(),
        ErrorCode::EmojiInvalid => "A reaction is one emoji.".to_owned(),
        ErrorCode::TooManyReactions => {
            format!("This message has {} different reactions, and can't have more.", limits::REACTIONS_PER_MESSAGE)
        }
        ErrorCode::TopicInvalid => {
            format!("A topic is one line of at most {} bytes.", limits::TOPIC_BYTES)
        }
        ErrorCode::BadSearch => "Type words, from:name, or before:, after: or on: a day, as on:2026-01-31.".to_owned(),
        other => format!("{other}."),
    }
}
