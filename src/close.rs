//! How a connection ends. The code *is* the reconnect policy: a client needs no list of codes to know what to do.

/// A WebSocket close code (RFC 6455 §7.4) that the server sends.
///
/// ```
/// use parlor::CloseCode;
///
/// assert!(CloseCode::TOO_SLOW.comes_back());
/// assert!(!CloseCode::REFUSED.comes_back());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// Done; a plain client's name was refused, say.
    pub const NORMAL: Self = Self(1000);
    /// A frame that RFC 6455 forbids.
    pub const PROTOCOL: Self = Self(1002);
    /// A binary frame: both dialects are text.
    pub const UNSUPPORTED: Self = Self(1003);
    /// No close frame came at all; never sent, only seen by a client.
    pub const ABNORMAL: Self = Self(1006);
    /// Text that is no UTF-8.
    pub const NOT_UTF8: Self = Self(1007);
    /// A client that does not keep to the rules: it never named itself, or did not say hello.
    pub const POLICY: Self = Self(1008);
    /// A message above [`FRAME_BYTES`](crate::limits::FRAME_BYTES).
    pub const TOO_BIG: Self = Self(1009);
    /// The server shuts down; come back, spread over some seconds.
    pub const SHUTTING_DOWN: Self = Self(4001);
    /// Nothing was heard for too long.
    pub const TIMED_OUT: Self = Self(4002);
    /// The client read more slowly than the room speaks; come back and resume.
    pub const TOO_SLOW: Self = Self(4008);
    /// The session was signed out, here or at another of its connections.
    pub const SIGNED_OUT: Self = Self(4501);
    /// Refused for good; coming back changes nothing.
    pub const REFUSED: Self = Self(4500);

    /// Whether a client that sees this code should connect again by itself.
    ///
    /// 4000–4499 and what a network or a proxy causes (1001, 1006, 1011, 1012, 1013) come back; everything else stays.
    pub fn comes_back(self) -> bool {
        matches!(self.0, 4000..=4499 | 1001 | 1005 | 1006 | 1011 | 1012 | 1013)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ranges_are_the_policy(low in 4000u16..4500, high in 4500u16..5000) {
            prop_assert!(CloseCode(low).comes_back());
            prop_assert!(!CloseCode(high).comes_back());
        }
    }

    #[test]
    fn faults_of_the_client_do_not_come_back() {
        for code in [CloseCode::NORMAL, CloseCode::PROTOCOL, CloseCode::NOT_UTF8, CloseCode::POLICY, CloseCode::TOO_BIG]
        {
            assert!(!code.comes_back(), "{code:?}");
        }
    }
}
