//! The composer: text box, emoji picker, drafts, and what the text is for.

mod draft;

use leptos::{ev::KeyboardEvent, html::Form, prelude::*};
use parlor::limits;
use parlor_markup::plain_text;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlTextAreaElement};

pub(super) use self::draft::focus_composer;
use self::draft::{BoxDraft, offered_drafts};
use super::{
    actions::Command,
    attributes::Attributes,
    completion::Completion,
    element::{element, error_note, hidden_field, icon, text},
    insertion::replace_range,
    key_reader::KeyReader,
    media_queries::is_touch,
    picker::Picker,
};
use crate::{
    ChatHandle,
    dom::{listen, nearest},
    erase::Erase,
    i18n::{Texts, fill},
    reactive::{on_change, on_mount, reactive_text, reactive_view},
    state::{drafts::Composing, key_press::Held},
};

/// From this length on, in UTF-16 code units, the text box has one direction for all lines. Several times more than can
/// be sent.
const ONE_DIRECTION_LENGTH: u32 = 65_536;

const TEXT_BOX: &str = "textarea";

/// The events that the form handles.
const EVENTS: [&str; 6] = ["submit", "click", "pointerdown", "keydown", "input", "focusout"];

/// The maximum height of the text box, in pixels: eight lines. A longer text scrolls.
const MAX_HEIGHT: i32 = 8 * 24 + 12;

