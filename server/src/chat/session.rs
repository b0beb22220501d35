//! Sessions, and the secrets by which clients prove them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use parlor::{AuthorId, Token};
use sha2::{Digest, Sha256};

use crate::engine::{BotToken, NewSession, SecretHash};
use crate::random;

/// Bytes of a token that are random; the others are their signature.
const RANDOM_BYTES: usize = 10;

/// One browser or device of a person. It is the account that holds a name and owns messages.
///
/// A client proves a session by a secret token. The server stores a hash of the token; all other clients know the account
/// only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The account: the author id of everything that the person writes.
    pub account: AuthorId,
    /// The hash of the session's secret.
    pub(crate) secret: SecretHash,
    /// What the device calls itself, for the person's list of sessions.
    pub(crate) device: Arc<str>,
    /// The token by which it is proven, if it is that of a bot. It has no stored session then.
    pub(crate) bot: Option<Arc<BotToken>>,
    /// Whether the secret is from before sessions were stored, and was not exchanged yet.
    pub(crate) is_old_secret: bool,
}

impl Session {
    pub(super) fn new(account: AuthorId, token: &Token, device: &str) -> Self {
        Self { account, secret: SecretHash::of_token(token), device: device.into(), bot: None, is_old_secret: false }
    }

    /// The session of a bot.
    pub(crate) fn of_bot(bot: Arc<BotToken>) -> Self {
        Self {
            account: bot.account.clone(),
            secret: bot.secret,
            device: "".into(),
            bot: Some(bot),
            is_old_secret: false,
        }
    }

    /// The session as it is stored.
    pub(super) fn to_stored(&self) -> NewSession {
        NewSession { account: self.account.clone(), secret: self.secret, device: self.device.to_string() }
    }
}

/// Issues secrets, and recognises those that it has issued.
///
/// A visitor's session is not stored before it has a name or a read marker. Until then only the signature in its token
/// shows that the server issued it, so that visitors leave nothing behind.
#[derive(Clone)]
pub(super) struct TokenIssuer(Hmac<Sha256>);

impl std::fmt::Debug for TokenIssuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenIssuer")
    }
}

impl TokenIssuer {
    /// An issuer that signs with this key.
    ///
    /// # Panics
    /// Never: HMAC accepts keys of any length.
    #[expect(clippy::expect_used, reason = "HMAC accepts keys of any length")]
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(Hmac::new_from_slice(key).expect("HMAC accepts keys of any length"))
    }

    /// A new token.
    ///
    /// # Panics
    /// Never: 16 bytes always encode to a valid token.
    #[expect(clippy::expect_used, reason = "16 bytes are 22 characters of base64")]
    pub(super) fn issue(&self) -> Token {
        let mut bytes = [0; 16];
        let (random, signature) = bytes.split_at_mut(RANDOM_BYTES);
        random.copy_from_slice(&random::bytes::<RANDOM_BYTES>());
        signature.copy_from_slice(&self.signature(random)[..16 - RANDOM_BYTES]);
        Token::parse(&URL_SAFE_NO_PAD.encode(bytes)).expect("a token is 22 characters of base64")
    }

    /// Whether this server issued the token.
    pub(super) fn has_issued(&self, token: &Token) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token.reveal()) else { return false };
        let Some((random, signature)) = bytes.split_at_checked(RANDOM_BYTES) else { return false };
        self.0.clone().chain_update(random).verify_truncated_left(signature).is_ok()
    }

    fn signature(&self, random: &[u8]) -> [u8; 32] {
        self.0.clone().chain_update(random).finalize().into_bytes().into()
    }
}

/// The account of a visitor with this token. Another token of the account leads to it through the directory.
pub(super) fn visitor_account(token: &Token) -> AuthorId {
    account_of(b"parlor visitor\0", token)
}

/// The account of a token from before sessions were stored: its id was a hash of the token.
pub(super) fn old_account(token: &Token) -> AuthorId {
    account_of(b"parlor session\0", token)
}

fn account_of(purpose: &[u8], token: &Token) -> AuthorId {
    let hash = Sha256::new().chain_update(purpose).chain_update(token.reveal()).finalize();
    AuthorId(URL_SAFE_NO_PAD.encode(&hash[..12]).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_issued_tokens_are_recognised() {
        let (issuer, other) = (TokenIssuer::new(&[1; 32]), TokenIssuer::new(&[2; 32]));
        for _ in 0..100 {
            let token = issuer.issue();
            assert!(issuer.has_issued(&token) && !other.has_issued(&token));
            let changed = token.reveal().replacen(|c| c != 'A', "A", 1);
            assert!(!issuer.has_issued(&Token::parse(&changed).unwrap()));
        }
        assert!(!issuer.has_issued(&Token::parse("abcdefghijklmnopqrstuv").unwrap()));
    }

    #[test]
    fn the_token_determines_the_account_of_a_visitor_and_is_not_shown() {
        let token = TokenIssuer::new(&[1; 32]).issue();
        assert_eq!(visitor_account(&token), visitor_account(&token));
        assert_ne!(visitor_account(&token), old_account(&token));
        let session = Session::new(visitor_account(&token), &token, "Firefox");
        assert!(!format!("{session:?}").contains(token.reveal()));
    }

    #[test]
    fn the_account_of_an_old_token_has_the_id_that_earlier_versions_gave_it() {
        let token = Token::parse("abcdefghijklmnopqrstuv").unwrap();
        let hash = Sha256::digest(b"parlor session\0abcdefghijklmnopqrstuv");
        assert_eq!(old_account(&token).as_str(), URL_SAFE_NO_PAD.encode(&hash[..12]));
    }
}
