//! Connections that are lost in the middle of a transaction.

use std::collections::HashMap;

use futures_util::future::{join, join_all};
use parlor_server::engine::{Append, EventLog, LogHistory as _};
use parlor_torture::PostgresServer;
use tokio::sync::watch;

use super::records::{claim_names, client_id, log_of, next_event, person, post, submission, subscribe};
use crate::support::engine::{TempDir, ana, permit, room, seqs};
use crate::support::fixture::commit;
use crate::support::postgres::{TestDatabase, open_url};
use crate::support::sql_session::SqlSession;
use crate::support::wait_until;

/// Ends all connections of nodes but those on which they receive notifications.
const CUT_CONNECTIONS: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'parlor' AND query NOT LIKE 'LISTEN%'";

/// Authors, and messages of each.
const AUTHORS: usize = 10;
const MESSAGES: usize = 20;

/// Connections are cut again when so many more operations are decided.
const DECIDED_BETWEEN: usize = 7;

#[tokio::test]
async fn every_receipt_and_refusal_is_true_while_connections_are_cut() {
    let database = TestDatabase::create();
    let (engine, mut deliveries) = database.open().await;
    let authors: Vec<_> = (0..AUTHORS).map(person).collect();
    claim_names(&engine, &authors).await;
    subscribe(&engine, &room()).await;
    let (decided, mut progress) = watch::channel(0);
    let send_all = async |author| {
        let mut outcomes = Vec::new();
        for number in 0..MESSAGES {
            let message =
                Append { known_failures: u64::MAX, ..submission(author, &number.to_string(), post("text", None)) };
            outcomes.push((message.client_id.clone(), commit(&engine, message).await));
            decided.send_modify(|decided| *decided += 1);
        }
        outcomes
    };
    let mut session = database.session();
    let cut = async {
        let mut cuts = 0;
        for next in (0..AUTHORS * MESSAGES).step_by(DECIDED_BETWEEN) {
            progress.wait_for(|decided| *decided >= next).await.unwrap();
            cuts += session.run(CUT_CONNECTIONS).len();
        }
        cuts
    };
    let (outcomes, cuts) = join(join_all(authors.iter().map(send_all)), cut).await;
    assert!(cuts > AUTHORS * MESSAGES / DECIDED_BETWEEN, "{cuts} connections were cut");

    // Each connection of the pool that was cut fails once.
    wait_until("the log can be read", async || engine.log_end(&permit(&room())).await.is_ok()).await;
    let log = log_of(&engine, &room()).await;
    assert_eq!(seqs(&log), (1..=log.len() as u64).collect::<Vec<_>>());
    assert!(log.len() > AUTHORS * MESSAGES / 2, "only {} were accepted", log.len());
    let mut stored: HashMap<_, _> = HashMap::new();
    for event in &log {
        let parlor::EventKind::Posted { author, client_id, .. } = &event.kind else { panic!("{event:?}") };
        let twice = stored.insert((author.id.clone(), client_id.clone()), event);
        assert_eq!(twice, None);
    }
    for (author, outcomes) in authors.iter().zip(outcomes) {
        for (id, outcome) in outcomes {
            let found = stored.get(&(author.id.clone(), id.clone())).map(|event| (event.seq, event.at));
            assert_eq!(found, outcome.ok().map(|receipt| (receipt.seq, receipt.at)), "{id:?}: {outcome:?}");
        }
    }
    for event in &log {
        assert_eq!(next_event(&mut deliveries).await.1.seq, event.seq, "each is delivered once");
    }
    assert_eq!(engine.first_break(&room()).await, Ok(None));
}

#[tokio::test]
async fn a_commit_that_succeeds_without_an_answer_is_not_repeated() {
    let server = PostgresServer::create().unwrap();
    server.create_database("parlor").unwrap();
    let directory = TempDir::new();
    let (engine, mut deliveries) = open_url(&server.url_of("parlor"), &directory.0).await.unwrap();
    claim_names(&engine, &[ana()]).await;
    subscribe(&engine, &room()).await;
    commit(&engine, submission(&ana(), "m0", post("text", None))).await.unwrap();
    // Commits wait for a standby that does not exist: they are in the log, and nobody is told.
    server.set("synchronous_standby_names", "*").unwrap();
    let pending = engine.append(submission(&ana(), "m1", post("text", None))).await.unwrap();
    let mut session = SqlSession::start(&server, "parlor");
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE wait_event = 'SyncRep' AND query = 'COMMIT'";
    let mut cuts = 0;
    wait_until("a commit waits", || {
        cuts += session.run(cut).len();
        std::future::ready(cuts > 0)
    })
    .await;
    server.set("synchronous_standby_names", "").unwrap();
    assert_eq!(pending.committed().await.unwrap().seq, 2);
    let log = log_of(&engine, &room()).await;
    assert_eq!(log.iter().map(client_id).collect::<Vec<_>>(), ["m0", "m1"]);
    for seq in 1..=2 {
        assert_eq!(next_event(&mut deliveries).await.1.seq, seq);
    }
    engine.close().await;
}
