//! Why something was not sent, and what its writer can do.

use leptos::prelude::*;

use crate::{
    Session,
    live::click,
    state::rows::{Delivery, MessageRow},
    wording::explain,
};

/// The line below a message that was refused, or of which a change was.
pub(super) struct Refusal;

impl Refusal {
    /// The line, if there is something to say.
    pub(super) fn of(row: &MessageRow) -> Option<AnyView> {
        // A change of a message, or the message itself.
        let (id, own) = (row.about.clone(), row.about == row.said.client_id);
        let what = if own { "Not sent" } else { "Not changed" };
        let (text, retry) = match row.delivery {
            Delivery::Done | Delivery::Pending { .. } => return None,
            Delivery::Held(code) => (format!("{what} yet. {}", explain(code)), true),
            Delivery::Refused(code) => (format!("{what}. {}", explain(code)), false),
            Delivery::Leftover => ("Left from an earlier visit, and perhaps sent then.".to_owned(), true),
        };
        let session = Session::get();
        let (retry_id, edit_id) = (id.clone(), id.clone());
        let again = move || session.input(|client, at| client.retry(&retry_id, at));
        let line = view! {
            <div class="state">
                <span>{text}</span>
                {retry.then(|| view! { <button type="button" on:click=click(again)>"Retry"</button> })}
                {own.then(|| view! {
                    <button type="button" on:click=click(move || session.edit(&edit_id))>"Edit"</button>
                })}
                <button type="button" on:click=click(move || drop(session.input(|client, at| client.discard(&id, at))))>
                    "Discard"
                </button>
            </div>
        };
        Some(line.into_any())
    }
}
