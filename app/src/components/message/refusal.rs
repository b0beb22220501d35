//! Why something was not sent, and what its writer can do.

use leptos::prelude::*;

use super::super::element::{element, text};
use super::REFUSAL;
use crate::{
    state::rows::{Delivery, MessageRow},
    words::{Words, fill},
};

/// The line below a message that was refused, or of which a change was.
pub(super) fn refusal(row: &MessageRow, id: &str, words: &Words) -> Option<AnyView> {
    // A change of a message, or the message itself.
    let own = row.about == row.said.client_id;
    let (refused, held) =
        if own { (words.not_sent(), words.not_sent_yet()) } else { (words.not_changed(), words.not_changed_yet()) };
    let (told, retry) = match row.delivery {
        Delivery::Done | Delivery::Pending { .. } => return None,
        Delivery::Held(code) => (fill(held, &[&words.explain(code)]), true),
        Delivery::Refused(code) => (fill(refused, &[&words.explain(code)]), false),
        Delivery::Leftover => (words.leftover().to_owned(), true),
    };
    let offers =
        [("retry", words.retry(), retry), ("change", words.edit(), row.has_text), ("discard", words.discard(), true)];
    let buttons = offers.into_iter().filter(|(.., offered)| *offered).map(|(act, label, _)| {
        let about = row.about.as_str().to_owned();
        let attributes = [("type", "button".into()), ("data-act", act.into()), ("data-about", about.into())];
        element("button", attributes, text(label))
    });
    let mut inside = vec![element("span", [("id", [id, REFUSAL].concat().into())], text(told))];
    inside.extend(buttons);
    Some(element("div", [("class", "state".into())], inside))
}
