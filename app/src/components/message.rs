//! One message.

mod reactions;
mod refusal;

use leptos::prelude::*;
use parlor::{AuthorId, Quote};
use parlor_markup::{Guess, Ranges, emoji::is_jumbo, plain};

use self::{reactions::reactions, refusal::refusal};
use super::{
    avatar::avatar,
    element::{element, text},
    markup,
};
use crate::{
    state::{
        calendar::utc,
        rows::{Delivery, MessageRow},
    },
    words::{Words, fill, isolate},
};

// What the ids of the parts of a message end with that its accessible name is made of.
const TEXT: &str = "t";
const EDITED: &str = "e";
const REFUSAL: &str = "r";
/// Characters of what it answers that are in its accessible name.
const QUOTED: usize = 40;

/// A line of the log, for this reader. Its node stays from pending to confirmed; only what changes is drawn anew.
pub(super) fn message(row: &MessageRow, me: &AuthorId, words: &Words) -> AnyView {
    let said = &row.said;
    let mut inside = Vec::new();
    if row.first {
        let name = text(said.author.name.as_str());
        let author = element("span", [("class", "author".into()), ("dir", "auto".into())], name);
        let mut who = vec![author];
        who.extend(time(row, words));
        inside.push(element("div", [("class", "who".into())], who));
    }
    inside.extend(said.reply_to.as_ref().map(|said| quote(said, words)));
    // A message that is not in the log yet has no place there to be named after.
    let id = if said.seq == 0 { ["p", said.client_id.as_str()].concat() } else { format!("m{}", said.seq) };
    // Its accessible name: the label below, then what stands in these elements.
    let mut named_by = [&id, " ", &id, TEXT].concat();
    inside.extend(body(row, &id, words));
    if said.edited && said.body.is_some() {
        named_by.extend([" ", &id, EDITED]);
    }
    inside.extend(reactions(row, me, words));
    if let Some(refusal) = refusal(row, &id, words) {
        inside.push(refusal);
        named_by.extend([" ", &id, REFUSAL]);
    }
    let gutter = if row.first { vec![avatar(&said.author, row.colour, "")] } else { time(row, words) };
    let (first, meant) = (if row.first { " first" } else { "" }, if row.meant { " meant" } else { "" });
    let class = format!("msg u{}{first}{meant}{}", row.colour, state_class(row));
    let attributes = [
        ("class", class.into()),
        ("aria-label", label(row, words).into()),
        ("aria-labelledby", named_by.into()),
        ("id", id.into()),
        ("tabindex", "-1".into()),
    ];
    let gutter = element("div", [("class", "gutter".into())], gutter);
    element(
        "article",
        attributes,
        [gutter, element("div", [("class", "said".into())], inside), actions(row.mine, words)],
    )
}

/// What comes first in the accessible name: who, when, whether it is on its way, and what it answers. A message that
/// continues a group has its author there alone.
fn label(row: &MessageRow, words: &Words) -> String {
    let mut label = [&isolate(row.said.author.name.as_str(), words.comma()), words.comma(), &row.clock].concat();
    let mut add = |part: &str| label.extend([words.comma(), part]);
    if let Some(way) = way(row, words) {
        add(way);
    }
    if let Some(quote) = &row.said.reply_to {
        let start: String = quoted(quote, words).chars().take(QUOTED).collect();
        add(&fill(words.answering(), &[quoted_name(quote), &start]));
    }
    label
}

/// When it was said. While it is on its way, that is said here too: in place, so that nothing moves when it arrives.
fn time(row: &MessageRow, words: &Words) -> Vec<AnyView> {
    let mut time = vec![element("time", [("datetime", utc(row.said.at).into())], text(row.clock.as_str()))];
    time.extend(way(row, words).map(|way| {
        let heard = element("span", [("class", "unseen".into())], text(way));
        element("span", [("class", "way".into()), ("title", way.into())], [heard])
    }));
    time
}

/// What keeps it from being sent yet, while nothing is wrong.
fn way(row: &MessageRow, words: &Words) -> Option<&'static str> {
    match row.delivery {
        Delivery::Pending { online: true } => Some(words.sending()),
        Delivery::Pending { online: false } => Some(words.waiting()),
        _ => None,
    }
}

/// What it says, or that it says nothing any more.
fn body(row: &MessageRow, id: &str, words: &Words) -> Vec<AnyView> {
    let text_id = [id, TEXT].concat();
    let Some(body) = &row.said.body else {
        return vec![element("p", [("class", "gone".into()), ("id", text_id.into())], text(words.deleted()))];
    };
    let class = if is_jumbo(body.as_str()) { "body jumbo" } else { "body" };
    let attributes = [("class", class.into()), ("dir", "auto".into()), ("id", text_id.into())];
    let inside = match &row.said.mentions {
        Some(mentions) => markup::drawn(body.as_str(), &mut Ranges::new(mentions)),
        None => markup::drawn(body.as_str(), &mut Guess),
    };
    let mut drawn = vec![element("div", attributes, inside)];
    if row.said.edited {
        let attributes = [("class", "edited".into()), ("id", [id, EDITED].concat().into())];
        drawn.push(element("span", attributes, text(words.edited())));
    }
    drawn
}

/// What it answers, and the way there.
fn quote(quote: &Quote, words: &Words) -> AnyView {
    let inside = [
        element("b", [("dir", "auto".into())], text(quoted_name(quote))),
        element("span", [("dir", "auto".into())], text(quoted(quote, words))),
    ];
    let attributes = [
        ("class", "quote".into()),
        ("href", format!("#m{}", quote.seq).into()),
        ("data-act", "jump".into()),
        ("data-about", quote.seq.to_string().into()),
    ];
    element("a", attributes, inside)
}

fn quoted(quote: &Quote, words: &Words) -> String {
    quote.excerpt.as_deref().map_or_else(|| words.deleted().to_owned(), plain)
}

fn quoted_name(quote: &Quote) -> &str {
    quote.author.as_ref().map(|author| author.name.as_str()).unwrap_or_default()
}

/// The buttons for what can be done with it. By keyboard they are reached from their message, see
/// [`focus`](super::focus).
fn actions(mine: bool, words: &Words) -> AnyView {
    let all = [
        ("react", words.react()),
        ("reply", words.reply()),
        ("edit", words.edit()),
        ("delete", words.delete()),
        ("link", words.copy_link()),
        ("copy", words.copy_text()),
        ("unread", words.mark_unread()),
    ];
    let buttons: Vec<_> = all
        .into_iter()
        .filter(|(act, _)| mine || !matches!(*act, "edit" | "delete"))
        .map(|(act, label)| {
            let attributes = [
                ("type", "button".into()),
                ("tabindex", "-1".into()),
                ("data-act", act.into()),
                ("aria-label", label.into()),
                ("title", label.into()),
            ];
            element("button", attributes, [])
        })
        .collect();
    element("div", [("class", "acts".into())], buttons)
}

fn state_class(row: &MessageRow) -> &'static str {
    match row.delivery {
        _ if row.said.body.is_none() => " deleted",
        Delivery::Done => "",
        Delivery::Pending { .. } => " pending",
        Delivery::Held(_) => " pending held",
        Delivery::Refused(_) | Delivery::Leftover => " failed",
    }
}
