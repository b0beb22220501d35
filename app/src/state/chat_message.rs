//! A message with all its changes, in the log or pending.

use std::sync::Arc;

use parlor::{
    Author, AuthorId, Body, ChainMark, ClientId, Event, EventKind, Mention, Quote, Reaction, UnixMillis,
    message::MessageRef,
};

use super::change::Change;

/// A message with all changes applied that the page knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMessage {
    /// Author id and client id. The key stays the same from pending to confirmed, so that the row keeps its DOM node.
    pub key: Arc<str>,
    /// The author.
    pub author: Author,
    /// The client id under which it was submitted.
    pub client_id: ClientId,
    /// The text; `None` if the message is deleted.
    pub body: Option<Body>,
    /// The mentions, if they were resolved: by the server, or by this page in a pending message. Messages from before
    /// the server resolved mentions have `None`.
    pub mentions: Option<Vec<Mention>>,
    /// The message that it answers.
    pub reply_to: Option<Quote>,
    /// Whether its text was changed after it was posted.
    pub edited: bool,
    /// The reactions, in the order in which their emoji were first added.
    pub reactions: Vec<Reaction>,
    /// When it was posted: by the server's clock if it is in the log, else by the reader's.
    pub at: UnixMillis,
    /// The seq of its event; 0 while it is pending.
    pub seq: u64,
    /// The seq of the newest event that it includes. Changes up to this event are applied.
    as_of: u64,
}

impl ChatMessage {
    /// A message that is not in the log yet.
    pub fn pending(author: Author, client_id: ClientId, body: Body, reply_to: Option<Quote>, at: UnixMillis) -> Self {
        Self {
            key: key(&author, &client_id),
            author,
            client_id,
            body: Some(body),
            mentions: None,
            reply_to,
            edited: false,
            reactions: Vec::new(),
            at,
            seq: 0,
            as_of: 0,
        }
    }

    /// The message of a `posted` event; none for other events. `as_of` is the seq of the newest event that it includes.
    pub fn of(event: Event, as_of: u64) -> Option<Self> {
        let EventKind::Posted { author, client_id, body, mentions, reply_to, edited_at, reactions } = event.kind else {
            return None;
        };
        let (key, edited, at, seq) = (key(&author, &client_id), edited_at.is_some(), event.at, event.seq);
        Some(Self { key, author, client_id, body, mentions, reply_to, edited, reactions, at, seq, as_of })
    }

    /// Returns a `posted` event for this message, as it is now. What a page never shows is not in it, such as the hash.
    pub fn to_event(&self) -> Event {
        let kind = EventKind::Posted {
            author: self.author.clone(),
            client_id: self.client_id.clone(),
            body: self.body.clone(),
            mentions: self.mentions.clone(),
            reply_to: self.reply_to.clone(),
            edited_at: self.edited.then_some(self.at),
            reactions: self.reactions.clone(),
        };
        Event { seq: self.seq, at: self.at, hash: ChainMark(String::new()), kind }
    }

    /// The text; empty if the message is deleted.
    pub fn text(&self) -> &str {
        self.body.as_ref().map_or("", Body::as_str)
    }

    /// Returns a quote of this message, for an answer to it.
    pub fn quote(&self) -> Quote {
        let excerpt = self.body.as_ref().map(|body| Quote::excerpt(body.as_str()));
        Quote { seq: self.seq, author: Some(self.author.clone()), excerpt, client_id: Some(self.client_id.clone()) }
    }

    /// The reference by which requests identify the message.
    pub fn reference(&self) -> MessageRef {
        MessageRef { seq: self.seq, client_id: Some(self.client_id.clone()) }
    }

    /// Whether a reference identifies this message.
    pub fn is(&self, reference: &MessageRef) -> bool {
        reference.identifies(self.seq, self.client_id.as_str())
    }

    /// Whether this author has added this reaction.
    pub fn has_reaction(&self, emoji: &str, by: &AuthorId) -> bool {
        let mut reactions = self.reactions.iter().filter(|reaction| reaction.emoji.as_str() == emoji);
        reactions.any(|reaction| reaction.people.iter().any(|person| person.id == *by))
    }

    /// Whether the event at this seq is not applied yet.
    pub fn predates(&self, seq: u64) -> bool {
        self.as_of < seq
    }

