//! The reader of the page: who they are, what they have set, and whom they ignore.

use parlor::{AuthorId, Name};
use parlor_markup::mention::NO_BREAK_SPACE;

use super::{chat_message::ChatMessage, notification_level::NotificationSettings};
use crate::{colour::colour_of, graphemes::lower, settings::Settings};

/// The reader of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The author id of their session.
    pub id: AuthorId,
    /// The name that the session holds.
    pub name: Option<Name>,
    /// The authors whose messages are hidden.
    pub ignored: Vec<AuthorId>,
    /// The notification levels of their rooms.
    pub notifications: NotificationSettings,
    /// Their settings.
    pub settings: Settings,
}

impl Viewer {
    /// A reader who ignores nobody and has the default notification levels.
    pub fn new(id: AuthorId, name: Option<Name>, settings: Settings) -> Self {
        Self { id, name, ignored: Vec::new(), notifications: NotificationSettings::default(), settings }
    }

    /// The index of an author's colour, as this reader sees it.
    pub fn colour_of(&self, author: &AuthorId) -> u8 {
        self.settings.colour.filter(|_| *author == self.id).unwrap_or_else(|| colour_of(author))
    }

    /// Whether the reader wrote the message.
    pub fn wrote(&self, message: &ChatMessage) -> bool {
        message.author.id == self.id
    }

    /// Whether the reader ignores this author.
    pub fn ignores(&self, author: &AuthorId) -> bool {
        self.ignored.contains(author)
    }

    /// Whether the message counts as unread until the reader has seen it: somebody else wrote it, whom the reader does
    /// not ignore, and it is not deleted.
    pub fn counts_as_unread(&self, message: &ChatMessage) -> bool {
        !self.wrote(message) && !self.ignores(&message.author.id) && message.body.is_some()
    }

    /// Whether the message mentions or answers the reader. In messages from before mentions were resolved, the reader's
    /// name behind an `@` counts.
    pub fn is_highlight(&self, message: &ChatMessage) -> bool {
        let answered = message.reply_to.as_ref().and_then(|quote| quote.author.as_ref());
        !self.wrote(message)
            && (answered.is_some_and(|author| author.id == self.id)
                || match &message.mentions {
                    Some(mentions) => mentions.iter().any(|mention| mention.author == self.id),
                    None => self.name.as_ref().is_some_and(|name| mentions(message.text(), name.as_str())),
                })
    }
}

/// Whether a text has this name behind an `@`, in any case, and not as the beginning of a longer word.
fn mentions(text: &str, name: &str) -> bool {
    if !text.contains('@') {
        return false;
    }
    let (text, name) = (lower(text).replace(NO_BREAK_SPACE, " "), lower(name));
    text.match_indices('@').any(|(at, _)| {
        let rest = text.get(at + 1..).and_then(|rest| rest.strip_prefix(&name));
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_is_the_whole_name_behind_an_at_sign() {
        for text in ["@Ana look", "so, @ana: look", "(@ANA)", "hi @Anabel, hi @Ana"] {
            assert!(mentions(text, "Ana"), "{text}");
        }
        for text in ["Ana", "@Anabel", "@ Ana", "@An", "@Ana_2", ""] {
            assert!(!mentions(text, "Ana"), "{text}");
        }
        assert!(mentions("ask @mary ann!", "Mary Ann"));
        assert!(mentions("ask @Mary\u{a0}Ann!", "Mary Ann"));
        assert!(mentions("@Жанна", "жанна"));
    }
}
