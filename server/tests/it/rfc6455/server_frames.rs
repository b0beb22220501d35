//! The frames of the server. [`RawClient`] validates each of them.

use std::collections::BTreeSet;

use super::connection::request_head;
use super::dialect::{Dialect, MessageIds};
use super::frame::{Input, ping};
use super::section;
use crate::support::raw::{self, Delivery, RawClient};
use crate::support::wait_for;

/// Makes the server send frames whose lengths need 7, 16 and 64 bits.
pub(crate) async fn use_the_shortest_length() {
    let server = section::server().await;
    let mut author = server.join_plain("author").await;
    let body = "x".repeat(parlor::limits::BODY_BYTES);
    // Together they make a snapshot of more than 65535 bytes.
    for _ in 0..5 {
        author.send(&body).await;
        author.expect_message("author", &body).await;
    }
    let mut client = RawClient::connect(server.address).await.unwrap();
    client.send(&request_head(server.address, Dialect::Rich), Delivery::Whole).await;
    let response = client.response().await.unwrap();
    assert_eq!(response.values("sec-websocket-accept"), [raw::ACCEPT]);
    for input in [Input::Join, ping("p").into()] {
        client.send(&input.encode(Dialect::Rich, "reader", &mut MessageIds::default()), Delivery::Whole).await;
    }
    let mut lengths = BTreeSet::new();
    while lengths.len() < 3 {
        let frame = wait_for("frames of all lengths come", client.frame()).await.unwrap().unwrap();
        lengths.insert(frame.length_bytes);
    }
    assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [0, 2, 8]);
}
