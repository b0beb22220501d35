//! Where a message is written.

use leptos::{
    ev::{KeyboardEvent, MouseEvent},
    html::Textarea,
    prelude::*,
};
use parlor::limits;
use web_sys::HtmlTextAreaElement;

use super::{
    completion::{Completion, put},
    element::icon,
    picker::Picker,
};
use crate::{
    Session,
    live::{nearest, on_change, words},
    markup::plain,
    state::client::Composing,
    wording::explain,
};

/// Where it stops growing and starts to scroll, in pixels: eight lines.
const TALLEST: i32 = 8 * 24 + 12;

/// "Message" and "Send". The text is the browser's own: it is never taken away except by sending it.
#[component]
pub fn Composer() -> impl IntoView {
    let session = Session::get();
    let field = NodeRef::<Textarea>::new();
    let refused = session.refused().filter(|refused| !refused.text.is_empty());
    let note = RwSignal::new(refused.map(|refused| explain(refused.code)).unwrap_or_default());
    let completion = Completion::new(session);
    let room = move || session.shown.with_untracked(|shown| shown.room.clone());
    let written = move |field: &HtmlTextAreaElement| {
        fit(field);
        let text = field.value();
        session.drafting(&room(), &text);
        note.set(too_long(&text).unwrap_or_default());
        completion.look(field);
    };
    let send = move || {
        let Some(field) = field.get_untracked() else { return };
        let text = field.value();
        // Nothing typed is nothing to complain about.
        if text.trim().is_empty() {
            return;
        }
        match session.post(&text) {
            // After an edit the draft is back already.
            Ok(true) => {
                if field.value() == text {
                    field.set_value("");
                }
                written(&field);
            }
            Ok(false) => {}
            Err(code) => note.set(too_long(&text).unwrap_or_else(|| explain(code))),
        }
        let _ = field.focus();
    };
    let picker = Picker::get();
    let add_emoji = move |event: MouseEvent| {
        let Some(button) = nearest(&event, "button") else { return };
        picker.open("Emoji", &button, move |emoji| {
            if let Some(field) = field.get_untracked() {
                let caret = field.selection_end().ok().flatten().unwrap_or(0);
                put(&field, emoji, caret, caret);
                written(&field);
                let _ = field.focus();
            }
        });
    };
    let keydown = move |event: KeyboardEvent| {
        if let Some(field) = field.get_untracked() {
            let before = field.value();
            if completion.pressed(&event, &field) {
                if field.value() != before {
                    written(&field);
                }
                return;
            }
        }
        let idle = || field.get_untracked().is_some_and(|field| field.value().is_empty());
        match event.key().as_str() {
            "Enter" if sends(&event) => {
                event.prevent_default();
                send();
            }
            "ArrowUp" if !event.is_composing() && !event.alt_key() && idle() => {
                event.prevent_default();
                session.input(|client, _| client.edit(None));
            }
            "Escape" => session.input(|client, _| client.compose(None)),
            _ => {}
        }
    };
    let purpose = move || Purpose::of(session.shown.read().composing.as_ref());
    on_change(
        move || (session.room(), purpose()),
        move |(room, purpose), before| {
            let Some(field) = field.get_untracked() else { return };
            let elsewhere = before.as_ref().is_some_and(|(before, _)| *before != room);
            let text = match session.shown.with_untracked(|shown| shown.composing.clone()) {
                Some(Composing::Edit { text, .. }) => Some(text.as_str().to_owned()),
                // Answers begin with what stands there, as messages do.
                _ if elsewhere || matches!(before, Some((_, Purpose::Edit(_)))) => {
                    Some(session.draft(&room).unwrap_or_default())
                }
                _ => None,
            };
            if let Some(text) = text {
                field.set_value(&text);
                fit(&field);
                note.set(too_long(&text).unwrap_or_default());
                completion.close();
            }
            // A finger that chose a room wants to read first, without a keyboard over half of the screen.
            let asked = purpose != Purpose::Message || before.as_ref().is_some_and(|(_, was)| *was != Purpose::Message);
            if asked || (elsewhere && !is_touched()) {
                let _ = field.focus();
            }
        },
    );
    let awake = move || session.shown.read().awake;
    on_change(awake, move |awake, before| {
        let Some(field) = field.get_untracked().filter(|_| awake) else { return };
        // What was typed before the page came to life is newer than any draft.
        if field.value().is_empty()
            && let Some(draft) = session.draft(&room())
        {
            field.set_value(&draft);
        }
        written(&field);
        // It has just taken the place of the name's field: whoever asked for a name wants to write now.
        if before.is_none() {
            let _ = field.focus();
        }
    });
    let edited = move || !session.edited.read().is_empty();
    on_change(edited, move |edited, _| {
        let Some(field) = field.get_untracked().filter(|_| edited) else { return };
        let text = session.edited.get();
        session.edited.set(String::new());
        let rest = field.value();
        field.set_value(&if rest.is_empty() { text } else { format!("{text}\n{rest}") });
        written(&field);
        let _ = field.focus();
    });
    // Without script it is a form of the server's, with the name again, which may have run out meanwhile.
    let path = words(move || session.room().path());
    let name = session.shown.with_untracked(|shown| shown.name.as_ref().map(ToString::to_string).unwrap_or_default());
    let placeholder = words(move || format!("Message #{}", session.room()));
    view! {
        <p class="note bad" role="alert"><span>{words(move || note.get())}</span></p>
        <div class=words(move || if purpose() == Purpose::Message { "mode" } else { "mode shown" })>
            <span dir="auto">{words(move || session.shown.read().composing.as_ref().map(describe).unwrap_or_default())}</span>
            <button type="button" data-do="compose">"Cancel"</button>
        </div>
        <form
            class="box"
            method="post"
            action=path
            on:submit=move |event| {
                event.prevent_default();
                send();
            }
        >
            <input type="hidden" name="name" value=name/>
            <input type="hidden" name="id" value=session.form() autocomplete="off"/>
            {completion.list(
                move || field.get_untracked(),
                move || {
                    if let Some(field) = field.get_untracked() {
                        written(&field);
                    }
                },
            )}
            <textarea
                node_ref=field
                name="text"
                aria-label="Message"
                inner_html=as_html(&session.take_typed())
                placeholder=placeholder
                rows="1"
                dir="auto"
                autocomplete="off"
                enterkeyhint="enter"
                aria-autocomplete="list"
                aria-controls="offers"
                aria-activedescendant=move || completion.active()
                on:keydown=keydown
                on:blur=move |_| completion.close()
                on:input=move |_| {
                    if let Some(field) = field.get_untracked() {
                        written(&field);
                    }
                }
            ></textarea>
            <button type="button" class="adds-emoji" aria-label="Emoji" title="Emoji (or : and its name)" on:click=add_emoji>
                {icon("emoji")}
            </button>
            <button
                class="send"
                aria-label=words(move || if matches!(purpose(), Purpose::Edit(_)) { "Save" } else { "Send" })
                // The text box keeps the focus, and the phone its keyboard.
                on:pointerdown=|event| event.prevent_default()
            >
                {icon("send")}
            </button>
        </form>
        <p class="hint">
            <span><kbd>"Enter"</kbd>" sends"</span>
            <span><kbd>"Shift Enter"</kbd>" new line"</span>
        </p>
    }
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
            Some(Composing::Edit { seq, .. }) => Self::Edit(*seq),
        }
    }
}

