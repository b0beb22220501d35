//! Dates and times in the client's time zone: on server-rendered pages, in searches, and equal to those of browsers.

use std::fmt::Write as _;
use std::fs;

use jiff::{Timestamp, tz};
use parlor::{ClientMessage, ServerMessage};
use rusqlite::Connection;

use crate::support::engine::TempDir;
use crate::support::{RichClient, Server};

/// The UTC offsets of some zones since 1970. `end2end/journeys/time_zones.spec.ts` compares those of browsers with
/// them.
///
/// `PARLOR_TABLES=1 cargo test --test time_zones` regenerates the file.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/support/time_zones.txt");

/// The end of the table: later rules may still change.
const UNTIL: &str = "2026-01-01T00:00:00Z";

#[test]
fn the_offset_table_equals_the_servers_zone_database() {
    let stored = fs::read_to_string(TABLE).unwrap();
    let (comments, zones): (Vec<_>, Vec<_>) = stored.lines().partition(|line| line.starts_with('#'));
    let until: Timestamp = UNTIL.parse().unwrap();
    let mut generated = format!("{}\n", comments.join("\n"));
    for line in &zones {
        let name = line.split(' ').next().unwrap();
        let zone = tz::TimeZone::get(name).unwrap();
        let mut offset = zone.to_offset(Timestamp::UNIX_EPOCH).seconds();
        write!(generated, "{name} {offset}").unwrap();
        for change in zone.following(Timestamp::UNIX_EPOCH).take_while(|change| change.timestamp() < until) {
            if change.offset().seconds() != offset {
                offset = change.offset().seconds();
                write!(generated, " {}={offset}", change.timestamp().as_second()).unwrap();
            }
        }
        generated.push('\n');
    }
    if std::env::var_os("PARLOR_TABLES").is_some() {
        fs::write(TABLE, &generated).unwrap();
    }
    assert!(zones.len() >= 60);
    assert!(stored == generated, "the zone database has changed: regenerate {TABLE}");
}

/// A server with one message at each of these times. The text of a message contains its time.
async fn server_with_messages_at(times: &[&str]) -> (Server, TempDir) {
    let temp_dir = TempDir::new();
    let before = Server::start_with(|config| config.data.clone_from(&temp_dir.0)).await;
    let mut ana = before.join_rich("Ana").await;
    for time in times {
        let id = time.replace(':', "-");
        ana.post(&id, &format!("sent at {time}")).await;
        ana.expect_ack(&id).await;
    }
    before.stop().await;
    let log = Connection::open(temp_dir.0.join("parlor.db")).unwrap();
    for (seq, time) in (1..).zip(times) {
        let at = time.parse::<Timestamp>().unwrap().as_millisecond();
        let change = "UPDATE messages SET at = ?2 WHERE place = (1 << 40) + ?1";
        assert_eq!(log.execute(change, (seq, at)).unwrap(), 1);
    }
    drop(log);
    fs::remove_file(temp_dir.0.join("search.db")).unwrap();
    (Server::start_with(|config| config.data.clone_from(&temp_dir.0)).await, temp_dir)
}

/// The dates and times on the page, in the order of the document.
async fn dates_and_times(server: &Server, cookies: &str) -> Vec<String> {
    let (status, _, body) = server.get("/", &format!("Cookie: {cookies}\r\n")).await;
    assert_eq!(status, 200);
    let page = String::from_utf8(body).unwrap();
    let mut texts = Vec::new();
    let mut rest = page.as_str();
    while let Some((at, start)) =
        ["class=\"day\"><span>", "<time "].iter().filter_map(|start| Some((rest.find(start)?, start))).min()
    {
        rest = &rest[at + start.len()..];
        if *start == "<time " {
            rest = &rest[rest.find('>').unwrap() + 1..];
        }
        texts.push(rest[..rest.find('<').unwrap()].to_owned());
    }
    texts
}

