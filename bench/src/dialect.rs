//! How one talks to a server.

/// A dialect of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Bare text in, small JSON out: all servers here speak it.
    Plain,
    /// `parlor.v1`.
    Rich,
}

impl Dialect {
    /// What asks for it in a handshake, as a whole line.
    pub fn header(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Rich => "Sec-WebSocket-Protocol: parlor.v1\r\n",
        }
    }

    /// What is said first, to be in the room with this name.
    pub fn introduction(self, room: &str, name: &str) -> Vec<String> {
        match self {
            Self::Plain => vec![name.to_owned()],
            Self::Rich => vec![hello(room, None), format!(r#"{{"type":"claim","name":"{name}"}}"#)],
        }
    }

    /// What says this in the room: a text without anything that JSON has to escape, as the sender's message of this
    /// number.
    pub fn post(self, room: &str, number: u32, text: String) -> String {
        match self {
            Self::Plain => text,
            Self::Rich => {
                format!(r#"{{"type":"post","room":"{room}","client_id":"{number:08}","body":"{text}"}}"#)
            }
        }
    }
}

/// The rich dialect's first message, with a cursor as JSON if something is known.
pub fn hello(room: &str, cursor: Option<&str>) -> String {
    let cursor = cursor.map(|cursor| format!(r#","cursor":{cursor}"#)).unwrap_or_default();
    format!(r#"{{"type":"hello","rooms":[{{"room":"{room}"{cursor}}}]}}"#)
}