fn describe(composing: &Composing) -> String {
    match composing {
        Composing::Edit { .. } => "Editing your message".to_owned(),
        Composing::Reply(quote) => {
            let name = quote.author.as_ref().map(|author| author.name.as_str()).unwrap_or_default();
            format!("Answering {name}: {}", plain(quote.excerpt.as_deref().unwrap_or_default()))
        }
    }
}

/// Whether this key sends: Enter alone, unless it chooses a word in an input method or a finger typed it.
fn sends(event: &KeyboardEvent) -> bool {
    event.key() == "Enter" && !event.shift_key() && !event.is_composing() && event.key_code() != 229 && !is_touched()
}

fn is_touched() -> bool {
    window().match_media("(pointer: coarse)").ok().flatten().is_some_and(|query| query.matches())
}

fn fit(field: &HtmlTextAreaElement) {
    // Only through the object model: the page's policy allows no style in markup.
    let style = web_sys::HtmlElement::style(field);
    let _ = style.set_property("height", "auto");
    let _ = style.set_property("height", &format!("{}px", field.scroll_height().min(TALLEST)));
}

/// Text for inside of a text box. The first line break there is not part of it (HTML, "the textarea element").
fn as_html(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;")) }
}

fn too_long(text: &str) -> Option<String> {
    let over = text.len().checked_sub(limits::BODY_BYTES + 1)? + 1;
    Some(format!("This is too long by {over} bytes: a message has at most {} KB of text.", limits::BODY_BYTES / 1024))
}
