//! Which runs of `*`, `_` and `~` are marks, and whether they open or close (CommonMark §6.2).
//!
//! A run opens before what is no blank and closes behind what is no blank. A chat has more arithmetic, file names and
//! faces than a document, and its authors see no preview. So other than in CommonMark a mark stands at the edge of a
//! phrase: it opens behind the start, a blank, opening punctuation or another mark, and closes before the end, a blank,
//! closing punctuation or another mark. In scripts without blanks between words it may stand anywhere. `__` is no mark.

use super::{
    Node,
    character::{Side, is_invisible, is_pictograph, is_unspaced, side, turns_direction},
};

/// What a mark makes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Emphasis {
    Strong,
    Star,
    Underscore,
    Struck,
}

impl Emphasis {
    pub(super) const KINDS: usize = 4;

    /// How long its mark is.
    pub(super) fn length(self) -> usize {
        match self {
            Self::Strong | Self::Struck => 2,
            Self::Star | Self::Underscore => 1,
        }
    }

    pub(super) fn node(self, inside: Vec<Node>) -> Node {
        match self {
            Self::Strong => Node::Strong(inside),
            Self::Star | Self::Underscore => Node::Emphasis(inside),
            Self::Struck => Node::Struck(inside),
        }
    }
}

/// A run of one of the characters.
pub(super) struct Run {
    /// What it opens or closes; nothing when it is text.
    pub(super) kinds: &'static [Emphasis],
    pub(super) opens: bool,
    pub(super) closes: bool,
}

impl Run {
    /// Judges a run by its length and by what stands before and behind it.
    pub(super) fn new(byte: u8, length: usize, before: Option<char>, behind: Option<char>) -> Self {
        let kinds: &[_] = match (byte, length) {
            (b'*', 1) => &[Emphasis::Star],
            (b'*', 2) => &[Emphasis::Strong],
            (b'*', 3) => &[Emphasis::Strong, Emphasis::Star],
            (b'_', 1) => &[Emphasis::Underscore],
            (b'~', 2) => &[Emphasis::Struck],
            _ => &[],
        };
        let is_ink = |side: Option<char>| side.is_some_and(|c| !c.is_whitespace());
        // A quoted mark is meant as itself: `"*"`, `(*)`; and so is the mouth of a face: `*_*`, `~_~`.
        let is_quoted = match (before, behind) {
            (Some(before), Some(behind)) => {
                (is_mark(before) && before == behind)
                    || (matches!(side(before), Some(Side::Opening | Side::Either))
                        && matches!(side(behind), Some(Side::Closing | Side::Either)))
            }
            _ => false,
        };
        // In `.*a.*` and `src/*/test/*` it is a pattern.
        let is_pattern = length == 1 && matches!(before, Some('.' | '/' | '\\'));
        let unspaced = byte != b'_' && [before, behind].into_iter().flatten().any(is_unspaced);
        Self {
            kinds,
            opens: is_ink(behind) && !is_quoted && !is_pattern && (unspaced || separates(before, Side::Opening)),
            closes: is_ink(before) && !is_quoted && (unspaced || separates(behind, Side::Closing)),
        }
    }
}

/// How many characters at the end of a run close marks that are open, by the kinds that are.
pub(super) fn closing(open: [bool; Emphasis::KINDS], byte: u8, run: usize) -> usize {
    let length = |kind: Emphasis| if open[kind as usize] { kind.length() } else { 0 };
    let marks = match byte {
        b'*' => [length(Emphasis::Strong), length(Emphasis::Star)],
        b'_' => [length(Emphasis::Underscore), 0],
        _ => [length(Emphasis::Struck), 0],
    };
    marks.into_iter().fold(0, |closed, mark| if closed + mark <= run { closed + mark } else { closed })
}

// Whether a phrase may begin behind this character (`Opening`), or end before it (`Closing`).
fn separates(c: Option<char>, wanted: Side) -> bool {
    c.is_none_or(|c| {
        c.is_whitespace()
            || is_mark(c)
            || is_pictograph(c)
            || is_invisible(c)
            || turns_direction(c)
            || side(c).is_some_and(|side| side == wanted || side == Side::Either)
    })
}

fn is_mark(c: char) -> bool {
    matches!(c, '*' | '_' | '~' | '`')
}
