//! The banners above the timeline: the problem of the connection, a missing message, and the toast.

use leptos::prelude::*;

use super::{
    actions::{Command, FormKind},
    element::{Attribute, element, text},
};
use crate::{ChatHandle, erase::Erase, i18n::fill, reactive::reactive_view};

/// Renders the banner of the connection, and the toast. They cover the timeline, so that nothing moves when they
/// appear.
pub(super) fn connection_banner(chat: ChatHandle) -> AnyView {
    let texts = chat.texts;
    reactive_view(move || {
        let state = chat.view_state.read();
        let banner = state.banner.as_ref();
        let class = if banner.is_some() { "banner shown" } else { "banner" };
        // Hidden from screen readers: they would read the countdown every second.
        let next = banner.and_then(|banner| banner.retry_in_s);
        let next =
            next.map(|seconds| fill(texts.retry_in(), &[&texts.number(seconds.max(1) as usize)])).unwrap_or_default();
        let status = element("span", [("role", "status".into())], text(banner.map_or("", |banner| banner.text)));
        let next = element("span", [("class", "next".into()), ("aria-hidden", "true".into())], text(next));
        let retry =
            element("button", [("type", "button".into()), Command::RetryNow.attribute()], text(texts.retry_now()));
        let connection =
            element("div", [("class", class.into())], [element("p", [], [status, " ".erase(), next]), retry]);
        let mut banners = vec![connection];
        if !state.toast.is_empty() {
            let close = [("type", "button".into()), Command::CloseToast.attribute()];
            let toast = [element("p", [], text(state.toast)), element("button", close, text(texts.close()))];
            banners.push(element("div", [("class", "banner shown toast".into())], toast));
        }
        element("div", [("class", "banners".into())], banners)
    })
}

/// Renders the note that the message of an address or a link does not exist. The banner of the connection replaces it.
pub(super) fn missing_message(chat: ChatHandle) -> AnyView {
    reactive_view(move || {
        let (state, texts) = (chat.view_state.read(), chat.texts);
        if !state.missing || state.banner.is_some() {
            return ().erase();
        }
        let status = element("p", [("role", "status".into())], text(texts.message_missing()));
        // Without script the form leads to the address of the room, as in `jump_to_latest`.
        let form: [Attribute; 3] = [
            ("class", "banner shown missing".into()),
            ("action", state.room.path().into()),
            FormKind::JumpToLatest.attribute(),
        ];
        element("form", form, [status, element("button", [], text(texts.to_newest()))])
    })
}
