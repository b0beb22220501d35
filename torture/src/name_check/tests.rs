use super::*;
use crate::name_history::RivalPost;

/// The text of a message says who wrote it, as which name, and when.
fn event(seq: u64, at: u64, author: &str, name: &str) -> Event {
    let json = serde_json::json!({
        "seq": seq, "at": at, "hash": "h", "kind": "posted", "author": {"id": author, "name": name},
        "client_id": format!("c{seq}"), "body": format!("{seq}"),
    });
    serde_json::from_value(json).unwrap()
}

/// A rival with one hold that wrote the messages with these seqs.
fn rival(label: &str, name: &str, (requested_at, granted_at): (u64, u64), seqs: &[u64]) -> RivalHistory {
    let post = |seq: &u64| RivalPost { text: seq.to_string(), client_id: format!("c{seq}"), acked_seq: Some(*seq) };
    let hold = NameHold { name: name.to_owned(), requested_at, granted_at, posts: seqs.iter().map(post).collect() };
    RivalHistory { label: label.to_owned(), holds: vec![hold], ..RivalHistory::default() }
}

#[test]
fn holds_one_after_the_other_are_correct() {
    let log =
        [event(1, 100, "a", "Ada"), event(2, 110, "a", "Ada"), event(3, 200, "b", "ADA"), event(4, 300, "a", "Ada")];
    let mut first = rival("n0", "Ada", (90, 95), &[1, 2]);
    first.holds.extend(rival("n0", "Ada", (250, 260), &[4]).holds);
    let second = rival("n1", "ADA", (150, 160), &[3]);
    assert_eq!(check(&log, &[first, second]), Vec::<String>::new());
}

#[test]
fn a_message_of_another_holder_between_two_of_one_hold_is_found() {
    let log = [event(1, 100, "a", "Ada"), event(2, 200, "b", "ada"), event(3, 300, "a", "Ada")];
    let rivals = [rival("n0", "Ada", (90, 95), &[1, 3]), rival("n1", "ada", (80, 210), &[2])];
    let problems = check(&log, &rivals);
    assert!(problems.iter().any(|problem| problem.starts_with("#2 by ada (b)")), "{problems:?}");
}

#[test]
fn a_late_message_of_the_holder_before_is_found() {
    let log = [event(1, 120, "a", "Ada"), event(2, 130, "b", "Ada")];
    let problems = check(&log, &[rival("n0", "Ada", (10, 20), &[1]), rival("n1", "Ada", (100, 110), &[2])]);
    assert!(problems.iter().any(|problem| problem.starts_with("#1 by Ada (a)")), "{problems:?}");
}

#[test]
fn a_claim_that_is_granted_while_another_holds_the_name_is_found() {
    let log = [event(1, 200, "a", "Ada"), event(2, 300, "b", "Ada")];
    let problems = check(&log, &[rival("n0", "Ada", (10, 20), &[1]), rival("n1", "Ada", (100, 110), &[2])]);
    assert!(problems.iter().any(|problem| problem.starts_with("n1 (b) was granted Ada at 110")), "{problems:?}");
}

#[test]
fn a_message_that_is_twice_in_the_log_is_found() {
    let log = [event(1, 100, "a", "Ada"), Event { seq: 2, ..event(1, 100, "a", "Ada") }];
    let problems = check(&log, &[]);
    assert_eq!(problems, ["the log has 2 messages with 1 different texts"]);
}

#[test]
fn a_lost_message_another_seq_a_swap_and_another_name_are_found() {
    let log = [event(1, 100, "a", "Ada"), event(2, 110, "a", "Bo"), event(3, 120, "a", "Ada")];
    let find = |rival: RivalHistory, start: &str| {
        let problems = check(&log, &[rival]);
        assert!(problems.iter().any(|problem| problem.contains(start)), "{problems:?}");
    };
    find(rival("n0", "Ada", (10, 20), &[1, 4]), "not in the log");
    find(rival("n0", "Ada", (10, 20), &[3, 1]), "before an earlier message");
    find(rival("n0", "Ada", (10, 20), &[1, 2]), "the log has Bo");
    let mut other_seq = rival("n0", "Ada", (10, 20), &[1]);
    other_seq.holds[0].posts[0].acked_seq = Some(7);
    find(other_seq, "was acknowledged with");
}
