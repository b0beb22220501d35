//! The way back to the end, while someone reads further up.

use leptos::prelude::*;

use super::element::{element, icon};
use crate::{
    Session,
    erase::Erase,
    live::view,
    session::Shown,
    state::client::News,
    words::{Words, fill},
};

/// "5 new since 14:02".
pub(super) fn news_pill(session: Session) -> AnyView {
    view(move || {
        let shown = session.shown.read();
        if shown.live {
            return ().erase();
        }
        let class = if shown.news.is_some() { "pill news" } else { "pill" };
        let button = [("class", class.into()), ("data-do", "follow".into())];
        let button = element("button", button, [label(&shown, session.words).erase(), icon("down")]);
        // Without script it is the way to the room's own address.
        element("form", [("action", shown.room.path().into()), ("data-form", "follow".into())], [button])
    })
}

fn label(shown: &Shown, words: &Words) -> String {
    match &shown.news {
        Some(News { count, more: false, since }) => {
            words.counted(words.new_since(), *count, &[&words.number(*count), since])
        }
        Some(News { count, .. }) => fill(words.many_new(), &[&words.number(*count)]),
        None => words.to_newest().to_owned(),
    }
}
