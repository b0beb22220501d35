use parlor::ClientMessage;
use proptest::prelude::*;
use serde_json::Value;

use super::strategies::client_message;
use crate::wire;

proptest! {
    #[test]
    fn client_messages_are_written_as_serde_writes_and_reads_them(message in client_message()) {
        let text = wire::client_message_text(&message);
        prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), serde_json::to_value(&message).unwrap());
        prop_assert_eq!(serde_json::from_str::<ClientMessage>(&text).unwrap(), message);
    }
}
