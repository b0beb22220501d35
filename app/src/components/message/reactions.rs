//! What people put on a message.

use leptos::prelude::*;
use parlor::{AuthorId, Reaction};

use super::super::element::{element, text};
use crate::{
    erase::Erase,
    state::rows::MessageRow,
    words::{Words, isolate},
};

/// Names in a label at most.
const NAMED: usize = 8;

/// A button for each emoji: pressed if the reader's is among them.
pub(super) fn reactions(row: &MessageRow, me: &AuthorId, words: &Words) -> Option<AnyView> {
    let chips: Vec<_> = row
        .said
        .reactions
        .iter()
        .map(|reaction| {
            let (emoji, count) = (reaction.emoji.to_string(), words.number(reaction.count as usize));
            let pressed = if row.said.has_reaction(&emoji, me) { "true" } else { "false" };
            let who = who(reaction, words);
            let attributes = [
                ("type", "button".into()),
                ("class", "chip".into()),
                ("data-act", "react".into()),
                ("data-about", emoji.clone().into()),
                ("aria-pressed", pressed.into()),
                ("aria-label", format!("{emoji} {count}{}{who}", words.comma()).into()),
            ];
            element("button", attributes, [emoji.erase(), element("span", [], text(count))])
        })
        .collect();
    (!chips.is_empty()).then(|| element("div", [("class", "reactions".into())], chips))
}

fn who(reaction: &Reaction, words: &Words) -> String {
    let named: Vec<_> =
        reaction.people.iter().take(NAMED).map(|person| isolate(person.name.as_str(), words.comma())).collect();
    let more = (reaction.count as usize).saturating_sub(named.len());
    let names = named.join(words.comma());
    if more == 0 { names } else { words.counted(words.names_and_more(), more, &[&names, &words.number(more)]) }
}
