//! Properties of programming languages that syntax highlighting depends on.

use super::slice;

/// The lexical properties of a language.
#[derive(Clone, Copy)]
pub(super) struct Language {
    /// The marker of line comments, such as `//`; empty if the language has none.
    pub(super) comment: &'static str,
    /// Whether the language has block comments, `/* … */`.
    pub(super) block_comments: bool,
    /// The characters that delimit strings.
    pub(super) quotes: &'static str,
    /// Whether keywords are case-insensitive.
    case_insensitive: bool,
}

/// Keywords of commonly used languages, all in one list, sorted for binary search.
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

/// Length of the longest of [`KEYWORDS`], in bytes.
const LONGEST_KEYWORD: usize = 8;

/// Languages in which `#` starts a comment.
const HASH_COMMENTS: &str = "py python rb ruby sh bash zsh shell fish yaml yml toml ini make makefile dockerfile docker \
    perl pl r elixir ex nix julia jl nginx powershell ps1";

/// Languages in which `--` starts a comment.
const DASH_COMMENTS: &str = "sql ada lua hs haskell elm";

/// Languages in which `'` also starts lifetimes or type variables, so it is not treated as a string delimiter.
const NO_SINGLE_QUOTED_STRINGS: &str = "rust rs ocaml ml hs haskell elm";

/// Languages without line comments.
const NO_COMMENTS: &str = "css json";

/// Plain text and formats that are mostly text, which are not highlighted.
const PLAIN_TEXT: &str = "text txt plain plaintext log diff md markdown html xml svg";

impl Language {
    /// The properties of the language with this name. An unknown name gets the properties of most languages; plain text
    /// gets `None`.
    pub(super) fn by_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let is = |list| slice::has_word(list, &name);
        let comment = match () {
            () if is(PLAIN_TEXT) => return None,
            () if is(HASH_COMMENTS) => "#",
            () if is(DASH_COMMENTS) => "--",
            () if is(NO_COMMENTS) => "",
            () => "//",
        };
        let is_sql = name == "sql";
        Some(Self {
            comment,
            block_comments: matches!(comment, "" | "//") || is_sql,
            quotes: if is(NO_SINGLE_QUOTED_STRINGS) { "\"" } else { "\"'`" },
            case_insensitive: is_sql,
        })
    }

    /// Whether a word is a keyword.
    pub(super) fn is_keyword(self, word: &str) -> bool {
        if word.len() > LONGEST_KEYWORD {
            return false;
        }
        let word = if self.case_insensitive { word.to_ascii_lowercase() } else { word.to_owned() };
        KEYWORDS.binary_search(&word.as_str()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_and_have_the_declared_maximum_length() {
        assert!(KEYWORDS.is_sorted());
        assert_eq!(KEYWORDS.iter().map(|word| word.len()).max(), Some(LONGEST_KEYWORD));
    }
}
