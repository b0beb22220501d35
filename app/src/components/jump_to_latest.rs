//! The button that jumps to the latest message, while an earlier part of the timeline is visible.

use leptos::prelude::*;

use super::{
    actions::{Command, FormKind},
    element::{element, icon},
};
use crate::{
    ChatHandle,
    erase::Erase,
    i18n::{Texts, fill},
    reactive::reactive_view,
    view::view_state::{NewMessagesLabel, ViewState},
};

/// Renders the button, with the number of new messages: "5 new since 14:02".
pub(super) fn jump_to_latest(chat: ChatHandle) -> AnyView {
    reactive_view(move || {
        let state = chat.view_state.read();
        if state.live {
            return ().erase();
        }
        let class = if state.new_messages.is_some() { "pill news" } else { "pill" };
        let button = [("class", class.into()), Command::JumpToLatest.attribute()];
        let button = element("button", button, [label(&state, chat.texts).erase(), icon("down")]);
        // Without script the form leads to the address of the room, which shows its latest messages.
        element("form", [("action", state.room.path().into()), FormKind::JumpToLatest.attribute()], [button])
    })
}

fn label(state: &ViewState, texts: &Texts) -> String {
    match &state.new_messages {
        Some(NewMessagesLabel { count, more: false, since }) => {
            texts.counted(texts.new_since(), *count, &[&texts.number(*count), since])
        }
        Some(NewMessagesLabel { count, .. }) => fill(texts.many_new(), &[&texts.number(*count)]),
        None => texts.to_newest().to_owned(),
    }
}
