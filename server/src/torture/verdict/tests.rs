use proptest::prelude::*;

use super::super::ledger::{Posted, Stay};
use super::*;

/// A room in which two page users and a program take turns, and everyone saw everything.
fn all_is_well(count: u64) -> Evidence {
    let room = RoomName::default();
    let writer = |seq: u64| ["ana", "bo", "robot"][seq as usize % 3];
    let entry = |seq: u64| Entry {
        seq,
        author: format!("id of {}", writer(seq)),
        name: writer(seq).to_owned(),
        client_id: format!("c{seq}"),
        text: format!("message {seq}"),
    };
    let log: Vec<_> = (1..=count).map(entry).collect();
    let seen: Vec<_> = log.iter().map(|entry| (entry.seq, Print::of(&entry.name, &entry.text))).collect();
    let rich = |name: &str| RichLedger {
        who: name.to_owned(),
        room: room.clone(),
        author: format!("id of {name}"),
        posted: log.iter().filter(|entry| entry.name == name).map(posted).collect(),
        runs: vec![seen.clone(), seen[seen.len() / 2..].to_vec()],
        reached: count,
        trouble: vec![],
    };
    let sent = log.iter().filter(|entry| entry.name == "robot").map(|entry| entry.text.clone()).collect();
    let heard = seen.iter().map(|(_, print)| *print).skip(1).collect();
    let stays = vec![Stay { name: "robot".to_owned(), sent, heard }];
    let plain = vec![PlainLedger { who: "robot".to_owned(), room: room.clone(), stays, trouble: vec![] }];
    let rich = vec![rich("ana"), rich("bo")];
    Evidence { logs: [(room.clone(), log)].into(), ends: [(room, count)].into(), rich, plain, others: vec![] }
}

fn posted(entry: &Entry) -> Posted {
    Posted {
        client_id: entry.client_id.clone(),
        name: entry.name.clone(),
        text: entry.text.clone(),
        discarded: false,
        acked: Some(entry.seq),
    }
}

fn log(evidence: &mut Evidence) -> &mut Vec<Entry> {
    evidence.logs.get_mut(&RoomName::default()).unwrap()
}

/// Numbers the log anew after something was taken out or put in, as a server would that does not know better.
fn number(log: &mut [Entry]) {
    log.iter_mut().zip(1..).for_each(|(entry, seq)| entry.seq = seq);
}

proptest! {
    #[test]
    fn a_good_run_is_let_through(count in 6u64..60) {
        let verdict = judge(&all_is_well(count));
        prop_assert!(verdict.holds(), "{}", verdict);
    }

    #[test]
    fn a_message_missing_from_the_log_is_found(count in 6u64..60, pick in any::<prop::sample::Index>()) {
        let mut evidence = all_is_well(count);
        let rich: Vec<_> = (0..count as usize).filter(|at| log(&mut evidence)[*at].name != "robot").collect();
        log(&mut evidence).remove(rich[pick.index(rich.len())]);
        number(log(&mut evidence));
        let verdict = judge(&evidence);
        prop_assert!(verdict.lost > 0 && !verdict.holds());
    }

    #[test]
    fn a_message_twice_in_the_log_is_found(count in 6u64..60, pick in any::<prop::sample::Index>()) {
        let mut evidence = all_is_well(count);
        let again = log(&mut evidence)[pick.index(count as usize)].clone();
        log(&mut evidence).push(Entry { client_id: "another".to_owned(), ..again });
        number(log(&mut evidence));
        let verdict = judge(&evidence);
        prop_assert!(verdict.doubled > 0 && !verdict.holds());
    }

    #[test]
    fn a_message_that_nobody_wrote_is_found(count in 6u64..60) {
        let mut evidence = all_is_well(count);
        let ghost = log(&mut evidence)[0].clone();
        log(&mut evidence).push(Entry { text: "boo".to_owned(), client_id: "boo".to_owned(), ..ghost });
        number(log(&mut evidence));
        prop_assert_eq!(judge(&evidence).phantom, 1);
    }

    #[test]
    fn messages_of_one_writer_in_another_order_are_found(count in 8u64..60, pick in any::<prop::sample::Index>()) {
        let mut evidence = all_is_well(count);
        let first = pick.index(count as usize - 3);
        // Nobody's acknowledgement tells: the order of writing alone does.
        evidence.rich.iter_mut().flat_map(|client| &mut client.posted).for_each(|posted| posted.acked = None);
        log(&mut evidence).swap(first, first + 3);
        number(log(&mut evidence));
        evidence.rich.iter_mut().for_each(|client| client.runs.clear());
        evidence.plain[0].stays[0].heard.clear();
        let verdict = judge(&evidence);
        prop_assert_eq!(verdict.out_of_order, 1, "{}", verdict);
    }

    #[test]
    fn an_acknowledgement_of_another_place_is_found(count in 6u64..60) {
        let mut evidence = all_is_well(count);
        evidence.rich[0].posted[0].acked = Some(count + 5);
        prop_assert_eq!(judge(&evidence).out_of_order, 1);
    }

    #[test]
    fn what_a_program_did_not_hear_or_heard_otherwise_is_found(
        count in 8u64..60, pick in any::<prop::sample::Index>(), fault in 0u8..4,
    ) {
        let mut evidence = all_is_well(count);
        let heard = &mut evidence.plain[0].stays[0].heard;
        // Who comes late or leaves early has missed nothing: so neither the first nor the last.
        let at = 1 + pick.index(heard.len() - 3);
        match fault {
            0 => { heard.remove(at); }
            1 => heard.insert(at, heard[at]),
            2 => heard.swap(at, at + 1),
            _ => heard.insert(at, Print::of("ghost", "boo")),
        }
        let verdict = judge(&evidence);
        match fault {
            0 => prop_assert_eq!(verdict.lost, 1),
            1 => prop_assert_eq!(verdict.doubled, 1),
            2 => prop_assert!(verdict.out_of_order > 0),
            _ => prop_assert_eq!(verdict.phantom, 1),
        }
        prop_assert!(verdict.first.unwrap().contains("expected:"));
    }

    #[test]
    fn what_a_timeline_lacks_or_has_elsewhere_is_found(
        count in 8u64..60, pick in any::<prop::sample::Index>(), fault in 0u8..4,
    ) {
        let mut evidence = all_is_well(count);
        let run = &mut evidence.rich[1].runs[0];
        let at = 1 + pick.index(run.len() - 3);
        match fault {
            0 => { run.remove(at); }
            1 => run.insert(at, run[at]),
            2 => run.swap(at, at + 1),
            _ => run[at].0 += 1,
        }
        prop_assert!(!judge(&evidence).holds());
    }
}

#[test]
fn what_was_given_up_may_be_anywhere_or_nowhere() {
    let mut evidence = all_is_well(12);
    let again = posted(&log(&mut evidence)[0]);
    evidence.rich[0].posted.push(Posted { discarded: true, acked: None, client_id: "gone".to_owned(), ..again });
    assert!(judge(&evidence).holds());
}

#[test]
fn a_timeline_that_stopped_short_and_other_trouble_are_found() {
    let mut evidence = all_is_well(12);
    evidence.rich[0].reached = 10;
    assert_eq!(judge(&evidence).lost, 2);
    let mut evidence = all_is_well(12);
    evidence.plain[0].trouble.push("it could not join".to_owned());
    assert!(!judge(&evidence).holds());
}
