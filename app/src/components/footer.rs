//! The footer: the composer of a reader with a name, or the form to join, at the same height.

use leptos::prelude::*;

use super::{
    composer::composer,
    element::{element, text},
    join::join,
};
use crate::{ChatHandle, erase::Erase, reactive::reactive_view};

/// Renders the footer, with who is typing above.
pub(super) fn footer(chat: ChatHandle) -> AnyView {
    let has_name = Memo::new(move |_| chat.view_state.read().name.is_some());
    let typing = move || {
        let attributes = [("class", "typing".into()), ("aria-live", "off".into())];
        element("p", attributes, text(chat.view_state.read().typing.as_str()))
    };
    let field = move || if has_name.get() { composer(chat).erase() } else { join(chat) };
    let column = element("div", [("class", "col".into())], [reactive_view(typing), reactive_view(field)]);
    element("div", [("class", "foot".into())], [column])
}
