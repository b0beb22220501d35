//! Where one writes: the composer for who has a name, and the way to one for who has not, at the same height.

use leptos::prelude::*;

use super::{
    composer::composer,
    element::{element, text},
    join::join,
};
use crate::{Session, erase::Erase, live::view};

/// The foot of the conversation.
pub(super) fn footer(session: Session) -> AnyView {
    let named = Memo::new(move |_| session.shown.read().name.is_some());
    let typing = move || {
        let attributes = [("class", "typing".into()), ("aria-live", "off".into())];
        element("p", attributes, text(session.shown.read().typing.as_str()))
    };
    let field = move || if named.get() { composer(session).erase() } else { join(session) };
    let inside = element("div", [("class", "col".into())], [view(typing), view(field)]);
    element("div", [("class", "foot".into())], [inside])
}
