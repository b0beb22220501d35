//! The message loop of a connection, the same in both dialects.

use super::socket_reader::{Disconnected, SocketReader};

/// Handles the texts of one client in its dialect.
pub(super) trait TextHandler {
    /// Handles one text message.
    ///
    /// # Errors
    /// [`Disconnected`] if the connection has been closed because of it.
    fn handle_text(&mut self, text: &str) -> impl Future<Output = Result<(), Disconnected>> + Send;
}

/// Reads and handles texts until the connection ends. `outcome` is the result of the bytes that arrived together with
/// the handshake: they can already contain a close frame.
pub(super) async fn run(
    handler: &mut impl TextHandler,
    reader: &mut SocketReader,
    texts: &mut Vec<String>,
    mut outcome: Result<(), Disconnected>,
) {
    loop {
        for text in texts.drain(..) {
            // Complete messages before the end are still handled, without throttling: posts above their rate limit are
            // refused.
            let admitted = (outcome.is_err() || reader.admit_text().await.is_ok()) && !reader.is_closed_by_server();
            // Boxed, because the future is large and rarely needed: connections are idle most of the time.
            if !admitted || Box::pin(handler.handle_text(&text)).await.is_err() {
                return;
            }
        }
        if outcome.is_err() {
            return;
        }
        outcome = reader.read(texts).await;
    }
}
