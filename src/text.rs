//! Validation of message texts and topics. Text is accepted unchanged or refused, never altered.

use serde::{Deserialize, Serialize};

use crate::{ErrorCode, checked::checked_text, control_character::is_forbidden, limits};

/// The text of a message, byte for byte as its author wrote it.
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
    /// Validates the text of a message.
    ///
    /// # Errors
    /// [`ErrorCode::BodyEmpty`] if it has only white space and invisible characters;
    /// [`ErrorCode::BodyTooLong`] above [`limits::BODY_BYTES`]; [`ErrorCode::BodyInvalid`] for control characters
    /// other than tab and line endings: LF, CR and CRLF are kept unchanged.
    pub fn parse(body: &str) -> Result<Self, ErrorCode> {
        if body.len() > limits::BODY_BYTES {
            return Err(ErrorCode::BodyTooLong);
        }
        if body.chars().any(is_forbidden) {
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

    /// The message with every line ending replaced by LF, as in the value of an HTML text area.
    pub fn with_newlines(&self) -> String {
        with_newlines(&self.0)
    }
}

checked_text!(Body);

/// Replaces CRLF and CR by LF.
pub(crate) fn with_newlines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Validates a room's topic, which may be empty.
///
/// # Errors
/// [`ErrorCode::TopicInvalid`] above [`limits::TOPIC_BYTES`], and for control characters, including line breaks.
pub fn parse_topic(topic: &str) -> Result<String, ErrorCode> {
    let fits = topic.len() <= limits::TOPIC_BYTES && !topic.chars().any(char::is_control);
    if fits { Ok(topic.to_owned()) } else { Err(ErrorCode::TopicInvalid) }
}

/// Validates the title of a private room, without the white space around it.
///
/// # Errors
/// [`ErrorCode::TitleInvalid`] if nothing visible is left, above [`limits::TITLE_BYTES`], and for control characters and
/// those that change the direction of text.
pub fn parse_title(title: &str) -> Result<String, ErrorCode> {
    let title = title.trim();
    let visible = title.chars().any(|c| !is_invisible(c) && !c.is_whitespace());
    // Characters that change the direction of the text after them (UAX #9).
    let turns =
        |c| matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let fits = title.len() <= limits::TITLE_BYTES && !title.chars().any(|c| c.is_control() || turns(c));
    if visible && fits { Ok(title.to_owned()) } else { Err(ErrorCode::TitleInvalid) }
}

/// Validates the welcome text of the server, which may be empty and have several lines.
///
/// # Errors
/// [`ErrorCode::BodyTooLong`] above [`limits::WELCOME_BYTES`], [`ErrorCode::BodyInvalid`] for control characters.
pub fn parse_welcome(text: &str) -> Result<String, ErrorCode> {
    let text = with_newlines(text.trim());
    if text.len() > limits::WELCOME_BYTES {
        return Err(ErrorCode::BodyTooLong);
    }
    if text.chars().any(is_forbidden) { Err(ErrorCode::BodyInvalid) } else { Ok(text) }
}

/// Whether a character is invisible or changes the direction of the text after it: Unicode's
/// `Default_Ignorable_Code_Point` (UAX #44), the line and paragraph separators, and the two characters that fonts draw
/// as blanks (U+2800 and U+3164).
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
    use crate::control_character::without_control_characters;

    #[test]
    fn bodies_may_have_joiners_but_no_control_characters() {
        assert!(Body::parse("👩\u{200d}💻 می\u{200c}خواهم").is_ok());
        for bad in ["\u{1b}[2J", "a\u{b}", "nul\u{0}", "\u{85}x", "\u{7f}"] {
            assert_eq!(Body::parse(bad), Err(ErrorCode::BodyInvalid), "{bad:?}");
        }
        assert_eq!(Body::parse(""), Err(ErrorCode::BodyEmpty));
        assert_eq!(Body::parse("\u{200b}\u{2060}"), Err(ErrorCode::BodyEmpty));
    }

    #[test]
    fn bodies_keep_their_line_endings() {
        for text in ["a\r\nb", "a\rb\n", "\r\n\r\na"] {
            assert_eq!(Body::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(Body::parse("\r\n \r"), Err(ErrorCode::BodyEmpty));
        assert_eq!(Body::parse("a\r\nb\rc\n\rd").unwrap().with_newlines(), "a\nb\nc\n\nd");
    }

    #[test]
    fn topics_are_one_line_and_may_be_empty() {
        for good in ["", "Tea & biscuits", &"x".repeat(limits::TOPIC_BYTES)] {
            assert_eq!(parse_topic(good).as_deref(), Ok(good));
        }
        for bad in ["two\nlines", "a\tb", &"x".repeat(limits::TOPIC_BYTES + 1)] {
            assert_eq!(parse_topic(bad), Err(ErrorCode::TopicInvalid));
        }
    }

    proptest! {
        #[test]
        fn accepted_bodies_are_unaltered(text in "\\PC{0,200}") {
            if let Ok(body) = Body::parse(&text) {
                prop_assert_eq!(body.as_str(), text.as_str());
            }
        }

        #[test]
        fn bodies_are_valid_after_control_characters_are_removed(text in "[\\PC\\x00-\\x1f\\x7f-\\x9f]{0,60}") {
            let cleaned = without_control_characters(&text);
            prop_assert_eq!(cleaned.is_some(), Body::parse(&text) == Err(ErrorCode::BodyInvalid));
            prop_assert_ne!(Body::parse(&cleaned.unwrap_or_default()), Err(ErrorCode::BodyInvalid));
        }

        #[test]
        fn bodies_have_a_maximum_length_in_bytes(extra in 1usize..100) {
            prop_assert!(Body::parse(&"x".repeat(limits::BODY_BYTES)).is_ok());
            prop_assert_eq!(Body::parse(&"x".repeat(limits::BODY_BYTES + extra)), Err(ErrorCode::BodyTooLong));
        }
    }
}
