//! What a message's text is made of: a tree of [`Node`]s that the page draws as it is, never HTML of a string.
//!
//! The marks are those of CommonMark (<https://spec.commonmark.org/0.31.2/>) that people use in a chat, with its rules
//! where they suit text typed in a hurry. What is no complete mark is text, exactly as typed. To understand…
//!
//! - paragraphs and quotes, read `block`; lists, `list`; fenced code, `fence`; its colours, `highlight`, `language`;
//! - what stands within a line, `inline`, and what refers to something outside, `inline::reference`; what `*`, `_` and
//!   `~` may do there, `delimiter`; addresses, `address`; backslashes, `escape`; which characters stand at the edges of all these, `character`;
//! - who is mentioned, [`mention`], `names`, `ranges`; how lines keep their places in the message, `line`;
//! - a message without its marks, [`plain`];
//! - why some messages are large, [`emoji`]; how texts are cut, `part`.
//!
//! The time it takes grows with the length of the text and with nothing else: each of the files says how.

mod address;
mod block;
mod character;
mod delimiter;
pub mod emoji;
mod escape;
mod fence;
mod highlight;
mod inline;
mod language;
mod line;
mod list;
pub mod mention;
mod names;
mod part;
mod plain;
mod ranges;
#[cfg(test)]
mod tests;

pub use highlight::Token;
pub use mention::{Guess, ResolvedName, Resolver};
pub use names::{Candidates, Names, NamesResolver, name_key};
pub use parlor::{AuthorId, Mention};
pub use plain::plain;
pub use ranges::Ranges;

/// Quotes and lists that may stand in each other: more is a joke, and each level costs the page a nested box.
pub const CONTAINERS: usize = 8;

/// Lists that may stand in each other: on a phone a third one has no room left for its words.
pub const LISTS: usize = 2;

/// Elements that one message may be drawn as; what would be more is text. A long and busy message has some hundreds,
/// and a page of 50 made to be slow still has no more than a browser lays out without a stall.
pub const ELEMENTS: usize = 1_000;

/// A part of a message. `Paragraph`, `Quote`, `List`, `Item` and `Fence` are blocks, the others stand in lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Text as it is, with its line breaks.
    Text(String),
    /// `**strong**`
    Strong(Vec<Node>),
    /// `*emphasis*` or `_emphasis_`
    Emphasis(Vec<Node>),
    /// `~~struck~~`
    Struck(Vec<Node>),
    /// `` `code` ``
    Code(String),
    /// Somebody's name behind an `@`.
    Mention {
        /// As typed, with its `@`.
        text: String,
        /// Who is meant; `None` where that was only guessed.
        author: Option<AuthorId>,
    },
    /// An `http`, `https` or `mailto` address by itself, or behind a text: `[text](address)`.
    Link {
        /// Where it leads, as typed.
        address: String,
        /// What is shown; never a link itself.
        inside: Vec<Node>,
    },
    /// Lines up to a blank one. A message or a quote that is nothing but one paragraph has no node for it.
    Paragraph(Vec<Node>),
    /// Lines behind `>`.
    Quote(Vec<Node>),
    /// A list of `Item`s.
    List {
        /// Whether its items have numbers.
        ordered: bool,
        /// Its items.
        items: Vec<Node>,
    },
    /// A line behind `-`, `*` or a number, and what is indented below it.
    Item {
        /// Its number as typed.
        number: Option<u32>,
        /// What stands in it.
        inside: Vec<Node>,
    },
    /// Code between fences: `Text` and `Token` nodes.
    Fence {
        /// The name of its language, if it has one.
        language: Option<String>,
        /// The code.
        inside: Vec<Node>,
    },
    /// A part of fenced code that has a colour.
    Token(Token, String),
}

impl Node {
    /// The nodes in it, in the order of the text.
    pub fn inside(&self) -> &[Node] {
        match self {
            Self::Text(_) | Self::Code(_) | Self::Mention { .. } | Self::Token(..) => &[],
            Self::Strong(inside)
            | Self::Emphasis(inside)
            | Self::Struck(inside)
            | Self::Link { inside, .. }
            | Self::Paragraph(inside)
            | Self::Quote(inside)
            | Self::List { items: inside, .. }
            | Self::Item { inside, .. }
            | Self::Fence { inside, .. } => inside,
        }
    }
}

/// The tree of a message. Any text has one; most have just one `Text`. Lines end with LF, CRLF or CR, which are all LF in
/// the tree. Each `@` at which a mention may begin is resolved once, in no particular order, up to
/// [`MENTIONS_PER_MESSAGE`](parlor::limits::MENTIONS_PER_MESSAGE) of them.
pub fn parse(text: &str, mentions: &mut dyn Resolver) -> Vec<Node> {
    let mut mentions = mention::Limited::new(mentions);
    let mut blocks = block::Blocks { left: ELEMENTS, mentions: &mut mentions };
    blocks.parse_unwrapped(&line::split(text), block::Depth { containers: CONTAINERS, lists: LISTS })
}
