//! Claims of names.

use super::*;

#[test]
fn a_stored_name_is_claimed_on_connection() {
    let mut client = Client::new(initial_state(None));
    client.start(Some("Mo".to_owned()), Zone::fixed(0), 10_000, at(0));
    client.on_connected(at(1));
    client.on_message(welcome(None), at(2));
    assert!(sent(&mut client).contains(&ClientMessage::Claim { name: "Mo".to_owned() }));
}

#[test]
fn a_name_claimed_in_another_tab_is_adopted() {
    let mut client = online(None);
    client.on_disconnected(CloseCode::ABNORMAL, at(4));
    client.tick(at(2_000));
    client.on_connected(at(2_001));
    sent(&mut client);
    client.on_message(welcome(Some("Mo")), at(2_002));
    assert_eq!(client.name().map(Name::as_str), Some("Mo"));
    assert_eq!(sent(&mut client), []);
}

#[test]
fn a_sign_out_in_another_tab_resets_the_page() {
    let mut client = online(Some("Mo"));
    client.take_effects();
    client.on_disconnected(CloseCode::SIGNED_OUT, at(4));
    assert_eq!(client.take_effects(), [Effect::ResetPage]);
}

#[test]
fn a_refused_claim_has_its_reason() {
    let mut client = online(None);
    client.claim_name("Ana");
    assert!(client.name_claim().pending);
    let error = Refusal::from(ErrorCode::NameTaken);
    client.on_message(ServerMessage::Refused { to: Some(Request::Claim), room: None, error }, at(5));
    assert_eq!(
        *client.name_claim(),
        NameClaim { pending: false, refused: Some(ErrorCode::NameTaken), renaming: false }
    );
    client.claim_name(" ");
    assert_eq!(client.name_claim().refused, Some(ErrorCode::NameInvalid));
}

#[test]
fn a_refused_rename_keeps_the_old_name() {
    let mut client = online(Some("Mo"));
    client.claim_name("Ana");
    let error = Refusal::from(ErrorCode::NameTaken);
    client.on_message(ServerMessage::Refused { to: Some(Request::Claim), room: None, error }, at(5));
    assert_eq!(client.name().unwrap().as_str(), "Mo");
    assert_eq!(client.name_claim().refused, Some(ErrorCode::NameTaken));
    client.claim_name("Max");
    client.on_message(ServerMessage::Claimed { name: Name::parse("Max").unwrap() }, at(6));
    assert_eq!((client.name().unwrap().as_str(), client.name_claim().clone()), ("Max", NameClaim::default()));
}
