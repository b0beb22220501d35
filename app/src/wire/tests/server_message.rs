use std::collections::BTreeSet;

use parlor::{Name, ServerMessage};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::json;

use super::strategies::server_message;
use crate::wire;

// The match is exhaustive: a new kind of message has to be added here, and the test below then demands that
// `strategies::server_message` generates it.
macro_rules! kinds {
    ($($kind:ident),* $(,)?) => {
        const KINDS: &[&str] = &[$(stringify!($kind)),*];

        fn kind(message: &ServerMessage) -> &'static str {
            match message {
                $(ServerMessage::$kind { .. } => stringify!($kind),)*
            }
        }
    };
}
kinds!(
    Welcome, Claimed, Unnamed, Refused, Snapshot, Missed, Reset, Page, Event, Presence, Read, Unread, Typing, Room,
    Moved, Removed, Rooms, Found, Ack, Nack, Pong, Unknown,
);

#[test]
fn every_kind_of_server_message_is_tested() {
    let (mut runner, strategy) = (TestRunner::deterministic(), server_message());
    let tested: BTreeSet<_> = (0..1_000).map(|_| kind(&strategy.new_tree(&mut runner).unwrap().current())).collect();
    assert_eq!(tested, KINDS.iter().copied().collect());
}

proptest! {
    #[test]
    fn server_messages_are_read_as_serde_writes_them(message in server_message()) {
        let text = serde_json::to_string(&message).unwrap();
        prop_assert_eq!(wire::server_message(&text), Some(message));
    }
}

#[test]
fn unknown_kinds_and_fields_are_ignored_and_missing_fields_rejected() {
    let newer = json!({ "type": "haunted", "by": [1.5] }).to_string();
    assert_eq!(wire::server_message(&newer), Some(ServerMessage::Unknown));
    let more = json!({ "type": "claimed", "name": "Ana", "mood": { "level": 0.7 } }).to_string();
    assert_eq!(wire::server_message(&more), Some(ServerMessage::Claimed { name: Name::parse("Ana").unwrap() }));
    for less in [json!({ "type": "claimed" }), json!({ "type": "claimed", "name": 7 }), json!({}), json!([])] {
        assert_eq!(wire::server_message(&less.to_string()), None, "{less}");
    }
}
