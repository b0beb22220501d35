//! Who the reader is to the others, and which of them the reader wants to hear.

use parlor::{AuthorId, Name};
use parlor_markup::mention::NO_BREAK;

use super::{colour::colour_of, loudness::Volume, said::Said};
use crate::{letters::lower, settings::Settings};

/// The reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// Their public id.
    pub id: AuthorId,
    /// The name that they hold.
    pub name: Option<Name>,
    /// Whom they want to hear nothing of.
    pub ignored: Vec<AuthorId>,
    /// How loud they want which room.
    pub volume: Volume,
    /// What they have set.
    pub settings: Settings,
}

impl Me {
    /// Someone who has no wishes yet.
    pub fn new(id: AuthorId, name: Option<Name>, settings: Settings) -> Self {
        Self { id, name, ignored: Vec::new(), volume: Volume::default(), settings }
    }

    /// Someone's colour, as the reader sees it.
    pub fn colour_of(&self, who: &AuthorId) -> u8 {
        self.settings.colour.filter(|_| *who == self.id).unwrap_or_else(|| colour_of(who))
    }

    /// Whether this is by the reader.
    pub fn wrote(&self, said: &Said) -> bool {
        said.author.id == self.id
    }

    /// Whether the reader hears what this person says.
    pub fn hears(&self, who: &AuthorId) -> bool {
        !self.ignored.contains(who)
    }

    /// Whether this may be new to the reader: it is by somebody else whom they hear, and still there.
    pub fn may_miss(&self, said: &Said) -> bool {
        !self.wrote(said) && self.hears(&said.author.id) && said.body.is_some()
    }

    /// Whether this is meant for the reader: it answers them, or mentions them. Where mentions have not been resolved, for
    /// the message is older than that, their name behind an `@` counts.
    pub fn is_meant(&self, said: &Said) -> bool {
        let answers = said.reply_to.as_ref().and_then(|quote| quote.author.as_ref());
        !self.wrote(said)
            && (answers.is_some_and(|author| author.id == self.id)
                || match &said.mentions {
                    Some(mentions) => mentions.iter().any(|mention| mention.author == self.id),
                    None => self.name.as_ref().is_some_and(|name| mentions(said.text(), name.as_str())),
                })
    }
}

/// Whether a text has this name behind an `@`, in letters of any case, and not as the beginning of a longer word.
fn mentions(text: &str, name: &str) -> bool {
    if !text.contains('@') {
        return false;
    }
    let (text, name) = (lower(text).replace(NO_BREAK, " "), lower(name));
    text.match_indices('@').any(|(at, _)| {
        let rest = text.get(at + 1..).and_then(|rest| rest.strip_prefix(&name));
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_is_the_whole_name_behind_an_at() {
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
