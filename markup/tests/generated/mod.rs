//! Ten thousand generated messages, and one hash of the trees of all of them, which must be the same on the host and in
//! a browser.
//!
//! After an intended change of the parser, take the new hash from the failing test on the host and review what changed.
//! The test in the browser must then give the same hash.

use parlor_markup::{AuthorId, GuessResolver, NameIndex, NameResolver, Node, SyntaxToken, emoji::is_jumbo, parse};

/// The number of generated messages.
pub(crate) const MESSAGES: u32 = 10_000;

/// The hash of the trees of all generated messages.
pub(crate) const TREES: u64 = 0x807D_EFF2_E70B_E0D9;

// Pieces of messages: markup, the characters next to it, and texts of many scripts.
const PIECES: [&str; 118] = [
    "word",
    "two words",
    " ",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    "\n\n\n",
    "\t",
    "    ",
    "*",
    "**",
    "***",
    "****",
    "_",
    "__",
    "~~",
    "~",
    "`",
    "``",
    "```",
    "```rust",
    "\n```\n",
    "\n> ",
    "> ",
    ">",
    "\n- ",
    "- ",
    "* ",
    "  - ",
    "1. ",
    "\n2. ",
    "12.",
    "[",
    "]",
    "](",
    ")",
    "(",
    "](https://example.org/a_(b))",
    "https://example.org/",
    "http://[::1]/?a[]=1#x",
    "mailto:ana@example.org",
    "javascript:alert(1)",
    "@ana",
    "@ana.maria-b_",
    "ana@example.org",
    "\\",
    "\\*",
    "¯\\_(ツ)_/¯",
    "<b>",
    "&amp;",
    "\"quoted\"",
    "'",
    "// remark",
    "/* remark */",
    "let x = 1.5e3;",
    "snake_case",
    "5*3*2",
    "さくら。",
    "מילה",
    "e\u{301}",
    "👩🏽\u{200d}💻",
    "\u{202e}turned",
    // Line endings, and texts of more than ten scripts next to markup and URLs.
    "\r\n",
    "\r",
    "\r\n> ",
    "\n// ```\n",
    "**重要**",
    "*本当*",
    "これは",
    "カタカナ",
    "「",
    "」",
    "。",
    "（",
    "）",
    "，然后",
    "漢字",
    "สำคัญ",
    "ສຳຄັນ",
    "សំខាន់។",
    "အရေးကြီး။",
    "중요합니다",
    "слово",
    "λέξη·",
    "כאן",
    "هنا،",
    "ثم؟",
    "شکریہ۔",
    "शब्द।",
    "শব্দ॥",
    "բառ։",
    "ቃል።",
    "“",
    "”",
    "‘",
    "’",
    "«",
    "»",
    "…",
    "—",
    "https://example.org/путь_",
    "https://example.org/a_(b",
    "https://例え.jp/パス",
    "(*_*)",
    ">_<",
    "-_-",
    "__init__",
    "src/*/test/*",
    "x**2",
    "@Mary Ann",
    "@o'neil",
    "@さくら",
    "@ЖАННА Ё",
    "@ΣΟΦΟΣ",
    "@Jo (home)",
    "@*star*",
];

/// The names of people who may be mentioned.
const PEOPLE: [&str; 8] = ["Ana", "Mary Ann", "O'Neil", "さくら", "Жанна ё", "σοφος", "jo (HOME)", "*star*"];

/// Generates the message with this number, deterministically.
pub(crate) fn message(number: u32) -> String {
    // Knuth's MMIX generator; its upper bits are sufficiently uniform.
    let mut state = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66;
    let mut below = |bound: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let upper = (state >> 33) as u32;
        upper % bound
    };
    let length = 1 + below(40);
    (0..length).map(|_| PIECES[below(PIECES.len() as u32) as usize]).collect()
}

/// The hash of all trees, with guessed mentions and with mentions of [`PEOPLE`], and of the ranges of these mentions.
pub(crate) fn hash_of_trees() -> u64 {
    let author = |name: &&'static str| AuthorId((*name).into());
    let names = NameIndex::new(PEOPLE.iter().map(|name| (*name, author(name))));
    hash(|text| {
        let mut canon = String::from(if is_jumbo(text) { "jumbo\n" } else { "\n" });
        write(&parse(text, &mut GuessResolver), &mut canon);
        let mut by_name = NameResolver::new(&names);
        write(&parse(text, &mut by_name), &mut canon);
        for mention in by_name.into_mentions() {
            canon.push_str(&format!("{}..{}", mention.start, mention.end));
        }
        canon
    })
}

/// The FNV-1a hash of the texts that `as_text` makes of all messages.
pub(crate) fn hash(as_text: impl Fn(&str) -> String) -> u64 {
    (0..MESSAGES).fold(0xCBF2_9CE4_8422_2325, |hash, number| {
        let fold = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        as_text(&message(number)).bytes().fold(hash, fold)
    })
}

// Writes a tree as text: each node with its kind, length and content, so that different trees have different texts.
fn write(nodes: &[Node], canon: &mut String) {
    for node in nodes {
        let (kind, text) = match node {
            Node::Text(text) => ("text", text.clone()),
            Node::CodeSpan(text) => ("code", text.clone()),
            Node::Mention { text, author: None } => ("mention", text.clone()),
            Node::Mention { text, author: Some(author) } => ("person", format!("{text} {}", author.as_str())),
            Node::SyntaxToken(SyntaxToken::String, text) => ("string", text.clone()),
            Node::SyntaxToken(SyntaxToken::Comment, text) => ("comment", text.clone()),
            Node::SyntaxToken(SyntaxToken::Number, text) => ("number", text.clone()),
            Node::SyntaxToken(SyntaxToken::Keyword, text) => ("keyword", text.clone()),
            Node::Strong(_) => ("strong", String::new()),
            Node::Emphasis(_) => ("emphasis", String::new()),
            Node::Strikethrough(_) => ("struck", String::new()),
            Node::Link { destination, .. } => ("link", destination.clone()),
            Node::Paragraph(_) => ("paragraph", String::new()),
            Node::BlockQuote(_) => ("quote", String::new()),
            Node::List { ordered: true, .. } => ("ordered", String::new()),
            Node::List { ordered: false, .. } => ("list", String::new()),
            Node::ListItem { number: Some(number), .. } => ("item", number.to_string()),
            Node::ListItem { number: None, .. } => ("item", String::new()),
            Node::CodeBlock { language: Some(language), .. } => ("fence", language.clone()),
            Node::CodeBlock { language: None, .. } => ("fence", String::new()),
        };
        let children = node.children();
        canon.push_str(&format!("{kind} {} {text} {}\n", text.len(), children.len()));
        write(children, canon);
    }
}
