use proptest::prelude::*;

use super::*;
use crate::history::{PlainConnection, PostRecord};

/// A correct run: two rich clients and a plain one post in turn in one room, and each saw all messages.
fn correct_run(count: u64) -> Evidence {
    let room = RoomName::default();
    let writer = |seq: u64| ["ana", "bo", "robot"][seq as usize % 3];
    let message = |seq: u64| LogMessage {
        seq,
        author_id: format!("id of {}", writer(seq)),
        name: writer(seq).to_owned(),
        client_id: format!("c{seq}"),
        text: format!("message {seq}"),
    };
    let log: Vec<_> = (1..=count).map(message).collect();
    let seen: Vec<_> = log.iter().map(|message| (message.seq, Fingerprint::of(&message.name, &message.text))).collect();
    let rich = |name: &str| RichHistory {
        label: name.to_owned(),
        room: room.clone(),
        author_id: format!("id of {name}"),
        posts: log.iter().filter(|message| message.name == name).map(post_record).collect(),
        timelines: vec![seen.clone(), seen[seen.len() / 2..].to_vec()],
        reached_seq: count,
        problems: vec![],
    };
    let sent = log.iter().filter(|message| message.name == "robot").map(|message| message.text.clone()).collect();
    let received = seen.iter().map(|(_, fingerprint)| *fingerprint).skip(1).collect();
    let connections = vec![PlainConnection { name: "robot".to_owned(), sent, received }];
    let plain = vec![PlainHistory { label: "robot".to_owned(), room: room.clone(), connections, problems: vec![] }];
    let rich = vec![rich("ana"), rich("bo")];
    let (logs, last_seqs) = ([(room.clone(), log)].into(), [(room, count)].into());
    Evidence { logs, last_seqs, rich, plain, auditor_messages: vec![] }
}

fn post_record(message: &LogMessage) -> PostRecord {
    PostRecord {
        client_id: message.client_id.clone(),
        name: message.name.clone(),
        text: message.text.clone(),
        discarded: false,
        acked_seq: Some(message.seq),
        trail: String::new(),
    }
}

fn log(evidence: &mut Evidence) -> &mut Vec<LogMessage> {
    evidence.logs.get_mut(&RoomName::default()).unwrap()
}

/// Makes the seqs dense again after a message was removed or added, as a server would that does not notice it.
fn renumber(log: &mut [LogMessage]) {
    log.iter_mut().zip(1..).for_each(|(message, seq)| message.seq = seq);
}

