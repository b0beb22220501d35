//! Where a message is written.

mod draft;

use leptos::{ev::KeyboardEvent, html::Form, prelude::*};
use parlor::limits;
use parlor_markup::plain;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlTextAreaElement};

pub(super) use self::draft::focus_composer;
use self::draft::{BoxDraft, offered_drafts};
use super::{
    attributes::Attributes,
    completion::Completion,
    element::{alert, element, hidden, icon, text},
    insertion::insert,
    key::KeyReader,
    picker::Picker,
    touch::is_touched,
};
use crate::{
    Session,
    erase::Erase,
    live::{listen, nearest, on_change, view, when_drawn, words},
    state::{client::Composing, key_press::Held},
    words::{Words, fill},
};

/// A text of so many characters that it is laid out in one direction: several times more than can be sent.
const LONG: u32 = 65_536;

const TEXT_BOX: &str = "textarea";

/// What is listened for at the form.
const EVENTS: [&str; 6] = ["submit", "click", "pointerdown", "keydown", "input", "focusout"];

/// Where it stops growing and starts to scroll, in pixels: eight lines.
const TALLEST: i32 = 8 * 24 + 12;

/// "Message" and "Send". The text is the browser's own: it is never taken away except by sending it.
pub fn composer(session: Session) -> Vec<AnyView> {
    let said = session.words;
    let form_ref = NodeRef::<Form>::new();
    // The one that is there now: an extension may have put another one in its place.
    let field = move || -> Option<HtmlTextAreaElement> {
        form_ref.get_untracked()?.query_selector(TEXT_BOX).ok()??.dyn_into().ok()
    };
    // One that came by a form. Why it was refused is said where the server draws it; who has joined by script since then
    // was refused for their name.
    let refused = session.take_refused();
    let why = refused.as_ref().filter(|_| !session.shown.read_untracked().awake);
    let note = RwSignal::new(why.map(|refused| said.explain(refused.code)).unwrap_or_default());
    let typed = refused.map(|refused| refused.text).unwrap_or_default();
    let completion = Completion::new(session);
    let draft = BoxDraft::new(session);
    let written = move |field: &HtmlTextAreaElement| {
        fit(field);
        let text = field.value();
        draft.report(field);
        note.set(too_long(&text, said).unwrap_or_default());
        completion.look(field);
    };
    // Shows the open draft. What is offered for completion belongs to another text.
    let sync = move |field: &HtmlTextAreaElement| {
        let changed = draft.sync(field);
        if changed {
            fit(field);
            note.set(too_long(&field.value(), said).unwrap_or_default());
            completion.close();
        }
        changed
    };
    let send = move || {
        let Some(field) = field() else { return };
        // What is in the box is for the room and the purpose that are shown, or nothing is sent.
        let text = field.value();
        sync(&field);
        if field.value() != text {
            return;
        }
        // Nothing typed is nothing to complain about.
        if text.trim().is_empty() {
            return;
        }
        match session.post(&text) {
            // After an edit the draft is back already.
            Ok(true) => drop(sync(&field)),
            Ok(false) => {}
            Err(code) => note.set(too_long(&text, said).unwrap_or_else(|| said.explain(code))),
        }
        let _ = field.focus();
    };
    let picker = Picker::get();
    let add_emoji = move |event: &Event| {
        let Some(button) = nearest(event, ".adds-emoji") else { return };
        picker.open(said.emoji(), &button, move |emoji| {
            if let Some(field) = field() {
                let caret = field.selection_end().ok().flatten().unwrap_or(0);
                insert(&field, emoji, caret, caret);
            }
        });
    };
    let keys = KeyReader::get();
    let keydown = move |event: &KeyboardEvent, field: &HtmlTextAreaElement| {
        let Some(press) = keys.read(event) else { return };
        let is_message = || session.shown.read_untracked().composing.is_none();
        match (press.key(), press.held) {
            // On every device, and the text as it stands there, whatever is offered to complete it.
            ("Enter", Held::Command | Held::Control) => send(),
            // What it inserts is reported by the `input` event that follows.
            _ if completion.pressed(&press, field) => {}
            // A keyboard on a touch screen has no Shift Enter.
            ("Enter", Held::Nothing) if !is_touched() => send(),
            ("ArrowUp", Held::Nothing) if field.value().is_empty() => session.input(|client, _| client.edit(None)),
            ("Escape", Held::Nothing) if !is_message() => session.input(|client, _| client.compose(None)),
            _ => return,
        }
        event.prevent_default();
    };
    let purpose = move || Purpose::of(session.shown.read().composing.as_ref());
    let shown = move || {
        let shown = session.shown.read();
        (shown.awake, shown.room.clone(), shown.draft, Purpose::of(shown.composing.as_ref()))
    };
    on_change(shown, move |(awake, room, _, purpose), before| {
        let Some(field) = field().filter(|_| awake) else { return };
        // What a form was refused for is still to be put right.
        let told = note.get_untracked();
        sync(&field);
        let Some((was_awake, before_room, _, before_purpose)) = before else {
            // The composer has just taken the place of the name's field: whoever asked for a name wants to write now.
            let _ = field.focus();
            return;
        };
        if !was_awake {
            if !told.is_empty() {
                note.set(told);
            }
            return;
        }
        // A finger that chose a room wants to read first, without a keyboard over half of the screen.
        let asked = purpose != before_purpose && (room == before_room || purpose != Purpose::Message);
        if asked || (room != before_room && !is_touched()) {
            let _ = field.focus();
        }
    });
    let happened = move |event: Event| {
        let kind = event.type_();
        if kind == "focusout" {
            // Also by being removed, when all else here is gone already.
            return completion.close();
        }
        match (kind.as_str(), field()) {
            ("submit", _) => {
                event.prevent_default();
                send();
            }
            ("click", _) => add_emoji(&event),
            ("input", Some(field)) => written(&field),
            ("keydown", Some(field)) if nearest(&event, TEXT_BOX).is_some() => {
                if let Some(event) = event.dyn_ref() {
                    keydown(event, &field);
                }
            }
            ("pointerdown", Some(field)) => {
                // The text box keeps the focus, and the phone its keyboard.
                if nearest(&event, "#offers, .send").is_some() {
                    event.prevent_default();
                }
                completion.pointed(&event, &field);
            }
            _ => {}
        }
    };
    form_ref.on_load(move |form| listen(&form, &EVENTS, happened));
    when_drawn(move || {
        // Scripts change texts without an event; this is the last moment to look.
        let listeners = ["pagehide", "visibilitychange"].map(|event| {
            window_event_listener_untyped(event, move |_| {
                if let Some(field) = field() {
                    draft.report(&field);
                }
            })
        });
        on_cleanup(move || listeners.into_iter().for_each(|listener| listener.remove()));
    });
    // Without script it is a form of the server's, with the name again, which may have run out meanwhile.
    let path = words(move || session.room().path());
    let name = session.shown.read_untracked().name.as_ref().map(ToString::to_string).unwrap_or_default();
    let placeholder = words(move || fill(said.message_to(), &[session.room().as_str()]));
    let attributes = Attributes(vec![
        ("name", "text".into()),
        ("aria-label", said.message().into()),
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
            inner_html=as_html(&typed)
            placeholder=placeholder
            aria-activedescendant=move || completion.active()
        ></textarea>
    };
    let inside = vec![
        hidden("name", name),
        hidden("id", session.form()),
        completion.list(),
        text_box.erase(),
        emoji_button(said),
        view(move || send_button(if matches!(purpose(), Purpose::Edit(_)) { said.save() } else { said.send() })),
    ];
    let form = view! {
        <form
            class="box"
            method="post"
            action=path
            node_ref=form_ref
        >
            {inside}
        </form>
    };
    vec![
        alert([view(move || element("span", [], text(note.get())))]),
        offered_drafts(session),
        view(move || mode(session.shown.read().composing.as_ref(), said)),
        form.erase(),
        element(
            "p",
            [("class", "hint".into())],
            [hint(said.key_sends(), "Enter"), hint(said.key_breaks(), "Shift Enter")],
        ),
    ]
}

/// What the text is for, if not for a message of its own, and how to give that up.
fn mode(composing: Option<&Composing>, words: &Words) -> AnyView {
    let what = composing.map(|composing| describe(composing, words)).unwrap_or_default();
    let cancel = [("type", "button".into()), ("data-do", "compose".into())];
    let inside = [element("span", [], text(what)), element("button", cancel, text(words.cancel()))];
    element("div", [("class", if composing.is_some() { "mode shown" } else { "mode" }.into())], inside)
}

fn emoji_button(words: &Words) -> AnyView {
    let attributes = [
        ("type", "button".into()),
        ("class", "adds-emoji".into()),
        ("aria-label", words.emoji().into()),
        ("title", words.emoji_hint().into()),
    ];
    element("button", attributes, [icon("emoji")])
}

fn send_button(label: &'static str) -> AnyView {
    element("button", [("class", "send".into()), ("aria-label", label.into())], [icon("send")])
}

/// What the text is for; the same as long as its text need not change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Message,
    Reply(u64),
    Edit(u64),
}

