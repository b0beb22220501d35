//! Where one writes: the composer for who has a name, and the way to one for who has not, at the same height.

use leptos::{either::Either, prelude::*};

use super::{composer::Composer, join::Join};
use crate::{Session, live::words};

/// The foot of the conversation.
#[component]
pub(super) fn Footer() -> impl IntoView {
    let session = Session::get();
    let named = Memo::new(move |_| session.shown.read().name.is_some());
    view! {
        <div class="foot">
            <div class="col">
                <p class="typing" aria-live="off">{words(move || session.shown.read().typing.clone())}</p>
                {move || if named.get() { Either::Left(view! { <Composer/> }) } else { Either::Right(view! { <Join/> }) }}
            </div>
        </div>
    }
}
