//! The account menu: the reader's name, notifications, other devices and signing out.

use leptos::prelude::*;
use parlor::Author;

use super::{
    actions::{Command, FormKind},
    avatar::avatar,
    element::{element, error_note, field, icon, text},
    panel::{Panel, Panels},
    server_links::server_links,
};
use crate::{
    ChatHandle,
    erase::Erase,
    i18n::fill,
    platform::NotificationPermission,
    reactive::{on_change, reactive_view},
    view::view_state::ViewState,
};

/// Renders the account menu, with the buttons for shortcuts and settings.
pub(super) fn account_menu(chat: ChatHandle, panels: Panels) -> AnyView {
    // When the server accepts a new name, the form closes.
    on_change(
        move || panels.is_open(Panel::Rename) && chat.view_state.read().name_claim.renaming,
        move |pending, before| {
            if !pending && before == Some(true) {
                panels.close();
            }
        },
    );
    reactive_view(move || {
        let (state, texts) = (chat.view_state.read(), chat.texts);
        let mut children = Vec::new();
        match &state.name {
            Some(name) => {
                // A placeholder: without it the buttons after it would be rendered anew and lose the focus.
                children.push(if panels.is_open(Panel::Account) {
                    menu(chat)
                } else if panels.is_open(Panel::Rename) {
                    rename_form(chat, &state, name.as_str())
                } else {
                    ().erase()
                });
                let author = Author { id: chat.viewer_id(), name: name.clone() };
                let avatar = avatar(&author, chat.viewer_colour(), "");
                let label = element("b", [("dir", "auto".into())], text(name.as_str()));
                let attributes = [
                    ("type", "button".into()),
                    ("class", "me".into()),
                    Command::Account.attribute(),
                    ("aria-label", fill(texts.you_named(), &[name.as_str()]).into()),
                    ("title", texts.you().into()),
                    ("aria-expanded", panels.aria_expanded(Panel::Account).into()),
                ];
                children.push(element("button", attributes, [avatar, label]));
            }
            None => {
                children.push(element("span", [("class", "me guest".into())], text(texts.reading_as_guest())));
            }
        }
        let attributes = [
            ("type", "button".into()),
            ("class", "quiet-button".into()),
            Command::Shortcuts.attribute(),
            ("aria-label", texts.shortcuts().into()),
            ("title", format!("{} (?)", texts.shortcuts()).into()),
        ];
        children.push(element("button", attributes, text("?")));
        let attributes = [
            ("type", "button".into()),
            ("class", "quiet-button".into()),
            Command::Settings.attribute(),
            ("aria-label", texts.settings().into()),
            ("title", texts.settings().into()),
        ];
        children.push(element("button", attributes, [icon("settings")]));
        element("div", [("class", "me-card".into())], children)
    })
}

fn menu(chat: ChatHandle) -> AnyView {
    let texts = chat.texts;
    let device = element("button", [], text(texts.another_device()));
    let device = element(
        "form",
        [("method", "post".into()), ("action", "/device".into()), ("target", "_blank".into())],
        [device],
    );
    let devices = element("a", [("href", "/sessions".into())], text(texts.devices()));
    let sign_out = element("button", [], text(texts.sign_out()));
    let sign_out = element(
        "form",
        [("method", "post".into()), ("action", "/sign-out".into()), FormKind::SignOut.attribute()],
        [sign_out],
    );
    let rename = element(
        "button",
        [("type", "button".into()), Command::Rename.attribute(), ("data-first", "".into())],
        text(texts.change_name()),
    );
    let notifications = match chat.notification_permission() {
        NotificationPermission::Default => {
            let attributes = [("type", "button".into()), Command::AllowNotifications.attribute()];
            element("button", attributes, text(texts.notify_me()))
        }
        NotificationPermission::Granted => element("p", [], text(texts.notify_granted())),
        NotificationPermission::Denied => element("p", [], text(texts.notify_denied())),
        NotificationPermission::Insecure => element("p", [], text(texts.notify_insecure())),
    };
    let mut children = vec![rename, notifications, device, devices];
    children.extend(server_links(&chat.server().links));
    children.push(sign_out);
    element("div", [("class", "menu".into()), ("role", "group".into()), ("aria-label", texts.you().into())], children)
}

fn rename_form(chat: ChatHandle, state: &ViewState, name: &str) -> AnyView {
    let texts = chat.texts;
    let field = field([
        ("type", "text".into()),
        ("aria-label", texts.your_new_name().into()),
        ("value", name.to_owned().into()),
        ("autocomplete", "nickname".into()),
        ("data-first", "".into()),
    ]);
    let save = element("button", [("class", "join".into())], text(texts.rename()));
    let error = state.name_claim.refused.map(|code| texts.explain(code)).unwrap_or_default();
    let note = error_note(text(error));
    let form = element("form", [FormKind::Rename.attribute()], [field, save, note]);
    element("div", [("class", "menu".into())], [form])
}
