//! A message of the timeline.

mod reactions;
mod refusal;

use leptos::prelude::*;
use parlor::{AuthorId, Quote};
use parlor_markup::{GuessResolver, RangeResolver, emoji::is_jumbo, plain_text};

use self::{
    reactions::reactions,
    refusal::{REFUSAL_ID, refusal},
};
use super::{
    actions::MessageAction,
    avatar::avatar,
    element::{element, text},
    markup,
};
use crate::{
    i18n::{Texts, fill, isolate},
    state::calendar::utc,
    view::rows::{DeliveryStatus, MessageRow},
};

// Suffixes for the DOM ids of the elements in the accessible name of a message.
const TEXT_ID: &str = "t";
const EDITED_ID: &str = "e";
/// The number of characters of a quote in the accessible name.
const QUOTE_CHARS: usize = 40;

/// Renders a message for the author `viewer`. Its DOM node stays from pending to confirmed, and only changes are
/// rendered.
pub(super) fn message(row: &MessageRow, viewer: &AuthorId, texts: &Texts) -> AnyView {
    let message = &row.message;
    let mut children = Vec::new();
    if row.first {
        let name = text(message.author.name.as_str());
        let author = element("span", [("class", "author".into()), ("dir", "auto".into())], name);
        let mut heading = vec![author];
        heading.extend(timestamp(row, texts));
        children.push(element("div", [("class", "who".into())], heading));
    }
    children.extend(message.reply_to.as_ref().map(|quoted| quote(quoted, texts)));
    // A pending message has no seq yet.
    let id = if message.seq == 0 { ["p", message.client_id.as_str()].concat() } else { format!("m{}", message.seq) };
    // The accessible name: the label, then the content of these elements.
    let mut named_by = [&id, " ", &id, TEXT_ID].concat();
    children.extend(body(row, &id, texts));
    if message.edited && message.body.is_some() {
        named_by.extend([" ", &id, EDITED_ID]);
    }
    children.extend(reactions(row, viewer, texts));
    if let Some(refusal) = refusal(row, &id, texts) {
        children.push(refusal);
        named_by.extend([" ", &id, REFUSAL_ID]);
    }
    let gutter = if row.first { vec![avatar(&message.author, row.colour, "")] } else { timestamp(row, texts) };
    let (first, highlighted) = (if row.first { " first" } else { "" }, if row.highlighted { " meant" } else { "" });
    let class = format!("msg u{}{first}{highlighted}{}", row.colour, state_class(row));
    let attributes = [
        ("class", class.into()),
        ("aria-label", accessible_label(row, texts).into()),
        ("aria-labelledby", named_by.into()),
        ("id", id.into()),
        ("tabindex", "-1".into()),
    ];
    let gutter = element("div", [("class", "gutter".into())], gutter);
    element(
        "article",
        attributes,
        [gutter, element("div", [("class", "said".into())], children), actions(row.mine, texts)],
    )
}

/// The first part of the accessible name: author, time, whether the message is pending, and the quote. For the messages
/// of a group after the first it is the only place with the author.
fn accessible_label(row: &MessageRow, texts: &Texts) -> String {
    let mut label = [&isolate(row.message.author.name.as_str(), texts.comma()), texts.comma(), &row.clock].concat();
    let mut add = |part: &str| label.extend([texts.comma(), part]);
    if let Some(pending) = pending_label(row, texts) {
        add(pending);
    }
    if let Some(quote) = &row.message.reply_to {
        let excerpt: String = quoted_text(quote, texts).chars().take(QUOTE_CHARS).collect();
        add(&fill(texts.answering(), &[quoted_author(quote), &excerpt]));
    }
    label
}

/// Renders the time of a message, and whether it is pending: beside the time, so that nothing moves when it is
/// confirmed.
fn timestamp(row: &MessageRow, texts: &Texts) -> Vec<AnyView> {
    let mut children = vec![element("time", [("datetime", utc(row.message.at).into())], text(row.clock.as_str()))];
    children.extend(pending_label(row, texts).map(|label| {
        let spoken = element("span", [("class", "unseen".into())], text(label));
        element("span", [("class", "way".into()), ("title", label.into())], [spoken])
    }));
    children
}

/// The label of a pending message: in flight, or waiting for a connection.
fn pending_label(row: &MessageRow, texts: &Texts) -> Option<&'static str> {
    match row.delivery {
        DeliveryStatus::Pending { online: true } => Some(texts.sending()),
        DeliveryStatus::Pending { online: false } => Some(texts.waiting()),
        _ => None,
    }
}

/// Renders the text of a message, or a note that it was deleted.
fn body(row: &MessageRow, id: &str, texts: &Texts) -> Vec<AnyView> {
    let text_id = [id, TEXT_ID].concat();
    let Some(body) = &row.message.body else {
        return vec![element("p", [("class", "gone".into()), ("id", text_id.into())], text(texts.deleted()))];
    };
    let class = if is_jumbo(body.as_str()) { "body jumbo" } else { "body" };
    let attributes = [("class", class.into()), ("dir", "auto".into()), ("id", text_id.into())];
    let content = match &row.message.mentions {
        Some(mentions) => markup::render(body.as_str(), &mut RangeResolver::new(mentions)),
        None => markup::render(body.as_str(), &mut GuessResolver),
    };
    let mut children = vec![element("div", attributes, content)];
    if row.message.edited {
        let attributes = [("class", "edited".into()), ("id", [id, EDITED_ID].concat().into())];
        children.push(element("span", attributes, text(texts.edited())));
    }
    children
}

/// Renders the quote of the message that this one answers, as a link to it.
fn quote(quote: &Quote, texts: &Texts) -> AnyView {
    let children = [
        element("b", [("dir", "auto".into())], text(quoted_author(quote))),
        element("span", [("dir", "auto".into())], text(quoted_text(quote, texts))),
    ];
    let attributes = [
        ("class", "quote".into()),
        ("href", format!("#m{}", quote.seq).into()),
        MessageAction::Jump.attribute(),
        ("data-about", quote.seq.to_string().into()),
    ];
    element("a", attributes, children)
}

fn quoted_text(quote: &Quote, texts: &Texts) -> String {
    quote.excerpt.as_deref().map_or_else(|| texts.deleted().to_owned(), plain_text)
}

fn quoted_author(quote: &Quote) -> &str {
    quote.author.as_ref().map(|author| author.name.as_str()).unwrap_or_default()
}

/// Renders the buttons for the actions of a message. They are reached by keyboard from their message, see
/// [`message_focus`](super::message_focus).
fn actions(mine: bool, texts: &Texts) -> AnyView {
    let all = [
        (MessageAction::React, texts.react()),
        (MessageAction::Reply, texts.reply()),
        (MessageAction::Edit, texts.edit()),
        (MessageAction::Delete, texts.delete()),
        (MessageAction::CopyLink, texts.copy_link()),
        (MessageAction::CopyText, texts.copy_text()),
        (MessageAction::MarkUnread, texts.mark_unread()),
    ];
    let buttons: Vec<_> = all
        .into_iter()
        .filter(|(action, _)| mine || !matches!(action, MessageAction::Edit | MessageAction::Delete))
        .map(|(action, label)| {
            let attributes = [
                ("type", "button".into()),
                ("tabindex", "-1".into()),
                action.attribute(),
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
        _ if row.message.body.is_none() => " deleted",
        DeliveryStatus::Done => "",
        DeliveryStatus::Pending { .. } => " pending",
        DeliveryStatus::Retrying(_) => " pending held",
        DeliveryStatus::Refused(_) | DeliveryStatus::Orphaned => " failed",
    }
}
