//! The document as the server renders it.
#![cfg(feature = "ssr")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is the point")]

use leptos::{nonce::provide_nonce, prelude::*};
use parlor::{Author, AuthorId, Body, ChainMark, ClientId, Cursor, Epoch, Event, EventKind, Name};
use parlor_app::{
    InitialPage,
    i18n::ENGLISH,
    shell,
    state::{calendar::OffsetChange, initial_state::InitialState},
};

fn posted(seq: u64, body: &str) -> Event {
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

fn initial_page(bodies: &[&str], name: Option<&str>) -> InitialPage {
    let events: Vec<_> = (1..).zip(bodies).map(|(seq, body)| posted(seq, body)).collect();
    let state = InitialState {
        session: AuthorId("me".into()),
        name: name.map(|name| Name::parse(name).unwrap()),
        as_of: Cursor { epoch: Epoch("e".to_owned()), seq: events.len() as u64, hash: ChainMark("h".to_owned()) },
        events,
        utc_offsets: vec![OffsetChange { from: 0, minutes: 60 }],
        build: "b".to_owned(),
        ..InitialState::default()
    };
    InitialPage {
        state,
        now: 1_795_527_955_000,
        texts: ENGLISH,
        hour12: false,
        server: Default::default(),
        form_id: String::new(),
    }
}

// The document, and the nonce of its scripts.
fn document(page: InitialPage) -> (String, String) {
    let options = LeptosOptions::builder().output_name("parlor").build();
    Owner::new().with(|| {
        provide_nonce();
        let html = shell(&options, page, None).to_html();
        (html, leptos::nonce::use_nonce().unwrap().to_string())
    })
}

#[test]
fn messages_and_names_are_rendered_as_text() {
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> <!-- &amp;";
    let (html, _) = document(initial_page(&[hostile], None));
    let body = &html[html.find("<body").unwrap()..];
    assert!(!body.contains("<img") && !body.contains("<i>") && !body.contains("<script>alert"), "{body}");
    assert!(body.contains("&lt;script&gt;alert(1)"));
    let state = &html[html.find("id=\"initial-page\"").unwrap()..html.find("</head>").unwrap()];
    assert_eq!(state.matches('<').count(), 1, "only the end of the script element: {state}");
}

#[test]
fn the_document_meets_the_content_security_policy() {
    let (html, nonce) = document(initial_page(&["hello", "see https://example.org/."], Some("Mo")));
    assert!(html.contains(&format!("nonce=\"{nonce}\"")));
    for forbidden in [" style=", "<style", " onclick=", "javascript:"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    assert!(html.contains(r#"href="https://example.org/" target="_blank" rel="noopener noreferrer nofollow""#));
}

#[test]
fn times_and_composer_are_those_of_the_reader() {
    let (html, _) = document(initial_page(&["hello"], None));
    assert!(html.contains("14:45") && html.contains("datetime=\"2026-11-24T13:45:56Z\""));
    assert!(html.contains("aria-label=\"Your name\"") && !html.contains("aria-label=\"Message\""));
    let (html, _) = document(initial_page(&[], Some("Mo")));
    assert!(html.contains("aria-label=\"Message\"") && !html.contains("aria-label=\"Your name\""));
    assert!(html.contains("say hello"), "the text of an empty room");
}
