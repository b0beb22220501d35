//! Colours in fenced code, from four things that nearly all languages have: strings, comments, numbers, and words that
//! mean something. It is a help for the eye and no parser; what it gets wrong is still the code as typed.

use super::Node;

/// What a coloured part of code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// Quoted text.
    String,
    /// A comment.
    Comment,
    /// A number.
    Number,
    /// A word that means something.
    Keyword,
}

impl Token {
    /// Its class in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::String => "tok-str",
            Self::Comment => "tok-com",
            Self::Number => "tok-num",
            Self::Keyword => "tok-key",
        }
    }
}

/// Words that mean something in some language that people talk about: sorted, for the search in them.
const KEYWORDS: [&str; 96] = [
    "abstract",
    "and",
    "as",
    "async",
    "await",
    "begin",
    "bool",
    "boolean",
    "break",
    "by",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "continue",
    "create",
    "def",
    "default",
    "defer",
    "delete",
    "do",
    "done",
    "double",
    "elif",
    "else",
    "end",
    "enum",
    "except",
    "export",
    "extends",
    "false",
    "fi",
    "final",
    "finally",
    "float",
    "fn",
    "for",
    "foreach",
    "from",
    "func",
    "function",
    "group",
    "if",
    "impl",
    "implements",
    "import",
    "in",
    "insert",
    "int",
    "interface",
    "into",
    "is",
    "join",
    "lambda",
    "let",
    "long",
    "loop",
    "match",
    "mod",
    "module",
    "mut",
    "namespace",
    "new",
    "nil",
    "none",
    "not",
    "null",
    "on",
    "or",
    "order",
    "package",
    "private",
    "protected",
    "pub",
    "public",
    "raise",
    "return",
    "select",
    "self",
    "set",
    "static",
    "string",
    "struct",
    "switch",
    "table",
    "then",
    "this",
    "throw",
    "true",
    "try",
    "type",
    "use",
    "var",
    "void",
    "while",
];

/// Longest of [`KEYWORDS`], in bytes.
const LONGEST: usize = 10;

/// How a language is read.
#[derive(Clone, Copy)]
pub(super) struct Language {
    /// What begins a comment that ends with its line.
    comment: &'static str,
    /// Whether `/*` begins a comment.
    block_comments: bool,
    /// What begins and ends a string.
    quotes: &'static str,
    /// Whether keywords may be written large.
    shouts: bool,
}

/// How the language of a name is read; one that is not known here, as most of them are written. Plain text has none.
pub(super) fn language(name: &str) -> Option<Language> {
    let c = Language { comment: "//", block_comments: true, quotes: "\"'`", shouts: false };
    let language = match name.to_ascii_lowercase().as_str() {
        // `'` stands before lifetimes and type variables, too.
        "rust" | "rs" | "ocaml" | "ml" => Language { quotes: "\"", ..c },
        "py" | "python" | "rb" | "ruby" | "sh" | "bash" | "zsh" | "shell" | "fish" | "yaml" | "yml" | "toml"
        | "ini" | "make" | "makefile" | "dockerfile" | "docker" | "perl" | "pl" | "r" | "elixir" | "ex" | "nix"
        | "julia" | "jl" | "nginx" | "powershell" | "ps1" => Language { comment: "#", block_comments: false, ..c },
        "sql" | "ada" => Language { comment: "--", shouts: true, ..c },
        "lua" | "hs" | "haskell" | "elm" => Language { comment: "--", block_comments: false, quotes: "\"", ..c },
        "css" | "json" => Language { comment: "", ..c },
        "text" | "txt" | "plain" | "plaintext" | "log" | "diff" | "md" | "markdown" | "html" | "xml" | "svg" => {
            return None;
        }
        _ => c,
    };
    Some(language)
}

/// The code as `Text` and at most `left` `Token` nodes. What a quote without an end was looked for in is not looked
/// through again for the same quote.
pub(super) fn highlight(code: &str, language: Language, left: &mut usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    let (mut kept, mut at) = (0, 0);
    let mut no_end_before = [0; 3];
    while let Some(c) = code[at..].chars().next().filter(|_| *left > 0) {
        let rest = &code[at..];
        let token = if let Some(length) = comment(rest, &code[..at], language) {
            Some((Token::Comment, length))
        } else if let Some(quote) = language.quotes.find(c) {
            if at < no_end_before[quote] {
                None
            } else {
                match quoted(rest, c) {
                    Ok(length) => Some((Token::String, length)),
                    Err(searched) => {
                        no_end_before[quote] = at + searched;
                        None
                    }
                }
            }
        } else if c.is_ascii_digit() {
            Some((Token::Number, number(rest)))
        } else if is_word(c) {
            let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
            // In `row.type` it is somebody's own word.
            if code[..at].ends_with('.') || !is_keyword(word, language) {
                at += word.len();
                continue;
            }
            Some((Token::Keyword, word.len()))
        } else {
            None
        };
        let Some((token, length)) = token else {
            at += c.len_utf8();
            continue;
        };
        if kept < at {
            nodes.push(Node::Text(code[kept..at].to_owned()));
        }
        nodes.push(Node::Token(token, rest[..length].to_owned()));
        *left -= 1;
        at += length;
        kept = at;
    }
    if kept < code.len() {
        nodes.push(Node::Text(code[kept..].to_owned()));
    }
    nodes
}

fn comment(rest: &str, before: &str, language: Language) -> Option<usize> {
    if language.block_comments && rest.starts_with("/*") {
        return Some(rest[2..].find("*/").map_or(rest.len(), |end| end + 4));
    }
    // `$#` and `a#b` are no comments where `#` begins one.
    let begins = !language.comment.is_empty()
        && rest.starts_with(language.comment)
        && (language.comment != "#" || before.is_empty() || before.ends_with([' ', '\t', '\n']));
    begins.then(|| rest.find('\n').unwrap_or(rest.len()))
}

// The length of quoted text, or how far its end was looked for in vain: to the end of the line, for `` ` `` to the end.
fn quoted(rest: &str, quote: char) -> Result<usize, usize> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == quote {
            return Ok(at + 1);
        } else if c == '\\' {
            escaped = true;
        } else if c == '\n' && quote != '`' {
            return Err(at);
        }
    }
    Err(rest.len())
}

fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let is_part = |at: usize| match bytes.get(at) {
        Some(b'.') => bytes.get(at + 1).is_some_and(u8::is_ascii_digit),
        Some(byte) => byte.is_ascii_alphanumeric() || *byte == b'_',
        None => false,
    };
    (0..).take_while(|at| is_part(*at)).count()
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

fn is_keyword(word: &str, language: Language) -> bool {
    if word.len() > LONGEST {
        return false;
    }
    let small = if language.shouts { word.to_ascii_lowercase() } else { word.to_owned() };
    KEYWORDS.binary_search(&small.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_and_none_is_longer_than_the_longest() {
        assert!(KEYWORDS.is_sorted());
        assert_eq!(KEYWORDS.iter().map(|word| word.len()).max(), Some(LONGEST));
    }
}