proptest! {
    #[test]
    fn a_correct_run_passes(count in 6u64..60) {
        let verdict = judge(&correct_run(count));
        prop_assert!(verdict.passed(), "{}", verdict);
    }

    #[test]
    fn a_message_missing_from_the_log_is_found(count in 6u64..60, pick in any::<prop::sample::Index>()) {
        let mut evidence = correct_run(count);
        let rich: Vec<_> = (0..count as usize).filter(|at| log(&mut evidence)[*at].name != "robot").collect();
        log(&mut evidence).remove(rich[pick.index(rich.len())]);
        renumber(log(&mut evidence));
        let verdict = judge(&evidence);
        prop_assert!(verdict.lost > 0 && !verdict.passed());
    }

    #[test]
    fn a_message_twice_in_the_log_is_found(count in 6u64..60, pick in any::<prop::sample::Index>()) {
        let mut evidence = correct_run(count);
        let copy = log(&mut evidence)[pick.index(count as usize)].clone();
        log(&mut evidence).push(LogMessage { client_id: "another".to_owned(), ..copy });
        renumber(log(&mut evidence));
        let verdict = judge(&evidence);
        prop_assert!(verdict.duplicated > 0 && !verdict.passed());
    }

    #[test]
    fn a_message_that_nobody_wrote_is_found(count in 6u64..60) {
        let mut evidence = correct_run(count);
        let other = log(&mut evidence)[0].clone();
        log(&mut evidence).push(LogMessage { text: "boo".to_owned(), client_id: "boo".to_owned(), ..other });
        renumber(log(&mut evidence));
        prop_assert_eq!(judge(&evidence).phantom, 1);
    }

    #[test]
    fn messages_of_one_writer_in_another_order_are_found(count in 8u64..60, pick in any::<prop::sample::Index>()) {
        let mut evidence = correct_run(count);
        let first = pick.index(count as usize - 3);
        // Without acknowledgements only the order of writing reveals the swap.
        evidence.rich.iter_mut().flat_map(|client| &mut client.posts).for_each(|post| post.acked_seq = None);
        log(&mut evidence).swap(first, first + 3);
        renumber(log(&mut evidence));
        evidence.rich.iter_mut().for_each(|client| client.timelines.clear());
        evidence.plain[0].connections[0].received.clear();
        let verdict = judge(&evidence);
        prop_assert_eq!(verdict.out_of_order, 1, "{}", verdict);
    }

    #[test]
    fn an_acknowledgement_with_another_seq_is_found(count in 6u64..60) {
        let mut evidence = correct_run(count);
        evidence.rich[0].posts[0].acked_seq = Some(count + 5);
        prop_assert_eq!(judge(&evidence).out_of_order, 1);
    }

    #[test]
    fn each_anomaly_in_what_a_plain_client_received_is_found(
        count in 8u64..60, pick in any::<prop::sample::Index>(), anomaly in 0u8..4,
    ) {
        let mut evidence = correct_run(count);
        let received = &mut evidence.plain[0].connections[0].received;
        // Neither the first nor the last: a client that joins late or leaves early has missed nothing.
        let at = 1 + pick.index(received.len() - 3);
        match anomaly {
            0 => { received.remove(at); }
            1 => received.insert(at, received[at]),
            2 => received.swap(at, at + 1),
            _ => received.insert(at, Fingerprint::of("ghost", "boo")),
        }
        let verdict = judge(&evidence);
        match anomaly {
            0 => prop_assert_eq!(verdict.lost, 1),
            1 => prop_assert_eq!(verdict.duplicated, 1),
            2 => prop_assert!(verdict.out_of_order > 0),
            _ => prop_assert_eq!(verdict.phantom, 1),
        }
        prop_assert!(verdict.first_anomaly.unwrap().contains("expected:"));
    }

    #[test]
    fn a_gap_a_copy_a_swap_or_another_seq_in_a_timeline_is_found(
        count in 8u64..60, pick in any::<prop::sample::Index>(), anomaly in 0u8..4,
    ) {
        let mut evidence = correct_run(count);
        let timeline = &mut evidence.rich[1].timelines[0];
        let at = 1 + pick.index(timeline.len() - 3);
        match anomaly {
            0 => { timeline.remove(at); }
            1 => timeline.insert(at, timeline[at]),
            2 => timeline.swap(at, at + 1),
            _ => timeline[at].0 += 1,
        }
        let verdict = judge(&evidence);
        prop_assert!(!verdict.passed());
        match anomaly {
            0 => prop_assert_eq!(verdict.lost, 1),
            1 => prop_assert_eq!(verdict.duplicated, 1),
            _ => prop_assert!(verdict.out_of_order > 0),
        }
    }
}

#[test]
fn a_discarded_message_may_be_anywhere_or_absent() {
    let mut evidence = correct_run(12);
    let other = post_record(&log(&mut evidence)[0]);
    let discarded = PostRecord { discarded: true, acked_seq: None, client_id: "gone".to_owned(), ..other };
    evidence.rich[0].posts.push(discarded);
    assert!(judge(&evidence).passed());
}

#[test]
fn an_incomplete_timeline_and_other_problems_are_found() {
    let mut evidence = correct_run(12);
    evidence.rich[0].reached_seq = 10;
    assert_eq!(judge(&evidence).lost, 2);
    let mut evidence = correct_run(12);
    evidence.plain[0].problems.push("it could not join".to_owned());
    assert!(!judge(&evidence).passed());
}

#[test]
fn a_room_without_a_known_end_is_found() {
    let mut evidence = correct_run(12);
    evidence.last_seqs.clear();
    assert!(!judge(&evidence).passed());
}
