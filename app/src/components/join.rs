//! One field and one button between reading and talking.

use leptos::{html::Input, prelude::*};

use crate::{
    Session,
    live::{click, on_change, words},
    wording::explain,
};

/// "Your name" and "Join". What is typed before the page comes to life stays: the field is the browser's own.
#[component]
pub fn Join() -> impl IntoView {
    let session = Session::get();
    let field = NodeRef::<Input>::new();
    let claim = move || {
        if let Some(field) = field.get_untracked() {
            let name = field.value();
            session.input(|client, _| client.claim(name.trim()));
        }
    };
    let refusal = words(move || session.shown.read().joining.refused.map(explain).unwrap_or_default());
    let refused = move || session.shown.read().joining.refused.is_some();
    let busy = move || session.shown.read().joining.busy;
    on_change(refused, move |refused, before| {
        // The field keeps its text; whoever was refused goes on typing there.
        if refused
            && before.is_some()
            && let Some(field) = field.get_untracked()
        {
            let _ = field.focus();
        }
    });
    view! {
        <p class="note bad" role="alert" id="join-refusal"><span>{refusal}</span></p>
        <div class="box">
            <input
                node_ref=field
                type="text"
                name="nickname"
                aria-label="Your name"
                aria-describedby="join-refusal"
                aria-invalid=words(move || yes_or_no(refused()))
                placeholder="Your name"
                autocomplete="nickname"
                autocapitalize="words"
                spellcheck="false"
                enterkeyhint="go"
                on:keydown=move |event| {
                    if event.key() == "Enter" && !event.is_composing() && event.key_code() != 229 {
                        event.prevent_default();
                        claim();
                    }
                }
            />
            <button type="button" class="join" aria-busy=words(move || yes_or_no(busy())) on:click=click(claim)>
                {words(move || if busy() { "Joining" } else { "Join" })}
            </button>
        </div>
        <p class="hint"><span>"Choose a name to talk. Reading needs none."</span></p>
    }
}

/// A state as ARIA wants it.
fn yes_or_no(state: bool) -> &'static str {
    if state { "true" } else { "false" }
}
