//! What its maker can revoke, in a list: an invitation or a bot token.

use leptos::prelude::*;

use super::request_preferences::RequestPreferences;

/// The form that revokes an item.
pub(super) struct RevokeForm {
    /// Where it is sent.
    pub(super) path: String,
    /// The value of its field `do`.
    pub(super) action: &'static str,
    /// The field with the id of the item.
    pub(super) field: &'static str,
    pub(super) id: i64,
}

/// Renders an item with its title, perhaps a tag, and details.
pub(super) fn revocable_item(
    title: String,
    tag: Option<&'static str>,
    details: &[String],
    RevokeForm { path, action, field, id }: RevokeForm,
    preferences: &RequestPreferences,
) -> impl IntoView + use<> {
    let revoke = preferences.page_texts.revoke();
    let described = format!("{revoke}: {title}");
    view! {
        <li>
            <span class="row-text">
                <b dir="auto">{title}</b>
                {tag.map(|tag| view! { <span class="tag">{tag}</span> })}
                <span class="explanation">{details.join(" · ")}</span>
            </span>
            <form method="post" action=path class="stack">
                <input type="hidden" name="do" value=action/>
                <input type="hidden" name=field value=id/>
                <button aria-label=described>{revoke}</button>
            </form>
        </li>
    }
}
