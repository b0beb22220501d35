//! Parser for the markup of messages: from text to a tree of [`Node`]s, which the page renders without any HTML
//! strings.
//!
//! The syntax is the subset of CommonMark (<https://spec.commonmark.org/0.31.2/>) that people use in a chat. It follows
//! the rules of CommonMark where they suit hastily typed text. Incomplete markup is text, exactly as typed.
//!
//! | module | content |
//! |---|---|
//! | `block` | block structure: paragraphs and block quotes |
//! | `block::list`, `block::code_fence` | lists, fenced code blocks |
//! | `highlight`, `language` | syntax highlighting of code blocks |
//! | `inline`, `inline::link` | inline structure: emphasis, code spans, links, mentions |
//! | `delimiter_run`, `escape`, `autolink` | runs of `*`, `_` and `~`, backslash escapes, bare URLs |
//! | `character` | character classes on which these depend |
//! | [`mention`], `names`, `ranges` | mentions, and how they are resolved |
//! | `line` | lines with their offsets in the message |
//! | `plain_text` | messages as plain text |
//! | [`emoji`] | messages of emoji only |
//! | `slice` | string slicing without panics |
//!
//! Parsing takes time linear in the length of the text. Each module says how it achieves that.

mod autolink;
mod block;
mod character;
mod delimiter_run;
pub mod emoji;
mod escape;
mod highlight;
mod inline;
mod language;
mod line;
pub mod mention;
mod names;
mod plain_text;
mod ranges;
mod slice;
#[cfg(test)]
mod tests;

pub use highlight::SyntaxToken;
pub use mention::{GuessResolver, ResolvedName, Resolver};
pub use names::{NameCandidates, NameIndex, NameResolver, name_key};
pub use parlor::{AuthorId, Mention};
pub use plain_text::plain_text;
pub use ranges::RangeResolver;

/// Maximum nesting of containers, which are block quotes and lists. Nobody needs more, and each level is a nested box
/// in the page.
pub const MAX_CONTAINERS: usize = 8;

/// Maximum nesting of lists. On a phone a third level would have no room for text.
pub const MAX_LISTS: usize = 2;

/// Maximum number of elements in one message; anything beyond is text. A long message with much markup has some
/// hundreds. A browser can lay out a page of 50 messages with this many elements each without a noticeable delay.
pub const MAX_ELEMENTS: usize = 1_000;

/// A node of a message's tree. `Paragraph`, `BlockQuote`, `List`, `ListItem` and `CodeBlock` are blocks, the others are
/// inlines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Literal text, with its line breaks.
    Text(String),
    /// `**strong**`
    Strong(Vec<Node>),
    /// `*emphasis*` or `_emphasis_`
    Emphasis(Vec<Node>),
    /// `~~strikethrough~~`
    Strikethrough(Vec<Node>),
    /// `` `code` ``
    CodeSpan(String),
    /// A mention of a person: a name after an `@`.
    Mention {
        /// The name as typed, with its `@`.
        text: String,
        /// The mentioned person; `None` if the name was only guessed.
        author: Option<AuthorId>,
    },
    /// A bare `http`, `https` or `mailto` URL, or an inline link: `[text](url)`.
    Link {
        /// The URL as typed.
        destination: String,
        /// The link text, which contains no links.
        children: Vec<Node>,
    },
    /// A paragraph. If a message or a block quote consists of a single paragraph, it has no node for it.
    Paragraph(Vec<Node>),
    /// Lines that start with `>`.
    BlockQuote(Vec<Node>),
    /// A list of `ListItem` nodes.
    List {
        /// Whether the items are numbered.
        ordered: bool,
        /// The `ListItem` nodes.
        items: Vec<Node>,
    },
    /// A line that starts with `-`, `*` or a number and a full stop, and the indented lines below it.
    ListItem {
        /// The number as typed; `None` in an unordered list.
        number: Option<u32>,
        /// The content of the item.
        children: Vec<Node>,
    },
    /// A fenced code block, with `Text` and `SyntaxToken` nodes.
    CodeBlock {
        /// The name of the language after the opening fence, if there is one.
        language: Option<String>,
        /// The code.
        children: Vec<Node>,
    },
    /// A highlighted token in a code block.
    SyntaxToken(SyntaxToken, String),
}

impl Node {
    /// The child nodes, in the order of the text.
    pub fn children(&self) -> &[Node] {
        match self {
            Self::Text(_) | Self::CodeSpan(_) | Self::Mention { .. } | Self::SyntaxToken(..) => &[],
            Self::Strong(children)
            | Self::Emphasis(children)
            | Self::Strikethrough(children)
            | Self::Link { children, .. }
            | Self::Paragraph(children)
            | Self::BlockQuote(children)
            | Self::List { items: children, .. }
            | Self::ListItem { children, .. }
            | Self::CodeBlock { children, .. } => children,
        }
    }
}

/// Parses a message into a tree. Every text is valid; most messages become a single `Text` node.
///
/// The line endings LF, CRLF and CR all become LF in the tree. The parser calls `mentions` once for each `@` at which a
/// mention may start, in no particular order, and at most
/// [`MENTIONS_PER_MESSAGE`](parlor::limits::MENTIONS_PER_MESSAGE) times.
pub fn parse(text: &str, mentions: &mut dyn Resolver) -> Vec<Node> {
    let mut mentions = mention::LimitedResolver::new(mentions);
    let mut parser = block::BlockParser { elements_left: MAX_ELEMENTS, mentions: &mut mentions };
    parser.parse_unwrapped(&line::split(text), block::NestingLimit { containers: MAX_CONTAINERS, lists: MAX_LISTS })
}