    /// Applies a change from the event at this seq.
    pub fn apply_event(&mut self, seq: u64, change: &Change, by: &Author) {
        self.as_of = seq;
        self.apply(change, by);
    }

    /// Applies a change, which need not be in the log yet. A deleted message does not change any more.
    pub fn apply(&mut self, change: &Change, by: &Author) {
        match change {
            _ if self.body.is_none() => {}
            // The server has erased the new text, as a later event deletes the message.
            Change::Edit(None, _) => {}
            Change::Edit(body, mentions) => {
                self.body.clone_from(body);
                self.mentions.clone_from(mentions);
                self.edited = true;
            }
            Change::Delete => {
                self.body = None;
                self.mentions = None;
                self.reactions.clear();
            }
            Change::React { emoji, on } => {
                let known = self.reactions.iter().position(|reaction| reaction.emoji == *emoji);
                match (known, on) {
                    (Some(index), true) => {
                        let reaction = &mut self.reactions[index];
                        reaction.count += 1;
                        reaction.people.push(by.clone());
                    }
                    (None, true) => {
                        self.reactions.push(Reaction { emoji: emoji.clone(), count: 1, people: vec![by.clone()] });
                    }
                    (Some(index), false) => {
                        let reaction = &mut self.reactions[index];
                        reaction.count = reaction.count.saturating_sub(1);
                        reaction.people.retain(|person| person.id != by.id);
                        self.reactions.retain(|reaction| reaction.count > 0);
                    }
                    (None, false) => {}
                }
            }
        }
    }

    /// Updates the quote: the event at this seq changes the quoted message.
    pub fn apply_to_quote(&mut self, seq: u64, change: &Change) {
        self.as_of = seq;
        if let Some(quote) = &mut self.reply_to {
            match change {
                Change::Edit(Some(body), _) if quote.excerpt.is_some() => {
                    quote.excerpt = Some(Quote::excerpt(body.as_str()));
                }
                Change::Delete => quote.excerpt = None,
                Change::Edit(..) | Change::React { .. } => {}
            }
        }
    }
}

/// Client ids are unique only per author, so the key has both ids.
fn key(author: &Author, client_id: &ClientId) -> Arc<str> {
    format!("{}/{}", author.id.as_str(), client_id.as_str()).into()
}

#[cfg(test)]
mod tests {
    use parlor::Emoji;

    use super::*;
    use crate::state::fixtures::author;

    fn message() -> ChatMessage {
        let body = Body::parse("first").unwrap();
        ChatMessage::pending(author("ana"), ClientId::from_random(1), body, None, 7)
    }

    fn react(emoji: &str, on: bool) -> Change {
        Change::React { emoji: Emoji::parse(emoji).unwrap(), on }
    }

    #[test]
    fn reactions_are_counted_per_emoji_and_disappear_with_the_last_person() {
        let mut message = message();
        message.apply(&react("👍", true), &author("bo"));
        message.apply(&react("👍", true), &author("ana"));
        message.apply(&react("🎉", true), &author("bo"));
        assert_eq!(message.reactions.iter().map(|reaction| reaction.count).collect::<Vec<_>>(), [2, 1]);
        assert!(message.has_reaction("👍", &author("bo").id));
        message.apply(&react("👍", false), &author("bo"));
        message.apply(&react("🎉", false), &author("bo"));
        assert_eq!(message.reactions.len(), 1);
        assert!(!message.has_reaction("👍", &author("bo").id));
    }

    #[test]
    fn a_deleted_message_has_no_reactions_and_ignores_changes() {
        let mut message = message();
        message.apply(&react("👍", true), &author("bo"));
        message.apply(&Change::Delete, &author("ana"));
        message.apply(&Change::Edit(Some(Body::parse("again").unwrap()), None), &author("ana"));
        message.apply(&react("👍", true), &author("bo"));
        assert_eq!((message.text(), message.reactions.len()), ("", 0));
    }

    #[test]
    fn a_quote_follows_changes_of_the_quoted_message() {
        let mut answer = message();
        answer.reply_to = Some(message().quote());
        answer.apply_to_quote(3, &Change::Edit(Some(Body::parse("second").unwrap()), None));
        assert_eq!(answer.reply_to.as_ref().unwrap().excerpt.as_deref(), Some("second"));
        answer.apply_to_quote(4, &Change::Delete);
        assert_eq!(answer.reply_to.as_ref().unwrap().excerpt, None);
        assert!(!answer.predates(4));
    }
}
