//! What is kept as text between two lives of the page: its first state inside the document, unsent messages in the
//! browser.
//!
//! Both are read through one tagged enum, as the server's messages are: each other way of reading the same types is a
//! second copy of that code in WASM.

use serde::{Deserialize, Serialize};

use crate::{Boot, state::client::Kept};

/// Anything that is kept.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Stored {
    /// The page's first state.
    Boot(Boot),
    /// An unsent message.
    Kept(Kept),
}

impl Stored {
    /// As text.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

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
        let Some(Stored::Kept(back)) = Stored::of(&Stored::Kept(kept.clone()).to_text()) else { panic!("it is kept") };
        assert_eq!(back, kept);
        assert!(Stored::of("{}").is_none());
    }
}
