//! A JSON parser and writer (RFC 8259) for trees of values.

/// Deepest nesting of lists and objects: far more than any message has, and far less than the stack has room for.
const MAX_DEPTH: u32 = 32;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Json {
    /// `null`, and the value of a missing field.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer. Messages have no other numbers: one with a fraction or exponent, or beyond 64 bits, is read as
    /// [`Json::Null`], and so are malformed numbers.
    Integer(i64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, with its fields in the order of the text.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Parses a text. Returns `None` if it is no JSON, or nested too deeply.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser { text, at: 0 };
        let value = parser.value(MAX_DEPTH)?;
        (parser.peek() == 0).then_some(value)
    }

    /// The value of a field; [`Json::Null`] if there is none.
    pub(super) fn field(&self, name: &str) -> &Self {
        if let Self::Object(fields) = self
            && let Some((_, value)) = fields.iter().find(|(key, _)| key == name)
        {
            return value;
        }
        &Self::Null
    }

    /// Returns the object with one more field.
    pub(super) fn with(mut self, name: &str, value: Self) -> Self {
        if let Self::Object(fields) = &mut self {
            fields.push((name.to_owned(), value));
        }
        self
    }

    /// Writes the value as JSON text.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Integer(value) => out.push_str(&value.to_string()),
            Self::Text(text) => write_text(text, out),
            Self::List(values) => {
                let mut before = '[';
                for value in values {
                    out.push(before);
                    value.write(out);
                    before = ',';
                }
                out.push_str(if values.is_empty() { "[]" } else { "]" });
            }
            Self::Object(fields) => {
                let mut before = '{';
                for (name, value) in fields {
                    out.push(before);
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                    before = ',';
                }
                out.push_str(if fields.is_empty() { "{}" } else { "}" });
            }
        }
    }
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\0'..='\x1f' => {
                out.push_str(if c < '\x10' { "\\u000" } else { "\\u001" });
                out.extend(char::from_digit(u32::from(c) % 16, 16));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

struct Parser<'a> {
    text: &'a str,
    // The byte index of the next byte.
    at: usize,
}

impl Parser<'_> {
    fn value(&mut self, depth: u32) -> Option<Json> {
        let depth = depth.checked_sub(1)?;
        match self.peek() {
            b'"' => self.text().map(Json::Text),
            b'[' => self.list(depth),
            b'{' => self.object(depth),
            b'n' => self.word("null", Json::Null),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: u32) -> Option<Json> {
        let mut values = Vec::new();
        self.at += 1;
        if self.take(b']') {
            return Some(Json::List(values));
        }
        loop {
            values.push(self.value(depth)?);
            if self.take(b']') {
                return Some(Json::List(values));
            }
            self.expect(b',')?;
        }
    }

    fn object(&mut self, depth: u32) -> Option<Json> {
        let mut fields = Vec::new();
        self.at += 1;
        if self.take(b'}') {
            return Some(Json::Object(fields));
        }
        loop {
            self.peek();
            let name = self.text()?;
            self.expect(b':')?;
            fields.push((name, self.value(depth)?));
            if self.take(b'}') {
                return Some(Json::Object(fields));
            }
            self.expect(b',')?;
        }
    }

    fn text(&mut self) -> Option<String> {
        if self.byte() != b'"' {
            return None;
        }
        let mut text = String::new();
        loop {
            self.at += 1;
            let rest = self.text.get(self.at..)?;
            let plain = rest.bytes().position(|byte| byte == b'"' || byte == b'\\')?;
            text.push_str(rest.get(..plain)?);
            self.at += plain;
            if self.byte() == b'"' {
                self.at += 1;
                return Some(text);
            }
            self.at += 1;
            text.push(self.escaped()?);
        }
    }

    // The character of an escape sequence. Starts after the backslash, and ends on the last byte of the sequence.
    fn escaped(&mut self) -> Option<char> {
        Some(match self.byte() {
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let mut code = self.four_digits()?;
                if let 0xd800..0xdc00 = code {
                    // A high surrogate: the low one has to follow.
                    if !self.text.get(self.at + 1..)?.starts_with("\\u") {
                        return None;
                    }
                    self.at += 2;
                    let low = self.four_digits()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                    code = 0x10000 + ((code - 0xd800) << 10) + low;
                }
                char::from_u32(code)?
            }
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            _ => return None,
        })
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at + 1..self.at + 5)?;
        self.at += 4;
        digits.chars().try_fold(0, |code, digit| Some(code * 16 + digit.to_digit(16)?))
    }

    fn number(&mut self) -> Option<Json> {
        let rest = self.text.get(self.at..)?;
        let is_digit = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.bytes().position(|byte| !is_digit(byte)).unwrap_or(rest.len());
        let digits = rest.get(..length).filter(|digits| !digits.is_empty())?;
        self.at += length;
        Some(digits.parse().map_or(Json::Null, Json::Integer))
    }

    fn word(&mut self, word: &str, value: Json) -> Option<Json> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())?;
        Some(value)
    }

    // Skips white space and returns the next byte; 0 at the end.
    fn peek(&mut self) -> u8 {
        while let b' ' | b'\n' | b'\r' | b'\t' = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn take(&mut self, wanted: u8) -> bool {
        let found = self.peek() == wanted;
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        self.take(wanted).then_some(())
    }
}
