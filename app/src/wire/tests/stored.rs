use parlor::{ChainMark, Event};
use proptest::{option, prelude::*};

use super::strategies::{EXACT, author, body, client_id, cursor, operation, posted, quote, room, target, text};
use crate::{
    state::{
        chat_message::ChatMessage,
        drafts::{Composing, StoredDraft},
        replica::ReplicaHeader,
        submission::{StoredSubmission, Submission},
    },
    wire,
};

proptest! {
    #[test]
    fn a_stored_submission_is_read_as_it_was_written(
        room in room(), client_id in client_id(), author in author(), operation in operation(), at in EXACT,
    ) {
        let entry = StoredSubmission { room, submission: Submission { client_id, author, operation, at } };
        prop_assert_eq!(wire::stored_submission(&wire::stored_submission_text(&entry)), Some(entry));
    }

    #[test]
    fn a_stored_draft_is_read_as_it_was_written(
        (room, text, at, offered) in (room(), text(), EXACT, any::<bool>()),
        composing in option::of(prop_oneof![
            quote().prop_map(Composing::Reply),
            (target(), body()).prop_map(|(target, text)| Composing::Edit { target, text }),
        ]),
    ) {
        let draft = StoredDraft { room, composing, text, at, offered };
        prop_assert_eq!(wire::stored_draft(&wire::stored_draft_text(&draft)), Some(draft));
    }

    #[test]
    fn a_stored_replica_is_read_as_it_was_written(
        (room, as_of, first, has_older, topic, title, read) in
            (room(), cursor(), EXACT, any::<bool>(), text(), text(), EXACT),
        (seq, at, kind) in (EXACT, EXACT, posted()),
    ) {
        let header = ReplicaHeader { room, as_of, first, has_older, topic, title, read };
        prop_assert_eq!(wire::replica_header(&wire::replica_header_text(&header)), Some(header));
        let event = Event { seq, at, hash: ChainMark(String::new()), kind };
        let message = ChatMessage::of(event, 0).unwrap();
        prop_assert_eq!(wire::posted(&wire::posted_text(&message)), Some(message.to_event()));
    }
}
