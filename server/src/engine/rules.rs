//! The rules of operations: what each one changes, and which [`EngineError`] refuses it. Pure, so that every
//! implementation of [`EventLog`](super::EventLog) has the same ones.
//!
//! | operation | refused with | when |
//! |---|---|---|
//! | reply, edit, delete, react | `NoSuchMessage` | the room has no message with that seq and client id |
//! | edit, delete | `NotYours` | another person wrote the message |
//! | edit, react | `MessageDeleted` | the message has been deleted |
//! | react | `TooManyReactions` | the emoji would be one too many for the message |
//!
//! A reply may answer a deleted message. Deleting a deleted message changes nothing. Authors are compared by id, never by
//! name.

use parlor::message::MessageRef;
use parlor::{AuthorId, limits};

use super::EngineError;

/// A message as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageState {
    /// Who wrote it.
    pub author: AuthorId,
    /// Its client id.
    pub client_id: String,
    /// The current text; `None` if the message has been deleted.
    pub body: Option<String>,
    /// The seq of the last edit.
    pub edited: Option<u64>,
    /// The seq of the deletion.
    pub deleted: Option<u64>,
}

/// The reactions to a message, as seen by somebody who adds or removes one of this emoji.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReactionState {
    /// The seq with which the person added the emoji; `None` if the message does not have it from them.
    pub own: Option<u64>,
    /// The seq with which the person removed it last.
    pub last_removal: Option<u64>,
    /// Whether the message has the emoji from anybody.
    pub has_emoji: bool,
    /// Number of other emoji that the message has.
    pub other_emoji: usize,
}

/// What an accepted operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It appends an event.
    Append,
    /// It changes nothing: the event with this seq had the effect already.
    UnchangedSince(u64),
}

/// The message that an operation refers to.
///
/// # Errors
/// [`EngineError::NoSuchMessage`].
pub fn target(message: Option<MessageState>, target: &MessageRef) -> Result<MessageState, EngineError> {
    let message = message.filter(|message| target.identifies(target.seq, &message.client_id));
    message.ok_or(EngineError::NoSuchMessage)
}

/// Decides whether `author` replaces the text of the message with this seq by `body`.
///
/// # Errors
/// [`EngineError::NotYours`] or [`EngineError::MessageDeleted`].
pub fn edit(message: &MessageState, seq: u64, author: &AuthorId, body: &str) -> Result<Decision, EngineError> {
    if message.author != *author {
        Err(EngineError::NotYours)
    } else if message.deleted.is_some() {
        Err(EngineError::MessageDeleted)
    } else if message.body.as_deref() == Some(body) {
        Ok(Decision::UnchangedSince(message.edited.unwrap_or(seq)))
    } else {
        Ok(Decision::Append)
    }
}

/// Decides whether `author` deletes the message.
///
/// # Errors
/// [`EngineError::NotYours`].
pub fn delete(message: &MessageState, author: &AuthorId) -> Result<Decision, EngineError> {
    if message.author != *author {
        return Err(EngineError::NotYours);
    }
    Ok(message.deleted.map_or(Decision::Append, Decision::UnchangedSince))
}

/// Decides whether somebody adds an emoji to the message with this seq, or removes it.
///
/// # Errors
/// [`EngineError::MessageDeleted`] or [`EngineError::TooManyReactions`].
pub fn react(message: &MessageState, seq: u64, on: bool, reactions: ReactionState) -> Result<Decision, EngineError> {
    if message.deleted.is_some() {
        return Err(EngineError::MessageDeleted);
    }
    match reactions.own {
        Some(added) if on => Ok(Decision::UnchangedSince(added)),
        None if !on => Ok(Decision::UnchangedSince(reactions.last_removal.unwrap_or(seq))),
        None if !reactions.has_emoji && reactions.other_emoji >= limits::REACTIONS_PER_MESSAGE => {
            Err(EngineError::TooManyReactions)
        }
        _ => Ok(Decision::Append),
    }
}

/// Decides whether `new` replaces a topic that was set by the event with this seq.
pub fn set_topic(current: &str, set_at: u64, new: &str) -> Decision {
    if current == new { Decision::UnchangedSince(set_at) } else { Decision::Append }
}

#[cfg(test)]
mod tests {
    use parlor::ClientId;
    use proptest::prelude::*;

    use super::*;

    fn id(text: &str) -> AuthorId {
        AuthorId(text.into())
    }

    fn message(deleted: Option<u64>, edited: Option<u64>) -> MessageState {
        let body = deleted.is_none().then(|| "tea".to_owned());
        MessageState { author: id("ana"), client_id: "m1".to_owned(), body, edited, deleted }
    }

    #[test]
    fn a_reference_with_another_client_id_finds_no_message() {
        let reference = |text: &str| MessageRef { seq: 4, client_id: ClientId::parse(text).ok() };
        assert!(target(Some(message(None, None)), &reference("m1")).is_ok());
        assert!(target(Some(message(None, None)), &4.into()).is_ok());
        assert_eq!(target(Some(message(None, None)), &reference("m2")), Err(EngineError::NoSuchMessage));
        assert_eq!(target(None, &4.into()), Err(EngineError::NoSuchMessage));
    }

    #[test]
    fn only_the_author_edits_and_deletes() {
        for (deleted, edited) in [(None, None), (Some(9), None), (None, Some(7))] {
            let message = message(deleted, edited);
            assert_eq!(edit(&message, 4, &id("bo"), "coffee"), Err(EngineError::NotYours));
            assert_eq!(delete(&message, &id("bo")), Err(EngineError::NotYours));
        }
        assert_eq!(edit(&message(None, None), 4, &id("ana"), "coffee"), Ok(Decision::Append));
        assert_eq!(edit(&message(None, None), 4, &id("ana"), "tea"), Ok(Decision::UnchangedSince(4)));
        assert_eq!(edit(&message(None, Some(7)), 4, &id("ana"), "tea"), Ok(Decision::UnchangedSince(7)));
        assert_eq!(edit(&message(Some(9), None), 4, &id("ana"), "tea"), Err(EngineError::MessageDeleted));
        assert_eq!(delete(&message(Some(9), None), &id("ana")), Ok(Decision::UnchangedSince(9)));
    }

    proptest! {
        #[test]
        fn a_reaction_is_appended_exactly_if_it_changes_something_and_there_is_room(
            own in prop::option::of(5u64..9), last_removal in prop::option::of(5u64..9),
            others_have_it in any::<bool>(), other_emoji in 0..=limits::REACTIONS_PER_MESSAGE, on in any::<bool>(),
        ) {
            let has_emoji = others_have_it || own.is_some();
            let state = ReactionState { own, last_removal, has_emoji, other_emoji };
            let decided = react(&message(None, None), 4, on, state);
            let full = other_emoji == limits::REACTIONS_PER_MESSAGE && !has_emoji;
            if on == own.is_some() {
                prop_assert_eq!(decided, Ok(Decision::UnchangedSince(own.or(last_removal.filter(|_| !on)).unwrap_or(4))));
            } else if on && full {
                prop_assert_eq!(decided, Err(EngineError::TooManyReactions));
            } else {
                prop_assert_eq!(decided, Ok(Decision::Append));
            }
            prop_assert_eq!(react(&message(Some(9), None), 4, on, state), Err(EngineError::MessageDeleted));
        }
    }
}
