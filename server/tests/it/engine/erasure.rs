//! The database file does not contain a text or mention that was erased.

use std::fs;

use crate::log::erasure::{
    a_deleted_text_is_erased_everywhere_and_the_chain_stays_valid,
    mentions_are_stored_with_their_text_and_erased_with_it,
};
use crate::support::embedded_fixture::EmbeddedFixture;
use crate::support::fixture::Fixture as _;

/// Whether the database file of a closed engine contains a text.
async fn contains_after_close(fixture: EmbeddedFixture, texts: &[&str]) -> Vec<bool> {
    let temp_dir = fixture.close().await;
    let bytes = fs::read(temp_dir.0.join("parlor.db")).unwrap();
    let contains = |text: &&str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    texts.iter().map(contains).collect()
}

#[tokio::test]
async fn the_file_does_not_contain_deleted_texts() {
    let fixture = EmbeddedFixture::create().await;
    a_deleted_text_is_erased_everywhere_and_the_chain_stays_valid(&fixture).await;
    assert_eq!(contains_after_close(fixture, &["whisper", "stays"]).await, [false, true]);
}

#[tokio::test]
async fn the_file_does_not_contain_deleted_mentions() {
    let fixture = EmbeddedFixture::create().await;
    mentions_are_stored_with_their_text_and_erased_with_it(&fixture).await;
    assert_eq!(contains_after_close(fixture, &["hidden", "no mention"]).await, [false, true]);
}
