//! The messages that clients send in each dialect.

/// A dialect of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Clients send bare text and receive small JSON objects. All targets support it.
    Plain,
    /// The subprotocol `parlor.v1`, which only Parlor supports.
    Rich,
}

impl Dialect {
    /// The handshake header line that requests the dialect; empty for the plain dialect.
    pub fn subprotocol_header(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Rich => "Sec-WebSocket-Protocol: parlor.v1\r\n",
        }
    }

    /// The messages that a client sends first, to join a room under a name.
    pub fn registration(self, room: &str, name: &str) -> Vec<String> {
        match self {
            Self::Plain => vec![name.to_owned()],
            Self::Rich => vec![hello(room, None), format!(r#"{{"type":"claim","name":"{name}"}}"#)],
        }
    }

    /// The frame that posts a text in a room. The text must not contain characters that JSON escapes; `number` is the
    /// sender's message number and becomes the client id.
    pub fn post(self, room: &str, number: u32, text: String) -> String {
        match self {
            Self::Plain => text,
            Self::Rich => {
                format!(r#"{{"type":"post","room":"{room}","client_id":"{number:08}","body":"{text}"}}"#)
            }
        }
    }
}

/// The `hello` message of the rich dialect, optionally with a cursor in JSON to resume from.
pub fn hello(room: &str, cursor: Option<&str>) -> String {
    let cursor = cursor.map(|cursor| format!(r#","cursor":{cursor}"#)).unwrap_or_default();
    format!(r#"{{"type":"hello","rooms":[{{"room":"{room}"{cursor}}}]}}"#)
}
