//! The state of an outbox entry that the server refused, or that an earlier session left.

use leptos::prelude::*;

use super::super::{
    actions::OutboxAction,
    element::{element, text},
};
use crate::{
    i18n::{Texts, fill},
    view::rows::{DeliveryStatus, MessageRow},
};

/// The suffix of the DOM id of the explanation.
pub(super) const REFUSAL_ID: &str = "r";

/// Renders the note below a message whose delivery, or the delivery of a change, was refused: the reason, and buttons
/// for what the reader can do.
pub(super) fn refusal(row: &MessageRow, id: &str, texts: &Texts) -> Option<AnyView> {
    // Whether the delivery is that of the message itself, not of a change.
    let is_message = row.delivery_of == row.message.client_id;
    let (refused, retrying) = if is_message {
        (texts.not_sent(), texts.not_sent_yet())
    } else {
        (texts.not_changed(), texts.not_changed_yet())
    };
    let (explanation, can_retry) = match row.delivery {
        DeliveryStatus::Done | DeliveryStatus::Pending { .. } => return None,
        DeliveryStatus::Retrying(code) => (fill(retrying, &[&texts.explain(code)]), true),
        DeliveryStatus::Refused(code) => (fill(refused, &[&texts.explain(code)]), false),
        DeliveryStatus::Orphaned => (texts.orphaned().to_owned(), true),
    };
    let actions = [
        (OutboxAction::Retry, texts.retry(), can_retry),
        (OutboxAction::Edit, texts.edit(), row.has_text),
        (OutboxAction::Discard, texts.discard(), true),
    ];
    let buttons = actions.into_iter().filter(|(.., possible)| *possible).map(|(action, label, _)| {
        let client_id = row.delivery_of.as_str().to_owned();
        let attributes = [("type", "button".into()), action.attribute(), ("data-about", client_id.into())];
        element("button", attributes, text(label))
    });
    let mut children = vec![element("span", [("id", [id, REFUSAL_ID].concat().into())], text(explanation))];
    children.extend(buttons);
    Some(element("div", [("class", "state".into())], children))
}
