//! The reactions to a message.

use leptos::prelude::*;
use parlor::{AuthorId, Reaction};

use super::super::{
    actions::MessageAction,
    element::{element, text},
};
use crate::{
    erase::Erase,
    i18n::{Texts, isolate},
    view::rows::MessageRow,
};

/// The maximum number of names in a label.
const MAX_NAMES: usize = 8;

/// Renders a button for each emoji. It is pressed if the author `viewer` reacted with it.
pub(super) fn reactions(row: &MessageRow, viewer: &AuthorId, texts: &Texts) -> Option<AnyView> {
    let buttons: Vec<_> = row
        .message
        .reactions
        .iter()
        .map(|reaction| {
            let (emoji, count) = (reaction.emoji.to_string(), texts.number(reaction.count as usize));
            let pressed = if row.message.has_reaction(&emoji, viewer) { "true" } else { "false" };
            let names = names(reaction, texts);
            let attributes = [
                ("type", "button".into()),
                ("class", "chip".into()),
                MessageAction::React.attribute(),
                ("data-about", emoji.clone().into()),
                ("aria-pressed", pressed.into()),
                ("aria-label", format!("{emoji} {count}{}{names}", texts.comma()).into()),
            ];
            element("button", attributes, [emoji.erase(), element("span", [], text(count))])
        })
        .collect();
    (!buttons.is_empty()).then(|| element("div", [("class", "reactions".into())], buttons))
}

fn names(reaction: &Reaction, texts: &Texts) -> String {
    let named: Vec<_> =
        reaction.people.iter().take(MAX_NAMES).map(|person| isolate(person.name.as_str(), texts.comma())).collect();
    let more = (reaction.count as usize).saturating_sub(named.len());
    let names = named.join(texts.comma());
    if more == 0 { names } else { texts.counted(texts.names_and_more(), more, &[&names, &texts.number(more)]) }
}