/// Renders the composer. The text box is uncontrolled: its text is removed only when it is sent, or another draft is
/// opened.
pub fn composer(chat: ChatHandle) -> Vec<AnyView> {
    let texts = chat.texts;
    let form_ref = NodeRef::<Form>::new();
    // Looked up each time, since an extension may have replaced the element.
    let field = move || -> Option<HtmlTextAreaElement> {
        form_ref.get_untracked()?.query_selector(TEXT_BOX).ok()??.dyn_into().ok()
    };
    // A message that the server rejected as an HTML form. Only the first render explains the reason: a reader who has
    // joined by script since then was rejected for the name.
    let rejected = chat.take_rejected_form();
    let explained = rejected.as_ref().filter(|_| !chat.view_state.read_untracked().hydrated);
    let note = RwSignal::new(explained.map(|rejected| texts.explain(rejected.code)).unwrap_or_default());
    let typed = rejected.map(|rejected| rejected.text).unwrap_or_default();
    let completion = Completion::new(chat);
    let draft = BoxDraft::new(chat);
    let on_input = move |field: &HtmlTextAreaElement| {
        resize(field);
        let text = field.value();
        draft.report(field);
        note.set(too_long(&text, texts).unwrap_or_default());
        completion.update(field);
    };
    // Shows the open draft, and closes the completions of the text before. True if the draft changed.
    let sync = move |field: &HtmlTextAreaElement| {
        let changed = draft.sync(field);
        if changed {
            resize(field);
            note.set(too_long(&field.value(), texts).unwrap_or_default());
            completion.close();
        }
        changed
    };
    let send = move || {
        let Some(field) = field() else { return };
        // Nothing is sent if the text belongs to another draft than the open one.
        let text = field.value();
        sync(&field);
        if field.value() != text {
            return;
        }
        // No error for an empty text.
        if text.trim().is_empty() {
            return;
        }
        match chat.post(&text) {
            // After an edit the draft from before it is open again.
            Ok(true) => drop(sync(&field)),
            Ok(false) => {}
            Err(code) => note.set(too_long(&text, texts).unwrap_or_else(|| texts.explain(code))),
        }
        let _ = field.focus();
    };
    let picker = Picker::get();
    let add_emoji = move |event: &Event| {
        let Some(button) = nearest(event, ".adds-emoji") else { return };
        picker.open(texts.emoji(), &button, move |emoji| {
            if let Some(field) = field() {
                let caret = field.selection_end().ok().flatten().unwrap_or(0);
                replace_range(&field, emoji, caret, caret);
            }
        });
    };
    let key_reader = KeyReader::get();
    let on_key_down = move |event: &KeyboardEvent, field: &HtmlTextAreaElement| {
        let Some(press) = key_reader.read(event) else { return };
        let is_message = || chat.view_state.read_untracked().composing.is_none();
        match (press.key(), press.held) {
            // On every device, and without the completion that is selected.
            ("Enter", Held::Command | Held::Control) => send(),
            // An accepted completion fires `input`, which reports the text.
            _ if completion.on_key(&press, field) => {}
            // On-screen keyboards have no Shift+Enter, so Enter starts a new line there.
            ("Enter", Held::Nothing) if !is_touch() => send(),
            ("ArrowUp", Held::Nothing) if field.value().is_empty() => chat.input(|client, _| client.start_edit(None)),
            ("Escape", Held::Nothing) if !is_message() => chat.input(|client, _| client.set_composing(None)),
            _ => return,
        }
        event.prevent_default();
    };
    let mode = move || Mode::of(chat.view_state.read().composing.as_ref());
    let state = move || {
        let state = chat.view_state.read();
        (state.hydrated, state.room.clone(), state.draft, Mode::of(state.composing.as_ref()))
    };
    on_change(state, move |(hydrated, room, _, mode), before| {
        let Some(field) = field().filter(|_| hydrated) else { return };
        // The reason why a form was rejected stays visible after hydration.
        let explanation = note.get_untracked();
        sync(&field);
        let Some((was_hydrated, old_room, _, old_mode)) = before else {
            // The composer has just replaced the form to join: the reader wants to write now.
            let _ = field.focus();
            return;
        };
        if !was_hydrated {
            if !explanation.is_empty() {
                note.set(explanation);
            }
            return;
        }
        // After a change of the room on a touch screen the reader wants to read first, without a keyboard over the
        // page.
        let mode_chosen = mode != old_mode && (room == old_room || mode != Mode::Message);
        if mode_chosen || (room != old_room && !is_touch()) {
            let _ = field.focus();
        }
    });
    let on_event = move |event: Event| {
        let kind = event.type_();
        if kind == "focusout" {
            // Also fired when the text box is removed, so nothing else may be used here.
            return completion.close();
        }
        match (kind.as_str(), field()) {
            ("submit", _) => {
                event.prevent_default();
                send();
            }
            ("click", _) => add_emoji(&event),
            ("input", Some(field)) => on_input(&field),
            ("keydown", Some(field)) if nearest(&event, TEXT_BOX).is_some() => {
                if let Some(event) = event.dyn_ref() {
                    on_key_down(event, &field);
                }
            }
            ("pointerdown", Some(field)) => {
                // The text box keeps the focus, and a phone its keyboard.
                if nearest(&event, "#offers, .send").is_some() {
                    event.prevent_default();
                }
                completion.on_pointer_down(&event, &field);
            }
            _ => {}
        }
    };
    form_ref.on_load(move |form| listen(&form, &EVENTS, on_event));
    on_mount(move || {
        // Scripts may have changed the text without an event. These events are the last opportunity to report it.
        let listeners = ["pagehide", "visibilitychange"].map(|event| {
            window_event_listener_untyped(event, move |_| {
                if let Some(field) = field() {
                    draft.report(&field);
                }
            })
        });
        on_cleanup(move || listeners.into_iter().for_each(|listener| listener.remove()));
    });
    // Without script the browser sends the form to the server. It contains the name, in case the form session has
    // ended.
    let path = reactive_text(move || chat.room().path());
    let name = chat.view_state.read_untracked().name.as_ref().map(ToString::to_string).unwrap_or_default();
    let placeholder = reactive_text(move || fill(texts.message_to(), &[&chat.view_state.read().room_label()]));
    let attributes = Attributes(vec![
        ("name", "text".into()),
        ("aria-label", texts.message().into()),
        ("rows", "1".into()),
        ("dir", "auto".into()),
        ("autocomplete", "off".into()),
        ("enterkeyhint", "enter".into()),
        ("aria-autocomplete", "list".into()),
        ("aria-controls", "offers".into()),
    ]);
    let text_box = view! {
        <textarea
            {..attributes}
            inner_html=textarea_html(&typed)
            placeholder=placeholder
            aria-activedescendant=move || completion.active()
        ></textarea>
    };
    let children = vec![
        hidden_field("name", name),
        hidden_field("id", chat.form_id()),
        completion.list(),
        text_box.erase(),
        emoji_button(texts),
        reactive_view(move || send_button(if matches!(mode(), Mode::Edit(_)) { texts.save() } else { texts.send() })),
    ];
    let form = view! {
        <form
            class="box"
            method="post"
            action=path
            node_ref=form_ref
        >
            {children}
        </form>
    };
    vec![
        error_note([reactive_view(move || element("span", [], text(note.get())))]),
        offered_drafts(chat),
        reactive_view(move || mode_bar(chat.view_state.read().composing.as_ref(), texts)),
        form.erase(),
        element(
            "p",
            [("class", "hint".into())],
            [key_hint(texts.hint_send(), "Enter"), key_hint(texts.hint_new_line(), "Shift Enter")],
        ),
    ]
}

