//! Session tokens that a test server recognises as its own: its database gets a key that is known here.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use parlor_server::engine::EmbeddedEngine;
use rusqlite::Connection;
use sha2::Sha256;

use super::postgres::TestDatabase;

const KEY: [u8; 32] = [7; 32];

/// Creates the database of a data directory, unless there is one, and gives it the key.
pub(crate) fn sign_with_test_key(data: &Path) {
    // A directory that can't be opened is what the test is about.
    if EmbeddedEngine::open(data).is_ok() {
        let database = Connection::open(data.join("parlor.db")).unwrap();
        database.execute("UPDATE server_keys SET key = ?1", [KEY]).unwrap();
    }
}

/// Gives a shared database the key.
pub(crate) fn sign_database_with_test_key(database: &TestDatabase) {
    let key: String = KEY.iter().map(|byte| format!("{byte:02x}")).collect();
    database.query(&format!("UPDATE server_keys SET key = decode('{key}', 'hex')"));
}

/// The token of a visitor, different for each number.
pub(crate) fn session_token(number: usize) -> String {
    let mut bytes = [0; 16];
    let (random, signature) = bytes.split_at_mut(10);
    random[2..].copy_from_slice(&(number as u64).to_be_bytes());
    let mac = Hmac::<Sha256>::new_from_slice(&KEY).unwrap().chain_update(&*random).finalize().into_bytes();
    signature.copy_from_slice(&mac[..6]);
    URL_SAFE_NO_PAD.encode(bytes)
}
