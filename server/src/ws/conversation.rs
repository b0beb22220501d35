//! The course of a conversation, the same in both dialects.

use super::reader::{Ended, Reader};

/// What one client's texts mean.
pub(super) trait Conversation {
    /// Handles a text.
    ///
    /// # Errors
    /// [`Ended`] when the connection is over with it.
    fn handle_text(&mut self, text: &str) -> impl Future<Output = Result<(), Ended>> + Send;
}

/// Goes on until the connection ends: it may have ended with what came behind the handshake, as `begun` says.
pub(super) async fn run(
    conversation: &mut impl Conversation,
    reader: &mut Reader,
    texts: &mut Vec<String>,
    begun: Result<(), Ended>,
) {
    let mut outcome = begun;
    loop {
        for text in texts.drain(..) {
            // What came whole before the end still counts. Nothing is held back for it: posts above their rate are
            // refused.
            let admitted = outcome.is_err() || reader.admit().await.is_ok();
            // Boxed, as it is large and seldom there: most of the time a connection waits.
            if !admitted || Box::pin(conversation.handle_text(&text)).await.is_err() {
                return;
            }
        }
        if outcome.is_err() {
            return;
        }
        outcome = reader.read(texts).await;
    }
}
