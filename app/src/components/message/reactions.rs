//! What people put on a message.

use leptos::prelude::*;
use parlor::Reaction;

use crate::{Session, state::rows::MessageRow};

/// Names in a label at most.
const NAMED: usize = 8;

/// A button for each emoji: pressed if the reader's is among them.
pub(super) fn reactions(row: &MessageRow) -> AnyView {
    if row.said.reactions.is_empty() {
        return ().into_any();
    }
    let me = Session::get().me();
    let chips: Vec<_> = row
        .said
        .reactions
        .iter()
        .map(|reaction| {
            let emoji = reaction.emoji.to_string();
            let pressed = if row.said.has_reaction(&emoji, &me) { "true" } else { "false" };
            let who = who(reaction);
            view! {
                <button
                    type="button"
                    class="chip"
                    data-act="react"
                    data-emoji=emoji.clone()
                    aria-pressed=pressed
                    aria-label=format!("{emoji} {}, {who}", reaction.count)
                    title=who
                >
                    {emoji.clone()}
                    <span>{reaction.count}</span>
                </button>
            }
        })
        .collect();
    view! { <div class="reactions">{chips}</div> }.into_any()
}

fn who(reaction: &Reaction) -> String {
    let named: Vec<_> = reaction.people.iter().take(NAMED).map(|person| person.name.as_str()).collect();
    let more = (reaction.count as usize).saturating_sub(named.len());
    let names = named.join(", ");
    if more == 0 { names } else { format!("{names} and {more} more") }
}