#[tokio::test]
async fn the_server_renders_each_message_with_the_offset_of_its_time() {
    // In Berlin the 11th starts at 22:00 UTC in July, and at 23:00 UTC in December.
    let times = ["2025-07-10T21:59:00Z", "2025-07-10T22:30:00Z", "2025-12-10T22:30:00Z", "2025-12-10T23:30:00Z"];
    let (server, _temp_dir) = server_with_messages_at(&times).await;
    let berlin =
        ["10 July 2025", "23:59", "11 July 2025", "00:30", "10 December 2025", "23:30", "11 December 2025", "00:30"];
    // The zone has precedence. The offset counts if the zone is unknown.
    assert_eq!(dates_and_times(&server, "parlor_time_zone=Europe/Berlin; parlor_utc_offset=-480").await, berlin);
    let fixed = ["11 July 2025", "06:59", "07:30", "11 December 2025", "07:30", "08:30"];
    assert_eq!(dates_and_times(&server, "parlor_time_zone=Europe/Atlantis; parlor_utc_offset=540").await, fixed);
    assert_eq!(dates_and_times(&server, "parlor_time_zone=Asia/Tokyo").await, fixed);
    server.stop().await;
}

#[tokio::test]
async fn the_first_page_marks_its_times_as_utc() {
    let (server, _temp_dir) = server_with_messages_at(&["2025-07-10T23:59:00Z", "2025-07-11T00:30:00Z"]).await;
    assert_eq!(dates_and_times(&server, "").await, ["10 July 2025 (UTC)", "23:59", "11 July 2025 (UTC)", "00:30"]);
    let london = ["11 July 2025", "00:59", "01:30"];
    assert_eq!(dates_and_times(&server, "parlor_time_zone=Europe/London").await, london);
    server.stop().await;
}

async fn finds(client: &mut RichClient, words: &str, time_zone: Option<&str>, utc_offset_minutes: i32) -> Vec<u64> {
    let (words, time_zone) = (words.to_owned(), time_zone.map(str::to_owned));
    client.send(&ClientMessage::Search { request: 1, room: None, words, time_zone, utc_offset_minutes }).await;
    client
        .next_matching(|message| match message {
            ServerMessage::Found { hits, .. } => Some(hits.iter().map(|hit| hit.event.seq).collect()),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_search_uses_the_days_of_the_clients_zone() {
    let times = [
        "2025-07-10T21:30:00Z", // 23:30 in Berlin
        "2025-07-10T22:30:00Z", // 00:30 of the 11th
        "2025-12-10T22:30:00Z", // 23:30
        "2025-12-10T23:30:00Z", // 00:30 of the 11th
        // Samoa skipped the 30th.
        "2011-12-30T09:59:00Z",
        "2011-12-30T10:00:00Z",
    ];
    let (server, _temp_dir) = server_with_messages_at(&times).await;
    let mut bo = server.join_rich("Bo").await;
    let berlin = Some("Europe/Berlin");
    // The offset is that of winter, as the page would send it in December.
    assert_eq!(finds(&mut bo, "on:2025-07-10", berlin, 60).await, [1]);
    assert_eq!(finds(&mut bo, "on:2025-07-11", berlin, 60).await, [2]);
    assert_eq!(finds(&mut bo, "on:2025-12-10", berlin, 60).await, [3]);
    assert_eq!(finds(&mut bo, "after:2025-12-11", berlin, 60).await, [4]);
    assert_eq!(finds(&mut bo, "before:2025-07-11 after:2025-01-01", berlin, 60).await, [1]);
    let apia = Some("Pacific/Apia");
    assert_eq!(finds(&mut bo, "on:2011-12-29", apia, 780).await, [5]);
    assert_eq!(finds(&mut bo, "on:2011-12-30", apia, 780).await, [0u64; 0]);
    assert_eq!(finds(&mut bo, "on:2011-12-31", apia, 780).await, [6]);
    // Older clients send only the offset, which is an hour off in summer. An unknown zone falls back to the offset.
    assert_eq!(finds(&mut bo, "on:2025-07-10", None, 60).await, [2, 1]);
    assert_eq!(finds(&mut bo, "on:2025-07-10", Some("Moon/Tycho"), 120).await, [1]);
    assert_eq!(finds(&mut bo, "on:2025-07-11", Some("Moon/Tycho"), 120).await, [2]);
    server.stop().await;
}
