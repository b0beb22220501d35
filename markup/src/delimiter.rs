//! Which runs of `*`, `_` and `~` are marks, and whether they open or close (CommonMark §6.2).
//!
//! A run opens before what is no blank and closes behind what is no blank. A chat has more arithmetic and file names
//! than a document, and its authors see no preview, so some runs that CommonMark takes for marks are text: see
//! [`Run::new`].

use super::Node;

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
        let both = |is: fn(char) -> bool| before.is_some_and(is) && behind.is_some_and(is);
        // `2*3*4` and `a*b*c` are products, `2**3**4` is a power, and `snake_case_name` is a name.
        let product = both(|c| c.is_ascii_digit()) || (length == 1 && both(|c| c.is_ascii_alphanumeric()));
        let in_word = |side: Option<char>| byte == b'_' && side.is_some_and(char::is_alphanumeric);
        let is_ink = |side: Option<char>| side.is_some_and(|c| !c.is_whitespace());
        Self {
            kinds,
            opens: is_ink(behind) && !product && !in_word(before),
            closes: is_ink(before) && !product && !in_word(behind),
        }
    }
}
