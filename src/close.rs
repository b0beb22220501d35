//! WebSocket close codes. The range of a code decides whether the client reconnects, so clients need no list of codes.

/// A WebSocket close code (RFC 6455 §7.4) that the server sends.
///
/// ```
/// use parlor::CloseCode;
///
/// assert!(CloseCode::TOO_SLOW.should_reconnect());
/// assert!(!CloseCode::REFUSED.should_reconnect());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// Normal closure, for example after the name of a plain client was refused.
    pub const NORMAL: Self = Self(1000);
    /// The client sent a frame that violates RFC 6455.
    pub const PROTOCOL: Self = Self(1002);
    /// The client sent a binary frame: both dialects use text frames only.
    pub const UNSUPPORTED: Self = Self(1003);
    /// The connection ended without a close frame; never sent, only observed by a client.
    pub const ABNORMAL: Self = Self(1006);
    /// The client sent text that is not valid UTF-8.
    pub const NOT_UTF8: Self = Self(1007);
    /// The client violated the protocol: it sent no name in time, or no `hello`.
    pub const POLICY: Self = Self(1008);
    /// The client sent a message larger than [`FRAME_BYTES`](crate::limits::FRAME_BYTES).
    pub const TOO_BIG: Self = Self(1009);
    /// The server is shutting down. Clients reconnect, each after a random delay of some seconds.
    pub const SHUTTING_DOWN: Self = Self(4001);
    /// The server received nothing from the client within the timeout.
    pub const TIMED_OUT: Self = Self(4002);
    /// The client reads more slowly than messages arrive. It reconnects and resumes.
    pub const TOO_SLOW: Self = Self(4008);
    /// The session was signed out, on this or another of its connections.
    pub const SIGNED_OUT: Self = Self(4501);
    /// The server refuses the client permanently; reconnecting does not help.
    pub const REFUSED: Self = Self(4500);

    /// Whether a client that receives this code should reconnect automatically.
    ///
    /// True for 4000–4499 and for codes caused by a network or a proxy (1001, 1005, 1006, 1011, 1012, 1013).
    pub fn should_reconnect(self) -> bool {
        matches!(self.0, 4000..=4499 | 1001 | 1005 | 1006 | 1011 | 1012 | 1013)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn application_codes_below_4500_reconnect(low in 4000u16..4500, high in 4500u16..5000) {
            prop_assert!(CloseCode(low).should_reconnect());
            prop_assert!(!CloseCode(high).should_reconnect());
        }
    }

    #[test]
    fn client_errors_do_not_reconnect() {
        for code in [CloseCode::NORMAL, CloseCode::PROTOCOL, CloseCode::NOT_UTF8, CloseCode::POLICY, CloseCode::TOO_BIG]
        {
            assert!(!code.should_reconnect(), "{code:?}");
        }
    }
}
