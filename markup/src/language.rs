//! What the languages of fenced code differ in, as far as their colours need it.

use super::part;

/// How a language is read.
#[derive(Clone, Copy)]
pub(super) struct Language {
    /// What begins a comment that ends with its line.
    pub(super) comment: &'static str,
    /// Whether `/*` begins a comment.
    pub(super) block_comments: bool,
    /// What begins and ends a string.
    pub(super) quotes: &'static str,
    /// Whether keywords may be written large.
    shouts: bool,
}

/// Words that mean something in some language that people talk about: sorted, for the search in them.
const KEYWORDS: [&str; 92] = [
    "abstract", "and", "as", "async", "await", "begin", "bool", "boolean", "break", "by", "case", "catch", "char",
    "class", "const", "continue", "create", "def", "default", "defer", "delete", "do", "done", "double", "elif",
    "else", "end", "enum", "except", "export", "extends", "false", "fi", "final", "finally", "float", "fn", "for",
    "foreach", "from", "func", "function", "group", "if", "impl", "import", "in", "insert", "int", "into", "is",
    "join", "lambda", "let", "long", "loop", "match", "mod", "module", "mut", "new", "nil", "none", "not", "null",
    "on", "or", "order", "package", "private", "pub", "public", "raise", "return", "select", "self", "set", "static",
    "string", "struct", "switch", "table", "then", "this", "throw", "true", "try", "type", "use", "var", "void",
    "while",
];

/// Longest of [`KEYWORDS`], in bytes.
const LONGEST: usize = 8;

/// Where `#` begins a comment.
const HASH: &str = "py python rb ruby sh bash zsh shell fish yaml yml toml ini make makefile dockerfile docker perl pl \
    r elixir ex nix julia jl nginx powershell ps1";

/// Where `--` begins a comment.
const DASHES: &str = "sql ada lua hs haskell elm";

/// Where `'` stands before lifetimes and type variables, too.
const TICKS: &str = "rust rs ocaml ml hs haskell elm";

/// What has no comments that are known here.
const NO_COMMENTS: &str = "css json";

/// Text, or something that is mostly text.
const TEXT: &str = "text txt plain plaintext log diff md markdown html xml svg";

impl Language {
    /// How the language of a name is read; one that is not known here, as most of them are. Plain text has none.
    pub(super) fn of(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let is = |list| part::is_listed(&name, list);
        let comment = match () {
            () if is(TEXT) => return None,
            () if is(HASH) => "#",
            () if is(DASHES) => "--",
            () if is(NO_COMMENTS) => "",
            () => "//",
        };
        let is_sql = name == "sql";
        Some(Self {
            comment,
            block_comments: matches!(comment, "" | "//") || is_sql,
            quotes: if is(TICKS) { "\"" } else { "\"'`" },
            shouts: is_sql,
        })
    }

    /// Whether a word means something.
    pub(super) fn is_keyword(self, word: &str) -> bool {
        if word.len() > LONGEST {
            return false;
        }
        let small = if self.shouts { word.to_ascii_lowercase() } else { word.to_owned() };
        KEYWORDS.binary_search(&small.as_str()).is_ok()
    }
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
