//! Why something was not sent, and what its writer can do.

use leptos::prelude::*;

use super::super::element::{element, text};
use crate::{
    state::rows::{Delivery, MessageRow},
    wording::explain,
};

/// The line below a message that was refused, or of which a change was.
pub(super) fn refusal(row: &MessageRow) -> Option<AnyView> {
    // A change of a message, or the message itself.
    let own = row.about == row.said.client_id;
    let what = if own { "Not sent" } else { "Not changed" };
    let (told, retry) = match row.delivery {
        Delivery::Done | Delivery::Pending { .. } => return None,
        Delivery::Held(code) => (format!("{what} yet. {}", explain(code)), true),
        Delivery::Refused(code) => (format!("{what}. {}", explain(code)), false),
        Delivery::Leftover => ("Left from an earlier visit, and perhaps sent then.".to_owned(), true),
    };
    let offers = [("retry", "Retry", retry), ("change", "Edit", own), ("discard", "Discard", true)];
    let buttons = offers.into_iter().filter(|(.., offered)| *offered).map(|(act, label, _)| {
        let about = row.about.as_str().to_owned();
        let attributes = [("type", "button".into()), ("data-act", act.into()), ("data-about", about.into())];
        element("button", attributes, text(label))
    });
    let mut inside = vec![element("span", [], text(told))];
    inside.extend(buttons);
    Some(element("div", [("class", "state".into())], inside))
}
