//! One message.

mod reactions;
mod refusal;

use leptos::prelude::*;
use parlor::{AuthorId, Quote};

use self::{reactions::reactions, refusal::refusal};
use super::{
    avatar::avatar,
    element::{element, text},
    markup,
};
use crate::{
    markup::{emoji::is_jumbo, plain},
    state::{
        calendar::utc,
        rows::{Delivery, MessageRow},
    },
    words::Words,
};

/// A line of the log, for this reader. Its node stays from pending to confirmed; only what changes is drawn anew.
pub(super) fn message(row: &MessageRow, me: &AuthorId, words: &Words) -> AnyView {
    let (said, name) = (&row.said, row.said.author.name.as_str());
    let mut inside = Vec::new();
    if row.first {
        let author = element("span", [("class", "author".into()), ("dir", "auto".into())], text(name));
        let mut who = vec![author];
        who.extend(time(row, words));
        inside.push(element("div", [("class", "who".into())], who));
    }
    inside.extend(said.reply_to.as_ref().map(|said| quote(said, words)));
    inside.extend(body(row, words));
    inside.extend(reactions(row, me, words));
    inside.extend(refusal(row, words));
    let gutter = if row.first { vec![avatar(&said.author, row.colour, "")] } else { time(row, words) };
    let place = if said.seq == 0 { String::new() } else { format!("m{}", said.seq) };
    let (first, meant) = (if row.first { " first" } else { "" }, if row.meant { " meant" } else { "" });
    let class = format!("msg u{}{first}{meant}{}", row.colour, state_class(row));
    let label = format!("{name}{}{}", words.comma(), row.clock);
    let attributes =
        [("id", place.into()), ("class", class.into()), ("aria-label", label.into()), ("tabindex", "-1".into())];
    let gutter = element("div", [("class", "gutter".into())], gutter);
    element(
        "article",
        attributes,
        [gutter, element("div", [("class", "said".into())], inside), actions(row.mine, words)],
    )
}

/// When it was said. While it is on its way, that is said here too: in place, so that nothing moves when it arrives.
fn time(row: &MessageRow, words: &Words) -> Vec<AnyView> {
    let way = match row.delivery {
        Delivery::Pending { online: true } => Some(words.sending()),
        Delivery::Pending { online: false } => Some(words.waiting()),
        _ => None,
    };
    let mut time = vec![element("time", [("datetime", utc(row.said.at).into())], text(row.clock.as_str()))];
    time.extend(way.map(|way| {
        let heard = element("span", [("class", "unseen".into())], text(way));
        element("span", [("class", "way".into()), ("title", way.into())], [heard])
    }));
    time
}

/// What it says, or that it says nothing any more.
fn body(row: &MessageRow, words: &Words) -> Vec<AnyView> {
    let Some(body) = &row.said.body else {
        return vec![element("p", [("class", "gone".into())], text(words.deleted()))];
    };
    let class = if is_jumbo(body.as_str()) { "body jumbo" } else { "body" };
    let mut drawn =
        vec![element("div", [("class", class.into()), ("dir", "auto".into())], markup::drawn(body.as_str()))];
    if row.said.edited {
        drawn.push(element("span", [("class", "edited".into())], text(words.edited())));
    }
    drawn
}

/// What it answers, and the way there.
fn quote(quote: &Quote, words: &Words) -> AnyView {
    let said = quote.excerpt.as_deref().map_or_else(|| words.deleted().to_owned(), plain);
    let name = quote.author.as_ref().map(|author| author.name.as_str()).unwrap_or_default();
    let inside =
        [element("b", [("dir", "auto".into())], text(name)), element("span", [("dir", "auto".into())], text(said))];
    let attributes = [
        ("class", "quote".into()),
        ("href", format!("#m{}", quote.seq).into()),
        ("data-act", "jump".into()),
        ("data-about", quote.seq.to_string().into()),
    ];
    element("a", attributes, inside)
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
