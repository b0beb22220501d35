//! The audit log.

use parlor_server::access::{Admission, ServerPolicy, ServerRole};
use parlor_server::engine::{AuditAction, AuditEntry, Directory, InvitationScope, NewBotToken, NewInvitation};

use super::records::{account, room, secret, server_invitation};
use super::server_settings::store_people;
use crate::support::fixture::Fixture;

/// The entries from the oldest on: actor, action, subject and detail.
async fn entries(directory: &dyn Directory) -> Vec<(Option<String>, AuditAction, String, String)> {
    let mut entries = directory.audit_log(None, 100).await.unwrap();
    entries.reverse();
    let parts = |AuditEntry { actor, action, subject, detail, .. }| (actor, action, subject, detail);
    entries.into_iter().map(parts).collect()
}

pub(super) async fn the_audit_log_says_who_did_what(fixture: &mut impl Fixture) {
    let directory = fixture.directory();
    let link = NewInvitation { by: None, note: String::new(), ..server_invitation("link", "", None) };
    directory.add_invitation(link).await.unwrap();
    store_people(directory, &["Ana", "Bo"]).await;
    let (ana, bo) = (account("ana"), account("bo"));
    let policy = ServerPolicy { admission: Admission::GuestsRead, ..ServerPolicy::default() };
    directory.set_server_policy(policy, false, &ana).await.unwrap();
    directory.add_invitation(server_invitation("code", "ana", None)).await.unwrap();
    directory.accept_invitation(secret("code"), &bo).await.unwrap();
    directory.accept_invitation(secret("code"), &bo).await.unwrap();
    let id = directory.invitations(InvitationScope::Server).await.unwrap()[0].id;
    directory.revoke_invitation(InvitationScope::Server, id, &ana).await.unwrap();
    directory.revoke_invitation(InvitationScope::Server, id, &ana).await.unwrap();
    directory.end_sessions_of(&bo, false, &ana).await.unwrap();
    let token = NewBotToken {
        secret: secret("token"),
        account: account("bot"),
        name: "Alerts".to_owned(),
        rooms: vec![room("lobby")],
        by: Some(ana.clone()),
    };
    directory.add_bot_token(token).await.unwrap();
    let id = directory.bot_tokens(None).await.unwrap()[0].id;
    directory.revoke_bot_token(id, None, &ana).await.unwrap();
    directory.set_server_role(&bo, None, &ana).await.unwrap();
    fixture.reopen().await;

    let of_ana =
        |action, subject: &str, detail: &str| (Some("Ana".to_owned()), action, subject.to_owned(), detail.to_owned());
    let expected = [
        (None, AuditAction::OwnerLinkMade, String::new(), String::new()),
        of_ana(AuditAction::RoleChanged, "Ana", "owner"),
        of_ana(AuditAction::SettingChanged, "admission", "guests_read"),
        of_ana(AuditAction::InvitationMade, "note of code", "server"),
        (Some("Bo".to_owned()), AuditAction::InvitationAccepted, "Ana · note of code".to_owned(), "member".to_owned()),
        of_ana(AuditAction::InvitationRevoked, "note of code", "server"),
        of_ana(AuditAction::SessionsEnded, "Bo", ""),
        of_ana(AuditAction::BotTokenMade, "Alerts", ""),
        of_ana(AuditAction::BotTokenRevoked, "Alerts", ""),
        of_ana(AuditAction::RoleChanged, "Bo", "guest"),
    ];
    assert_eq!(entries(fixture.directory()).await, expected);
}

pub(super) async fn the_audit_log_is_read_in_pages_from_its_end(directory: &dyn Directory) {
    store_people(directory, &["Ana", "Bo"]).await;
    for _ in 0..10 {
        directory.set_server_role(&account("bo"), Some(ServerRole::Member), &account("ana")).await.unwrap();
    }
    let ids = async |before, count| {
        let page = directory.audit_log(before, count).await.unwrap();
        page.into_iter().map(|entry| entry.id).collect::<Vec<_>>()
    };
    let all = ids(None, 100).await;
    assert_eq!(all.len(), 11);
    assert!(all.is_sorted_by(|newer, older| newer > older));
    assert_eq!(ids(None, 4).await, all[..4]);
    assert_eq!(ids(Some(all[3]), 4).await, all[4..8]);
    assert!(ids(Some(all[10]), 4).await.is_empty());
}
