//! Everything that the first render of the page needs: the initial state, and how this reader sees it.

use parlor::UnixMillis;

use crate::{i18n::Texts, state::initial_state::InitialState};

/// The content of the document's `initial-page` element, from which server and browser render the same HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ssr", derive(serde::Serialize))]
pub struct InitialPage {
    /// The state of the chat.
    #[cfg_attr(feature = "ssr", serde(flatten))]
    pub state: InitialState,
    /// The server's clock during the render: what "today" means.
    pub now: UnixMillis,
    /// The texts of the page in the reader's language.
    pub texts: &'static Texts,
    /// Whether the reader uses the 12-hour clock, if a cookie says so.
    pub hour12: bool,
    /// What the reader may know of the server.
    pub server: ServerInfo,
    /// A random id of the page's HTML forms: the server accepts each form once, however often it is sent. A hydrated
    /// page sends no HTML forms, so this is not part of the document.
    #[cfg_attr(feature = "ssr", serde(skip))]
    pub form_id: String,
}

/// What a reader may know of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ssr", derive(serde::Serialize))]
pub struct ServerInfo {
    /// Its name.
    pub name: String,
    /// A text for somebody without a name: the welcome text, and whether they need an invitation. May be empty.
    #[cfg_attr(feature = "ssr", serde(skip_serializing_if = "String::is_empty"))]
    pub notice: String,
    /// Whether the reader needs an invitation to take a name and write.
    pub needs_invitation: bool,
    /// Pages of the server for this reader: in the menu of a name, and below the notice for those who can't take one.
    pub links: Vec<PageLink>,
}

/// A link to a page of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ssr", derive(serde::Serialize))]
pub struct PageLink {
    /// The path.
    pub path: String,
    /// What readers read.
    pub label: String,
}

impl Default for ServerInfo {
    fn default() -> Self {
        Self { name: "Parlor".to_owned(), notice: String::new(), needs_invitation: false, links: Vec::new() }
    }
}

#[cfg(feature = "ssr")]
impl InitialPage {
    /// The page as JSON, for the document.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