/// Renders the bar of a reply or an edit, with a button to cancel it.
fn mode_bar(composing: Option<&Composing>, texts: &Texts) -> AnyView {
    let label = composing.map(|composing| mode_label(composing, texts)).unwrap_or_default();
    let cancel = [("type", "button".into()), Command::CancelComposing.attribute()];
    let children = [element("span", [], text(label)), element("button", cancel, text(texts.cancel()))];
    element("div", [("class", if composing.is_some() { "mode shown" } else { "mode" }.into())], children)
}

fn emoji_button(texts: &Texts) -> AnyView {
    let attributes = [
        ("type", "button".into()),
        ("class", "adds-emoji".into()),
        ("aria-label", texts.emoji().into()),
        ("title", texts.emoji_hint().into()),
    ];
    element("button", attributes, [icon("emoji")])
}

fn send_button(label: &'static str) -> AnyView {
    element("button", [("class", "send".into()), ("aria-label", label.into())], [icon("send")])
}

/// What the text is for: a [`Composing`] without its texts, to detect changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Message,
    Reply(u64),
    Edit(u64),
}

impl Mode {
    fn of(composing: Option<&Composing>) -> Self {
        match composing {
            None => Self::Message,
            Some(Composing::Reply(quote)) => Self::Reply(quote.seq),
            Some(Composing::Edit { target, .. }) => Self::Edit(target.seq),
        }
    }
}

fn mode_label(composing: &Composing, texts: &Texts) -> String {
    match composing {
        Composing::Edit { .. } => texts.editing().to_owned(),
        Composing::Reply(quote) => {
            let name = quote.author.as_ref().map(|author| author.name.as_str()).unwrap_or_default();
            fill(texts.answering(), &[name, &plain_text(quote.excerpt.as_deref().unwrap_or_default())])
        }
    }
}

/// Renders the hint what a key does. The placeholder of the text becomes the key.
fn key_hint(text: &'static str, key: &'static str) -> AnyView {
    let (before, rest) = text.split_once('{').unwrap_or((text, ""));
    let after = rest.split_once('}').map_or("", |(_, after)| after);
    let key = element("kbd", [], [key.erase()]);
    element("span", [], [before.erase(), key, after.erase()])
}

fn resize(field: &HtmlTextAreaElement) {
    // Chromium takes 5 s to lay out a text of 400 KB if each line has its own direction, and 0.5 s with one direction.
    let direction =
        if field.text_length() < ONE_DIRECTION_LENGTH { Some("auto".to_owned()) } else { computed_direction(field) };
    if let Some(direction) = direction.filter(|direction| *direction != field.dir()) {
        field.set_dir(&direction);
    }
    // Through the DOM only: the page's content security policy forbids styles in HTML.
    let style = web_sys::HtmlElement::style(field);
    let _ = style.set_property("height", "auto");
    let _ = style.set_property("height", &format!("{}px", field.scroll_height().min(MAX_HEIGHT)));
}

fn computed_direction(field: &HtmlTextAreaElement) -> Option<String> {
    window().get_computed_style(field).ok()??.get_property_value("direction").ok()
}

/// Escapes the content of a `textarea`. A line break is added, since HTML ignores the first one there ("the textarea
/// element").
fn textarea_html(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;")) }
}

/// The error for a text that is too long to be sent, with its surplus.
fn too_long(text: &str, texts: &Texts) -> Option<String> {
    let surplus = text.len().checked_sub(limits::BODY_BYTES + 1)? + 1;
    Some(fill(texts.too_long_by(), &[&texts.number(surplus), &texts.number(limits::BODY_BYTES / 1024)]))
}
