//! Compares what several servers answer: all of them must have the same history.

use std::net::SocketAddr;

use parlor::{Event, RoomName};

use crate::auditor::{Auditor, NoReply};

/// Reads the history of each room from every server. Returns a description of each difference to the first server.
pub(crate) async fn compare(addresses: &[SocketAddr], rooms: &[RoomName]) -> Result<Vec<String>, NoReply> {
    let (mut expected, mut problems) = (Vec::new(), Vec::new());
    for (number, address) in addresses.iter().enumerate() {
        // It reads without a name.
        let mut auditor = Auditor::connect(*address, rooms.to_vec(), String::new()).await?;
        for (index, room) in rooms.iter().enumerate() {
            let messages = auditor.pages(room).await?;
            if number == 0 {
                expected.push(messages);
            } else if let Some(difference) = first_difference(&expected[index], &messages) {
                problems.push(format!("in {room}, server {} differs from server 1: {difference}", number + 1));
            }
        }
    }
    Ok(problems)
}

/// Describes the first message that two histories do not have in common.
fn first_difference(first: &[Event], second: &[Event]) -> Option<String> {
    let shown = |event: Option<&Event>| event.map_or("nothing".to_owned(), |event| format!("{event:?}"));
    let mut pairs = (0..first.len().max(second.len())).map(|index| (first.get(index), second.get(index)));
    pairs
        .find(|(first, second)| first != second)
        .map(|(first, second)| format!("{} and {}", shown(first), shown(second)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn histories_differ_from_the_first_message_that_they_do_not_share() {
        let message = |seq: u64, body: &str| -> Event {
            let json = serde_json::json!({
                "seq": seq, "at": 1, "hash": "h", "kind": "posted", "author": {"id": "a", "name": "Ana"},
                "client_id": format!("c{seq}"), "body": body,
            });
            serde_json::from_value(json).unwrap()
        };
        let history = [message(1, "a"), message(2, "b")];
        assert_eq!(first_difference(&history, &history), None);
        assert!(first_difference(&history, &history[..1]).unwrap().contains("and nothing"));
        let other = [message(1, "a"), message(2, "c")];
        assert!(first_difference(&history, &other).unwrap().contains("\"c\""));
    }
}