impl Purpose {
    fn of(composing: Option<&Composing>) -> Self {
        match composing {
            None => Self::Message,
            Some(Composing::Reply(quote)) => Self::Reply(quote.seq),
            Some(Composing::Edit { target, .. }) => Self::Edit(target.seq),
        }
    }
}

fn describe(composing: &Composing, words: &Words) -> String {
    match composing {
        Composing::Edit { .. } => words.editing().to_owned(),
        Composing::Reply(quote) => {
            let name = quote.author.as_ref().map(|author| author.name.as_str()).unwrap_or_default();
            fill(words.answering(), &[name, &plain(quote.excerpt.as_deref().unwrap_or_default())])
        }
    }
}

/// What a key does, with the key where the language has it.
fn hint(text: &'static str, key: &'static str) -> AnyView {
    let (before, rest) = text.split_once('{').unwrap_or((text, ""));
    let after = rest.split_once('}').map_or("", |(_, after)| after);
    let key = element("kbd", [], [key.erase()]);
    element("span", [], [before.erase(), key, after.erase()])
}

fn fit(field: &HtmlTextAreaElement) {
    // In Chromium a text of 400 KB takes 5 s to lay out where each line finds its own direction, and half a second in one.
    let direction = if field.text_length() < LONG { Some("auto".to_owned()) } else { direction_of(field) };
    if let Some(direction) = direction.filter(|direction| *direction != field.dir()) {
        field.set_dir(&direction);
    }
    // Only through the object model: the page's policy allows no style in markup.
    let style = web_sys::HtmlElement::style(field);
    let _ = style.set_property("height", "auto");
    let _ = style.set_property("height", &format!("{}px", field.scroll_height().min(TALLEST)));
}

fn direction_of(field: &HtmlTextAreaElement) -> Option<String> {
    window().get_computed_style(field).ok()??.get_property_value("direction").ok()
}

/// Text for inside of a text box. The first line break there is not part of it (HTML, "the textarea element").
fn as_html(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;")) }
}

fn too_long(text: &str, words: &Words) -> Option<String> {
    let over = text.len().checked_sub(limits::BODY_BYTES + 1)? + 1;
    Some(fill(words.too_long_by(), &[&words.number(over), &words.number(limits::BODY_BYTES / 1024)]))
}
