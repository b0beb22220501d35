//! One message as it is now, whether it is in the log yet or not.

use std::sync::Arc;

use parlor::{
    Author, AuthorId, Body, ChainMark, ClientId, Event, EventKind, Mention, Quote, Reaction, UnixMillis,
    message::MessageRef,
};

use super::change::Change;

/// A message as the page holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Names the message from pending to confirmed, so that its row keeps its DOM node: author id and client id.
    pub key: Arc<str>,
    /// Who.
    pub author: Author,
    /// The id that its client made.
    pub client_id: ClientId,
    /// What; nothing where it has been deleted.
    pub body: Option<Body>,
    /// The people mentioned in it, where they have been resolved: by the server, or by the page before it knows.
    pub mentions: Option<Vec<Mention>>,
    /// What it answers.
    pub reply_to: Option<Quote>,
    /// Whether its text is not the first one.
    pub edited: bool,
    /// What people put on it, the first emoji first.
    pub reactions: Vec<Reaction>,
    /// When: the server's clock once it is in the log, a guess of it before.
    pub at: UnixMillis,
    /// Its place in the log; 0 while it is not there.
    pub seq: u64,
    /// The newest event that it may show: those up to here have changed it already.
    as_of: u64,
}

impl Said {
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

    /// What an event of the log says, if it says something; `as_of` is the newest event that is in it.
    pub fn of(event: Event, as_of: u64) -> Option<Self> {
        let EventKind::Posted { author, client_id, body, mentions, reply_to, edited_at, reactions } = event.kind else {
            return None;
        };
        let (key, edited, at, seq) = (key(&author, &client_id), edited_at.is_some(), event.at, event.seq);
        Some(Self { key, author, client_id, body, mentions, reply_to, edited, reactions, at, seq, as_of })
    }

    /// As an event of the log that says the same. What a page never shows, such an event does not have.
    pub fn event(&self) -> Event {
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

    /// What it says; nothing where it has been deleted.
    pub fn text(&self) -> &str {
        self.body.as_ref().map_or("", Body::as_str)
    }

    /// This message above an answer to it.
    pub fn quote(&self) -> Quote {
        let excerpt = self.body.as_ref().map(|body| Quote::excerpt(body.as_str()));
        Quote { seq: self.seq, author: Some(self.author.clone()), excerpt, client_id: Some(self.client_id.clone()) }
    }

    /// What a change of it names it by.
    pub fn reference(&self) -> MessageRef {
        MessageRef { seq: self.seq, client_id: Some(self.client_id.clone()) }
    }

    /// Whether it is the message that is meant.
    pub fn is(&self, meant: &MessageRef) -> bool {
        meant.identifies(self.seq, self.client_id.as_str())
    }

    /// Whether somebody's emoji is on it.
    pub fn has_reaction(&self, emoji: &str, by: &AuthorId) -> bool {
        let mut reactions = self.reactions.iter().filter(|reaction| reaction.emoji.as_str() == emoji);
        reactions.any(|reaction| reaction.people.iter().any(|person| person.id == *by))
    }

    /// Whether an event is still to change it, or what it answers.
    pub fn is_before(&self, seq: u64) -> bool {
        self.as_of < seq
    }

    /// An event of the log changes it.
    pub fn changed(&mut self, seq: u64, change: &Change, by: &Author) {
        self.as_of = seq;
        self.change(change, by);
    }

    /// What it becomes by a change.
    pub fn change(&mut self, change: &Change, by: &Author) {
        match change {
            _ if self.body.is_none() => {}
            // The server has erased the text, for the message is deleted a few events on.
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

    /// What it answers was changed.
    pub fn quote_changed(&mut self, seq: u64, change: &Change) {
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

/// Two people may have made the same client id; one person can't, within a session.
fn key(author: &Author, client_id: &ClientId) -> Arc<str> {
    format!("{}/{}", author.id.as_str(), client_id.as_str()).into()
}

#[cfg(test)]
mod tests {
    use parlor::Emoji;

    use super::super::timeline::tests::author;
    use super::*;

    fn said() -> Said {
        let body = Body::parse("first").unwrap();
        Said::pending(author("ana"), ClientId::from_random(1), body, None, 7)
    }

    fn react(emoji: &str, on: bool) -> Change {
        Change::React { emoji: Emoji::parse(emoji).unwrap(), on }
    }

    #[test]
    fn reactions_are_counted_by_emoji_and_go_with_the_last_person() {
        let mut said = said();
        said.change(&react("👍", true), &author("bo"));
        said.change(&react("👍", true), &author("ana"));
        said.change(&react("🎉", true), &author("bo"));
        assert_eq!(said.reactions.iter().map(|reaction| reaction.count).collect::<Vec<_>>(), [2, 1]);
        assert!(said.has_reaction("👍", &author("bo").id));
        said.change(&react("👍", false), &author("bo"));
        said.change(&react("🎉", false), &author("bo"));
        assert_eq!(said.reactions.len(), 1);
        assert!(!said.has_reaction("👍", &author("bo").id));
    }

    #[test]
    fn a_deleted_message_stays_deleted_and_has_nothing_on_it() {
        let mut said = said();
        said.change(&react("👍", true), &author("bo"));
        said.change(&Change::Delete, &author("ana"));
        said.change(&Change::Edit(Some(Body::parse("again").unwrap()), None), &author("ana"));
        said.change(&react("👍", true), &author("bo"));
        assert_eq!((said.text(), said.reactions.len()), ("", 0));
    }

    #[test]
    fn a_quote_follows_what_it_quotes() {
        let mut answer = said();
        answer.reply_to = Some(said().quote());
        answer.quote_changed(3, &Change::Edit(Some(Body::parse("second").unwrap()), None));
        assert_eq!(answer.reply_to.as_ref().unwrap().excerpt.as_deref(), Some("second"));
        answer.quote_changed(4, &Change::Delete);
        assert_eq!(answer.reply_to.as_ref().unwrap().excerpt, None);
        assert!(!answer.is_before(4));
    }
}
