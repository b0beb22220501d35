//! Delimiter runs: which runs of `*`, `_` and `~` can open or close emphasis (CommonMark §6.2).
//!
//! A run can open emphasis if no white space follows it, and close it if no white space precedes it. A chat has more
//! arithmetic, file names and emoticons than a document, and its authors see no preview. So unlike in CommonMark, a
//! delimiter run must be at the edge of a phrase. It opens after the start of the text, white space, opening
//! punctuation or another delimiter. It closes before the end of the text, white space, closing punctuation or another
//! delimiter. In scripts without spaces between words it may be anywhere. `__` is not a delimiter.

use super::{
    Node,
    character::{Side, is_bidi_control, is_invisible, is_pictograph, is_unspaced, side},
};

/// The kind of emphasis that a delimiter makes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EmphasisKind {
    Strong,
    Star,
    Underscore,
    Strikethrough,
}

impl EmphasisKind {
    /// The number of kinds.
    pub(super) const COUNT: usize = 4;

    /// The length of the delimiter in characters.
    pub(super) fn delimiter_length(self) -> usize {
        match self {
            Self::Strong | Self::Strikethrough => 2,
            Self::Star | Self::Underscore => 1,
        }
    }

    /// The node for this kind.
    pub(super) fn node(self, children: Vec<Node>) -> Node {
        match self {
            Self::Strong => Node::Strong(children),
            Self::Star | Self::Underscore => Node::Emphasis(children),
            Self::Strikethrough => Node::Strikethrough(children),
        }
    }
}

/// A run of one delimiter character.
pub(super) struct DelimiterRun {
    /// The kinds of emphasis that the run opens or closes; empty if it is text.
    pub(super) kinds: &'static [EmphasisKind],
    /// Whether the run can open emphasis.
    pub(super) can_open: bool,
    /// Whether the run can close emphasis.
    pub(super) can_close: bool,
}

impl DelimiterRun {
    /// Classifies a run by its character, its length, and the characters before and after it.
    pub(super) fn classify(byte: u8, length: usize, before: Option<char>, after: Option<char>) -> Self {
        let kinds: &[_] = match (byte, length) {
            (b'*', 1) => &[EmphasisKind::Star],
            (b'*', 2) => &[EmphasisKind::Strong],
            (b'*', 3) => &[EmphasisKind::Strong, EmphasisKind::Star],
            (b'_', 1) => &[EmphasisKind::Underscore],
            (b'~', 2) => &[EmphasisKind::Strikethrough],
            _ => &[],
        };
        let is_visible = |side: Option<char>| side.is_some_and(|c| !c.is_whitespace());
        // A quoted delimiter is literal, as in `"*"` or `(*)`, and so is the mouth of an emoticon, as in `*_*` or
        // `~_~`.
        let is_quoted = match (before, after) {
            (Some(before), Some(after)) => {
                (is_delimiter(before) && before == after)
                    || (matches!(side(before), Some(Side::Opening | Side::Either))
                        && matches!(side(after), Some(Side::Closing | Side::Either)))
            }
            _ => false,
        };
        // In `.*a.*` and `src/*/test/*` it is part of a pattern.
        let is_pattern = length == 1 && matches!(before, Some('.' | '/' | '\\'));
        let is_unspaced_script = byte != b'_' && [before, after].into_iter().flatten().any(is_unspaced);
        Self {
            kinds,
            can_open: is_visible(after)
                && !is_quoted
                && !is_pattern
                && (is_unspaced_script || is_phrase_edge(before, Side::Opening)),
            can_close: is_visible(before) && !is_quoted && (is_unspaced_script || is_phrase_edge(after, Side::Closing)),
        }
    }
}

/// How many characters at the end of a run would close open emphasis. `open` says which kinds are open.
pub(super) fn closing_length(open: [bool; EmphasisKind::COUNT], byte: u8, run: usize) -> usize {
    let length = |kind: EmphasisKind| if open[kind as usize] { kind.delimiter_length() } else { 0 };
    let delimiters = match byte {
        b'*' => [length(EmphasisKind::Strong), length(EmphasisKind::Star)],
        b'_' => [length(EmphasisKind::Underscore), 0],
        _ => [length(EmphasisKind::Strikethrough), 0],
    };
    delimiters.into_iter().fold(0, |closed, length| if closed + length <= run { closed + length } else { closed })
}

// Whether a phrase may start after this character (`Opening`), or end before it (`Closing`).
fn is_phrase_edge(c: Option<char>, wanted: Side) -> bool {
    c.is_none_or(|c| {
        c.is_whitespace()
            || is_delimiter(c)
            || is_pictograph(c)
            || is_invisible(c)
            || is_bidi_control(c)
            || side(c).is_some_and(|side| side == wanted || side == Side::Either)
    })
}

fn is_delimiter(c: char) -> bool {
    matches!(c, '*' | '_' | '~' | '`')
}
