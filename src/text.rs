//! What a name, a message and a topic may be. Text is refused or passed on, never altered.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, checked::checked_text, limits};

/// A name as its holder typed it. Whether two names look alike is the server's business.
///
/// ```
/// use parlor::{ErrorCode, Name};
///
/// assert_eq!(Name::parse("さくら").unwrap().as_str(), "さくら");
/// assert_eq!(Name::parse(" Ana"), Err(ErrorCode::NameInvalid));
/// assert_eq!(Name::parse(""), Err(ErrorCode::NameEmpty));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Arc<str>);

impl Name {
    /// Takes a name as typed.
    ///
    /// # Errors
    /// [`ErrorCode::NameEmpty`]; [`ErrorCode::NameTooLong`] above [`limits::NAME_GRAPHEMES`] characters;
    /// [`ErrorCode::NameInvalid`] for control characters, invisible characters (those that turn the direction of
    /// text among them), line breaks, or space at an end.
    pub fn parse(name: &str) -> Result<Self, ErrorCode> {
        if name.is_empty() {
            return Err(ErrorCode::NameEmpty);
        }
        if name.len() > limits::NAME_BYTES || exceeds(name, limits::NAME_GRAPHEMES) {
            return Err(ErrorCode::NameTooLong);
        }
        if name.trim() != name || name.chars().any(|c| c.is_control() || is_invisible(c)) {
            return Err(ErrorCode::NameInvalid);
        }
        Ok(Self(name.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

checked_text!(Name, shown);

/// What a message says, byte for byte as it was written.
///
/// ```
/// use parlor::{Body, ErrorCode};
///
/// assert!(Body::parse("two\n\tlines").is_ok());
/// assert_eq!(Body::parse(" \n "), Err(ErrorCode::BodyEmpty));
/// assert_eq!(Body::parse("bell\u{7}"), Err(ErrorCode::BodyInvalid));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Body(String);

impl Body {
    /// Takes a message as typed.
    ///
    /// # Errors
    /// [`ErrorCode::BodyEmpty`] when it is nothing but white space and invisible characters;
    /// [`ErrorCode::BodyTooLong`] above [`limits::BODY_BYTES`]; [`ErrorCode::BodyInvalid`] for control characters
    /// other than newline and tab.
    pub fn parse(body: &str) -> Result<Self, ErrorCode> {
        if body.len() > limits::BODY_BYTES {
            return Err(ErrorCode::BodyTooLong);
        }
        if body.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(ErrorCode::BodyInvalid);
        }
        if body.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
            return Err(ErrorCode::BodyEmpty);
        }
        Ok(Self(body.to_owned()))
    }

    /// The message as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

checked_text!(Body);

/// Takes a room's topic as typed; it may be empty.
///
/// # Errors
/// [`ErrorCode::TopicInvalid`] above [`limits::TOPIC_BYTES`], and for control characters, line breaks among them.
pub fn topic(topic: &str) -> Result<String, ErrorCode> {
    let fits = topic.len() <= limits::TOPIC_BYTES && !topic.chars().any(char::is_control);
    if fits { Ok(topic.to_owned()) } else { Err(ErrorCode::TopicInvalid) }
}

// Whether a text has more than so many grapheme clusters.
#[cfg(not(target_arch = "wasm32"))]
fn exceeds(text: &str, graphemes: usize) -> bool {
    use unicode_segmentation::UnicodeSegmentation;

    text.graphemes(true).nth(graphemes).is_some()
}

// In the browser the tables that tell where a cluster ends would be too much to download. Text in ASCII needs none; of
// any other the server decides, with the same words. So the browser refuses no name that the server takes.
#[cfg(target_arch = "wasm32")]
fn exceeds(text: &str, graphemes: usize) -> bool {
    text.is_ascii() && text.len() > graphemes
}

/// Characters that show nothing or turn the direction of what follows: Unicode's `Default_Ignorable_Code_Point`
/// (UAX #44), the line and paragraph separators, and the two blanks that fonts draw as nothing.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0x00AD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
        | 0x2028..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0
        | 0xFFF0..=0xFFFB | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    use super::*;

    #[test]
    fn names_count_what_a_reader_sees() {
        assert!(Name::parse(&"é".repeat(limits::NAME_GRAPHEMES)).is_ok());
        assert!(Name::parse(&"e\u{301}".repeat(limits::NAME_GRAPHEMES)).is_ok());
        assert_eq!(Name::parse(&"x".repeat(limits::NAME_GRAPHEMES + 1)), Err(ErrorCode::NameTooLong));
        let zalgo = format!("e{}", "\u{301}".repeat(limits::NAME_BYTES));
        assert_eq!(Name::parse(&zalgo), Err(ErrorCode::NameTooLong));
    }

    #[test]
    fn names_refuse_what_cannot_be_seen() {
        for bad in ["a\u{202e}b", "a\u{200b}", "\u{feff}a", "a\nb", "a\u{0}", "a\u{2028}b", "\u{3164}", "a ", "\u{a0}a"]
        {
            assert_eq!(Name::parse(bad), Err(ErrorCode::NameInvalid), "{bad:?}");
        }
    }

    #[test]
    fn bodies_keep_joiners_and_refuse_controls() {
        assert!(Body::parse("👩\u{200d}💻 می\u{200c}خواهم").is_ok());
        for bad in ["\u{1b}[2J", "a\r\n", "nul\u{0}", "\u{85}x"] {
            assert_eq!(Body::parse(bad), Err(ErrorCode::BodyInvalid), "{bad:?}");
        }
        assert_eq!(Body::parse(""), Err(ErrorCode::BodyEmpty));
        assert_eq!(Body::parse("\u{200b}\u{2060}"), Err(ErrorCode::BodyEmpty));
    }

    #[test]
    fn topics_are_one_line_and_may_be_empty() {
        for good in ["", "Tea & biscuits", &"x".repeat(limits::TOPIC_BYTES)] {
            assert_eq!(topic(good).as_deref(), Ok(good));
        }
        for bad in ["two\nlines", "a\tb", &"x".repeat(limits::TOPIC_BYTES + 1)] {
            assert_eq!(topic(bad), Err(ErrorCode::TopicInvalid));
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_passed_on_unaltered(text in "\\PC{0,200}") {
            if let Ok(body) = Body::parse(&text) {
                prop_assert_eq!(body.as_str(), text.as_str());
            }
            if let Ok(name) = Name::parse(&text) {
                prop_assert_eq!(name.as_str(), text.as_str());
                prop_assert!(name.as_str().graphemes(true).count() <= limits::NAME_GRAPHEMES);
            }
        }

        #[test]
        fn bodies_are_bounded_in_bytes(extra in 1usize..100) {
            prop_assert!(Body::parse(&"x".repeat(limits::BODY_BYTES)).is_ok());
            prop_assert_eq!(Body::parse(&"x".repeat(limits::BODY_BYTES + extra)), Err(ErrorCode::BodyTooLong));
        }
    }
}
