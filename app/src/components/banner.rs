//! The strips above the messages: what is the matter with the connection or with what was to be shown, and the toast.

use leptos::prelude::*;

use super::element::{Attribute, element, text};
use crate::{Session, erase::Erase, live::view, words::fill};

/// The strips. They lie over the messages, so that nothing moves when they come and go.
pub(super) fn connection_banner(session: Session) -> AnyView {
    let words = session.words;
    view(move || {
        let shown = session.shown.read();
        let banner = shown.banner.as_ref();
        let class = if banner.is_some() { "banner shown" } else { "banner" };
        // Counted seconds are for the eye: read out each second they would drown everything else.
        let next = banner.and_then(|banner| banner.next_in);
        let next =
            next.map(|seconds| fill(words.trying_in(), &[&words.number(seconds.max(1) as usize)])).unwrap_or_default();
        let said = element("span", [("role", "status".into())], text(banner.map_or("", |banner| banner.text)));
        let next = element("span", [("class", "next".into()), ("aria-hidden", "true".into())], text(next));
        let retry =
            element("button", [("type", "button".into()), ("data-do", "retry".into())], text(words.retry_now()));
        let connection =
            element("div", [("class", class.into())], [element("p", [], [said, " ".erase(), next]), retry]);
        let mut strips = vec![connection];
        if !shown.toast.is_empty() {
            let close = [("type", "button".into()), ("data-do", "close-toast".into())];
            let strip = [element("p", [], text(shown.toast)), element("button", close, text(words.close()))];
            strips.push(element("div", [("class", "banner shown".into())], strip));
        }
        element("div", [("class", "banners".into())], strips)
    })
}

/// That the address, or a link, names a message that is not there. It gives way to what is said about the connection.
pub(super) fn missing_message(session: Session) -> AnyView {
    view(move || {
        let (shown, words) = (session.shown.read(), session.words);
        if !shown.missing || shown.banner.is_some() {
            return ().erase();
        }
        let said = element("p", [("role", "status".into())], text(words.message_missing()));
        // As that of the pill: without script it leads to the room's own address.
        let form: [Attribute; 3] = [
            ("class", "banner shown missing".into()),
            ("action", shown.room.path().into()),
            ("data-form", "follow".into()),
        ];
        element("form", form, [said, element("button", [], text(words.to_newest()))])
    })
}
