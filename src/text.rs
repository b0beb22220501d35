//! What a message and a topic may be. Text is refused or passed on, never altered.

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, checked::checked_text, limits};

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
    /// other than tab and line ends: LF, CR and CRLF, kept as they are.
    pub fn parse(body: &str) -> Result<Self, ErrorCode> {
        if body.len() > limits::BODY_BYTES {
            return Err(ErrorCode::BodyTooLong);
        }
        if body.chars().any(is_refused) {
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

    /// The message with LF for each of its line ends, as text boxes have it.
    pub fn with_newlines(&self) -> String {
        with_newlines(&self.0)
    }
}

checked_text!(Body);

pub(crate) fn with_newlines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Whether a message can't have this character.
fn is_refused(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// The first control character that makes a text unfit for a message, with its place in bytes.
pub fn control_character(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(|(_, c)| is_refused(*c))
}

/// The text without the control characters that a message can't have; none if it has none of them.
pub fn without_control_characters(text: &str) -> Option<String> {
    control_character(text).map(|_| text.chars().filter(|c| !is_refused(*c)).collect())
}

/// Takes a room's topic as typed; it may be empty.
///
/// # Errors
/// [`ErrorCode::TopicInvalid`] above [`limits::TOPIC_BYTES`], and for control characters, line breaks among them.
pub fn topic(topic: &str) -> Result<String, ErrorCode> {
    let fits = topic.len() <= limits::TOPIC_BYTES && !topic.chars().any(char::is_control);
    if fits { Ok(topic.to_owned()) } else { Err(ErrorCode::TopicInvalid) }
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

    use super::*;

    #[test]
    fn bodies_keep_joiners_and_refuse_controls() {
        assert!(Body::parse("👩\u{200d}💻 می\u{200c}خواهم").is_ok());
        for bad in ["\u{1b}[2J", "a\u{b}", "nul\u{0}", "\u{85}x", "\u{7f}"] {
            assert_eq!(Body::parse(bad), Err(ErrorCode::BodyInvalid), "{bad:?}");
        }
        assert_eq!(Body::parse(""), Err(ErrorCode::BodyEmpty));
        assert_eq!(Body::parse("\u{200b}\u{2060}"), Err(ErrorCode::BodyEmpty));
    }

    #[test]
    fn bodies_keep_their_line_ends() {
        for text in ["a\r\nb", "a\rb\n", "\r\n\r\na"] {
            assert_eq!(Body::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(Body::parse("\r\n \r"), Err(ErrorCode::BodyEmpty));
        assert_eq!(Body::parse("a\r\nb\rc\n\rd").unwrap().with_newlines(), "a\nb\nc\n\nd");
    }

    #[test]
    fn what_a_message_cannot_have_is_found_and_removed() {
        assert_eq!(control_character("é\r\n\u{7}\u{0}"), Some((4, '\u{7}')));
        assert_eq!(control_character("two\r\n\tlines"), None);
        assert_eq!(without_control_characters("\u{1b}[31mred\u{1b}[0m\r\n").as_deref(), Some("[31mred[0m\r\n"));
        assert_eq!(without_control_characters("red"), None);
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
        }

        #[test]
        fn what_is_left_without_control_characters_is_a_message(text in "[\\PC\\x00-\\x1f\\x7f-\\x9f]{0,60}") {
            let left = without_control_characters(&text);
            prop_assert_eq!(left.is_some(), Body::parse(&text) == Err(ErrorCode::BodyInvalid));
            prop_assert_ne!(Body::parse(&left.unwrap_or_default()), Err(ErrorCode::BodyInvalid));
        }

        #[test]
        fn bodies_are_bounded_in_bytes(extra in 1usize..100) {
            prop_assert!(Body::parse(&"x".repeat(limits::BODY_BYTES)).is_ok());
            prop_assert_eq!(Body::parse(&"x".repeat(limits::BODY_BYTES + extra)), Err(ErrorCode::BodyTooLong));
        }
    }
}
