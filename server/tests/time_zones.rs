//! Days and times of day are those of the reader's time zone: on the page that the server draws, in searches, and as the
//! page in the browser has them.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "support/engine.rs"]
mod engine;
mod support;

use std::fmt::Write as _;
use std::fs;

use engine::Scratch;
use jiff::{Timestamp, tz};
use parlor::{ClientMessage, ServerMessage};
use rusqlite::Connection;
use support::{Rich, Server};

/// The offsets of some zones from 1970 on. The browser's own are compared with them by
/// `end2end/journeys/time_zones.spec.ts`; `PARLOR_TABLES=1 cargo test --test time_zones` writes them anew.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end/support/time_zones.txt");

/// Until the end of the last year whose rules nobody changes any more.
const UNTIL: &str = "2026-01-01T00:00:00Z";

#[test]
fn the_rules_that_the_browser_is_held_to_are_those_of_the_server() {
    let kept = fs::read_to_string(TABLE).unwrap();
    let (notes, zones): (Vec<_>, Vec<_>) = kept.lines().partition(|line| line.starts_with('#'));
    let until: Timestamp = UNTIL.parse().unwrap();
    let mut known = format!("{}\n", notes.join("\n"));
    for line in &zones {
        let name = line.split(' ').next().unwrap();
        let zone = tz::TimeZone::get(name).unwrap();
        let mut offset = zone.to_offset(Timestamp::UNIX_EPOCH).seconds();
        write!(known, "{name} {offset}").unwrap();
        for change in zone.following(Timestamp::UNIX_EPOCH).take_while(|change| change.timestamp() < until) {
            if change.offset().seconds() != offset {
                offset = change.offset().seconds();
                write!(known, " {}={offset}", change.timestamp().as_second()).unwrap();
            }
        }
        known.push('\n');
    }
    if std::env::var_os("PARLOR_TABLES").is_some() {
        fs::write(TABLE, &known).unwrap();
    }
    assert!(zones.len() >= 60);
    assert!(kept == known, "the zone database has changed: write {TABLE} anew");
}

/// A server with a message of each of these times, named by when it was said.
async fn server_with_messages_of(times: &[&str]) -> (Server, Scratch) {
    let scratch = Scratch::new();
    let before = Server::start_with(|config| config.data.clone_from(&scratch.0)).await;
    let mut ana = before.rich("Ana").await;
    for time in times {
        let id = time.replace(':', "-");
        ana.posts(&id, &format!("said at {time}")).await;
        ana.is_acked(&id).await;
    }
    before.stop().await;
    let log = Connection::open(scratch.0.join("parlor.db")).unwrap();
    for (seq, time) in (1..).zip(times) {
        let at = time.parse::<Timestamp>().unwrap().as_millisecond();
        let change = "UPDATE messages SET at = ?2 WHERE place = (1 << 40) + ?1";
        assert_eq!(log.execute(change, (seq, at)).unwrap(), 1);
    }
    drop(log);
    fs::remove_file(scratch.0.join("search.db")).unwrap();
    (Server::start_with(|config| config.data.clone_from(&scratch.0)).await, scratch)
}

/// Days and times on the page, in the order in which they are drawn.
async fn drawn(server: &Server, cookies: &str) -> Vec<String> {
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
async fn the_server_draws_each_message_by_the_clock_of_its_time() {
    // In Berlin the 11th begins at 22:00 UTC in July, and at 23:00 in December.
    let times = ["2025-07-10T21:59:00Z", "2025-07-10T22:30:00Z", "2025-12-10T22:30:00Z", "2025-12-10T23:30:00Z"];
    let (server, _scratch) = server_with_messages_of(&times).await;
    let berlin =
        ["10 July 2025", "23:59", "11 July 2025", "00:30", "10 December 2025", "23:30", "11 December 2025", "00:30"];
    // A zone counts more than an offset, which counts where there is no such zone.
    assert_eq!(drawn(&server, "parlor_time_zone=Europe/Berlin; parlor_utc_offset=-480").await, berlin);
    let fixed = ["11 July 2025", "06:59", "07:30", "11 December 2025", "07:30", "08:30"];
    assert_eq!(drawn(&server, "parlor_time_zone=Europe/Atlantis; parlor_utc_offset=540").await, fixed);
    assert_eq!(drawn(&server, "parlor_time_zone=Asia/Tokyo").await, fixed);
    server.stop().await;
}

#[tokio::test]
async fn the_first_visit_is_told_that_times_are_utc() {
    let (server, _scratch) = server_with_messages_of(&["2025-07-10T23:59:00Z", "2025-07-11T00:30:00Z"]).await;
    assert_eq!(drawn(&server, "").await, ["10 July 2025 (UTC)", "23:59", "11 July 2025 (UTC)", "00:30"]);
    let london = ["11 July 2025", "00:59", "01:30"];
    assert_eq!(drawn(&server, "parlor_time_zone=Europe/London").await, london);
    server.stop().await;
}

async fn finds(client: &mut Rich, words: &str, time_zone: Option<&str>, utc_offset_minutes: i32) -> Vec<u64> {
    let (words, time_zone) = (words.to_owned(), time_zone.map(str::to_owned));
    client.sends(&ClientMessage::Search { request: 1, room: None, words, time_zone, utc_offset_minutes }).await;
    client
        .next_that(|message| match message {
            ServerMessage::Found { hits, .. } => Some(hits.iter().map(|hit| hit.event.seq).collect()),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_search_looks_at_the_days_of_the_readers_zone() {
    let times = [
        "2025-07-10T21:30:00Z", // 23:30 in Berlin
        "2025-07-10T22:30:00Z", // 00:30 of the 11th
        "2025-12-10T22:30:00Z", // 23:30
        "2025-12-10T23:30:00Z", // 00:30 of the 11th
        // Samoa went from the end of the 29th to the 31st.
        "2011-12-30T09:59:00Z",
        "2011-12-30T10:00:00Z",
    ];
    let (server, _scratch) = server_with_messages_of(&times).await;
    let mut bo = server.rich("Bo").await;
    let berlin = Some("Europe/Berlin");
    // Winter's offset goes with it, as the page would send it in December.
    assert_eq!(finds(&mut bo, "on:2025-07-10", berlin, 60).await, [1]);
    assert_eq!(finds(&mut bo, "on:2025-07-11", berlin, 60).await, [2]);
    assert_eq!(finds(&mut bo, "on:2025-12-10", berlin, 60).await, [3]);
    assert_eq!(finds(&mut bo, "after:2025-12-11", berlin, 60).await, [4]);
    assert_eq!(finds(&mut bo, "before:2025-07-11 after:2025-01-01", berlin, 60).await, [1]);
    let apia = Some("Pacific/Apia");
    assert_eq!(finds(&mut bo, "on:2011-12-29", apia, 780).await, [5]);
    assert_eq!(finds(&mut bo, "on:2011-12-30", apia, 780).await, [0u64; 0]);
    assert_eq!(finds(&mut bo, "on:2011-12-31", apia, 780).await, [6]);
    // Clients of before send the offset alone, and are an hour off in summer; and nobody knows every zone.
    assert_eq!(finds(&mut bo, "on:2025-07-10", None, 60).await, [2, 1]);
    assert_eq!(finds(&mut bo, "on:2025-07-10", Some("Moon/Tycho"), 120).await, [1]);
    assert_eq!(finds(&mut bo, "on:2025-07-11", Some("Moon/Tycho"), 120).await, [2]);
    server.stop().await;
}
