//! What is kept as text between two lives of the page: its first state inside the document, unsent messages in the
//! browser.
//!
//! Both are read through one tagged enum, as the server's messages are: each other way of reading the same types is a
//! second copy of that code in WASM.

use serde::{Deserialize, Serialize};

use crate::{Boot, state::client::Kept};

/// Anything that is kept.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Stored {
    /// The page's first state.
    Boot(Boot),
    /// An unsent message.
    Kept(Kept),
}

// What is written, on the side that writes it: the browser never writes a first state.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Written<'a> {
    #[cfg(feature = "ssr")]
    Boot(&'a Boot),
    Kept(&'a Kept),
}

impl Boot {
    /// As text, for the document.
    #[cfg(feature = "ssr")]
    pub fn to_text(&self) -> String {
        serde_json::to_string(&Written::Boot(self)).unwrap_or_default()
    }
}

impl Kept {
    /// As text, for the browser's store.
    pub fn to_text(&self) -> String {
        serde_json::to_string(&Written::Kept(self)).unwrap_or_default()
    }
}

impl Stored {
    /// From text, if it is one.
    pub fn of(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use parlor::{Author, AuthorId, Body, ClientId, Name, RoomName};

    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let kept = Kept {
            room: RoomName::default(),
            client_id: ClientId::from_random(7),
            author: Author { id: AuthorId("a".to_owned()), name: Name::parse("Ana").unwrap() },
            body: Body::parse("hello").unwrap(),
            at: 7,
        };
        let Some(Stored::Kept(back)) = Stored::of(&kept.to_text()) else { panic!("it is kept") };
        assert_eq!(back, kept);
        assert!(Stored::of("{}").is_none());
    }
}
