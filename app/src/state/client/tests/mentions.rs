//! Whom a message mentions: as the page guesses it, and as the server has found it.

use parlor::Mention;
use parlor_markup::{NameCandidates, NameIndex, name_key};
use proptest::prelude::*;

use super::*;

const NAMES: [&str; 9] = ["ana", "Mary", "Mary Ann", "O'Neil", "C#", "Jo (home)", "Жанна", "小明", "ünal öz"];

fn among(names: &[&str]) -> Client {
    let mut client = online(Some("Mo"));
    let people = names.iter().map(|name| present(name)).collect();
    let roster = Roster { count: 9, people };
    client.on_message(
        ServerMessage::Snapshot {
            room: RoomName::default(),
            as_of: cursor(3),
            events: events(1..=3),
            has_older: false,
            roster,
            topic: String::new(),
            title: String::new(),
            read: None,
        },
        at(3),
    );
    client.take_effects();
    client
}

fn last(client: &Client) -> (Arc<ChatMessage>, bool) {
    let rows = rows(client);
    let RowContent::Message(row) = &rows.last().unwrap().content else { panic!("no message") };
    (row.message.clone(), row.highlighted)
}

/// As the server does it.
fn resolved(text: &str) -> Vec<Mention> {
    let candidates = NameCandidates::of(text);
    let known = NAMES.iter().filter(|name| candidates.contains(&name_key(name)));
    NameIndex::new(known.map(|name| (*name, author(name).id))).mentions(text)
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "@",
        "@ ",
        " ",
        "\n",
        "*",
        "`",
        "\\",
        "> ",
        "- ",
        ".",
        ",",
        "(",
        ")",
        "word",
        "@nobody",
        "é",
        "。",
        "http://x.org/",
    ]);
    let name = (prop::sample::select(NAMES.to_vec()), any::<bool>())
        .prop_map(|(name, upper)| if upper { format!("@{}", name.to_uppercase()) } else { format!("@{name}") });
    proptest::collection::vec(prop_oneof![2 => name, 3 => piece.prop_map(str::to_owned)], 1..30)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_pending_message_has_the_mentions_that_the_server_will_resolve(text in pieces()) {
        let mut client = among(&NAMES);
        if client.post(&text, id(1), at(4)).is_ok() {
            let (message, _) = last(&client);
            let mentions = text.contains('@').then(|| resolved(message.text()));
            prop_assert_eq!(&message.mentions, &mentions);
        }
    }
}

#[test]
fn a_message_is_a_highlight_by_the_author_ids_of_its_mentions_and_not_by_name() {
    let mention = |id: &str| Mention { start: 0, end: 3, author: AuthorId(id.into()) };
    for (text, mentions, highlighted) in [
        ("@Jo", Some(vec![mention("me")]), true),
        ("@Mo", Some(vec![mention("somebody-else")]), false),
        ("@Mo", Some(Vec::new()), false),
        ("@Mo", None, true),
        ("Mo", None, false),
    ] {
        let mut client = online(Some("Mo"));
        let kind = EventKind::Posted {
            author: author("ana"),
            client_id: id(4),
            body: Some(Body::parse(text).unwrap()),
            mentions: mentions.clone(),
            reply_to: None,
            edited_at: None,
            reactions: Vec::new(),
        };
        client.on_message(happens(4, kind), at(5));
        assert_eq!(last(&client).1, highlighted, "{text} {mentions:?}");
        let body = Some(Body::parse("never mind").unwrap());
        let edited =
            EventKind::Edited { by: author("ana"), client_id: id(5), target: 4, body, mentions: Some(Vec::new()) };
        client.on_message(happens(5, edited), at(6));
        assert!(!last(&client).1, "it is another text");
    }
}
