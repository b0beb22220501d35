//! The page as the server draws it.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is the point")]

use leptos::{nonce::provide_nonce, prelude::*};
use parlor::{
    Author, AuthorId, Body, ChainMark, ClientId, Cursor, Epoch, Event, EventKind, Name, RoomName, message::Roster,
};
use parlor_app::{Boot, settings::Settings, shell, state::calendar::OffsetChange, words::ENGLISH};

fn said(seq: u64, body: &str) -> Event {
    Event {
        seq,
        at: 1_795_527_955_000 + seq * 1_000,
        hash: ChainMark("h".to_owned()),
        kind: EventKind::posted(
            Author { id: AuthorId("a1".into()), name: Name::parse("</script><i>").unwrap() },
            ClientId::from_random(u128::from(seq)),
            Body::parse(body).unwrap(),
        ),
    }
}

fn boot(bodies: &[&str], name: Option<&str>) -> Boot {
    let events: Vec<_> = (1..).zip(bodies).map(|(seq, body)| said(seq, body)).collect();
    Boot {
        room: RoomName::default(),
        session: AuthorId("me".into()),
        name: name.map(|name| Name::parse(name).unwrap()),
        as_of: Cursor { epoch: Epoch("e".to_owned()), seq: events.len() as u64, hash: ChainMark("h".to_owned()) },
        events,
        has_older: false,
        at: None,
        has_newer: false,
        roster: Roster::default(),
        topic: String::new(),
        rooms: Vec::new(),
        now: 1_795_527_955_000,
        read: None,
        utc_offsets: vec![OffsetChange { from: 0, minutes: 60 }],
        build: "b".to_owned(),
        settings: Settings::default(),
        words: ENGLISH,
        half_days: false,
        form: String::new(),
        refused: None,
    }
}

fn page(boot: Boot) -> (String, String) {
    let options = LeptosOptions::builder().output_name("parlor").build();
    Owner::new().with(|| {
        provide_nonce();
        let html = shell(&options, boot, None).to_html();
        (html, leptos::nonce::use_nonce().unwrap().to_string())
    })
}

#[test]
fn what_people_write_is_text() {
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> <!-- &amp;";
    let (html, _) = page(boot(&[hostile], None));
    let drawn = &html[html.find("<body").unwrap()..];
    assert!(!drawn.contains("<img") && !drawn.contains("<i>") && !drawn.contains("<script>alert"), "{drawn}");
    assert!(drawn.contains("&lt;script&gt;alert(1)"));
    let state = &html[html.find("id=\"boot\"").unwrap()..html.find("</head>").unwrap()];
    assert_eq!(state.matches('<').count(), 1, "only the end of the script element: {state}");
}

#[test]
fn the_policy_for_content_is_kept() {
    let (html, nonce) = page(boot(&["hello", "see https://example.org/."], Some("Mo")));
    assert!(html.contains(&format!("nonce=\"{nonce}\"")));
    for forbidden in [" style=", "<style", " onclick=", "javascript:"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(html.contains(r#"href="https://example.org/" target="_blank" rel="noopener noreferrer nofollow""#));
}

#[test]
fn times_are_the_readers_and_the_foot_is_theirs() {
    let (html, _) = page(boot(&["hello"], None));
    assert!(html.contains("14:45") && html.contains("datetime=\"2026-11-24T13:45:56Z\""));
    assert!(html.contains("aria-label=\"Your name\"") && !html.contains("aria-label=\"Message\""));
    let (html, _) = page(boot(&[], Some("Mo")));
    assert!(html.contains("aria-label=\"Message\"") && !html.contains("aria-label=\"Your name\""));
    assert!(html.contains("say hello"), "an empty room says what to do");
}
