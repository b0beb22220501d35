use proptest::prelude::*;

use super::*;

fn at(tick: u64) -> Moment {
    Moment { tick, wall: tick, random: 0.5 }
}

fn online(tick: u64) -> PageConnection {
    let mut connection = PageConnection::default();
    assert_eq!(connection.start(false, at(tick)), ConnectionAction::Connect);
    connection.on_connected(at(tick));
    connection.on_welcome(25_000, at(tick));
    connection
}

#[test]
fn a_problem_shows_after_five_seconds_and_counts_down() {
    let mut connection = online(0);
    connection.on_disconnected(CloseCode::ABNORMAL, Moment { random: 0.999, ..at(60_000) });
    assert_eq!(connection.status(64_999), None);
    assert_eq!(connection.tick(at(60_500)), ConnectionAction::Connect);
    for _ in 0..8 {
        connection.on_disconnected(CloseCode::ABNORMAL, Moment { random: 0.999, ..at(64_000) });
    }
    let status = connection.status(65_000).unwrap();
    assert!(status.problem == ConnectionProblem::Disconnected(DisconnectReason::Lost));
    assert_eq!(status.retry_in_s, Some(29));
    assert_eq!(connection.wake(at(65_001)), ConnectionAction::Connect, "a returning reader does not wait");
}

#[test]
fn a_silent_connection_is_pinged_and_then_closed() {
    let mut connection = online(0);
    assert_eq!(connection.tick(at(24_999)), ConnectionAction::Nothing);
    assert_eq!(connection.tick(at(25_000)), ConnectionAction::Ping);
    assert_eq!(connection.deadline(25_000), Some(35_000));
    assert_eq!(connection.tick(at(34_999)), ConnectionAction::Nothing);
    assert_eq!(connection.tick(at(35_000)), ConnectionAction::Disconnect);
    let mut answered = online(0);
    assert_eq!(answered.tick(at(25_000)), ConnectionAction::Ping);
    answered.on_message(at(26_000));
    assert_eq!(answered.tick(at(35_000)), ConnectionAction::Nothing);
}

#[test]
fn the_close_code_decides_about_reconnecting() {
    let mut connection = online(0);
    connection.on_disconnected(CloseCode::REFUSED, at(1));
    assert_eq!(connection.tick(at(100_000)), ConnectionAction::Nothing);
    assert_eq!(connection.wake(at(100_000)), ConnectionAction::Nothing);
    assert!(connection.status(1).is_some(), "a refusal shows at once");
    assert_eq!(connection.retry(at(100_000)), ConnectionAction::Connect);
}

#[test]
fn reconnection_delays_double_up_to_thirty_seconds() {
    let mut connection = online(0);
    let mut waits = Vec::new();
    for _ in 0..10 {
        connection.on_disconnected(CloseCode::ABNORMAL, Moment { random: 0.999_999, ..at(100) });
        let Phase::Waiting { until } = connection.phase else { panic!("waits") };
        waits.push((until - 100).div_ceil(100) * 100);
        connection.connect(at(100));
        connection.on_connected(at(100));
        connection.on_welcome(25_000, at(100));
    }
    assert_eq!(waits[..4], [500, 1_000, 2_000, 4_000]);
    assert_eq!(waits[9], 30_000);
}

#[test]
fn a_connection_that_is_silent_without_a_network_is_a_problem_after_five_seconds() {
    let mut connection = online(0);
    assert_eq!(connection.on_network_change(false, at(1_000)), ConnectionAction::Ping, "the device may be wrong");
    assert!(!connection.is_certain());
    assert_eq!(connection.deadline(1_000), Some(6_000));
    assert_eq!(connection.status(5_999), None);
    let status = connection.status(6_000).unwrap();
    assert!(status.problem == ConnectionProblem::Offline);
    assert_eq!(connection.tick(at(11_000)), ConnectionAction::Disconnect);
    assert!(connection.status(11_000).is_some(), "a shown problem stays shown");
}

#[test]
fn a_network_that_returns_within_five_seconds_is_no_problem() {
    let mut connection = online(0);
    assert_eq!(connection.on_network_change(false, at(1_000)), ConnectionAction::Ping);
    assert_eq!(
        connection.on_network_change(true, at(3_000)),
        ConnectionAction::Ping,
        "the connection is checked at once"
    );
    connection.on_message(at(3_050));
    assert!(connection.is_certain());
    for tick in [3_051, 6_000, 20_000] {
        assert_eq!(connection.status(tick), None);
    }
    assert_eq!(connection.tick(at(20_000)), ConnectionAction::Nothing);
}

#[test]
fn a_connection_that_did_not_survive_the_loss_of_the_network_is_closed_early() {
    let mut connection = online(0);
    connection.on_network_change(false, at(1_000));
    assert_eq!(connection.on_network_change(true, at(8_000)), ConnectionAction::Ping);
    let status = connection.status(8_000).unwrap();
    assert!(status.problem == ConnectionProblem::Disconnected(DisconnectReason::Lost), "nothing has come yet");
    assert_eq!(connection.tick(at(11_999)), ConnectionAction::Nothing);
    assert_eq!(connection.tick(at(12_000)), ConnectionAction::Disconnect);
}

#[test]
fn a_working_connection_counts_more_than_the_report_of_the_device() {
    let mut connection = online(0);
    connection.on_network_change(false, at(1_000));
    connection.on_message(at(1_010));
    for tick in (2_000..120_000).step_by(10) {
        assert_eq!(connection.status(tick), None, "{tick}");
        assert!(connection.deadline(tick).unwrap() <= tick + 2_000);
        match connection.tick(at(tick)) {
            ConnectionAction::Ping => connection.on_message(at(tick + 5)),
            other => assert_eq!(other, ConnectionAction::Nothing),
        }
    }
    // Later the connection is really dead.
    let silent = (120_000..).find(|tick| connection.tick(at(*tick)) == ConnectionAction::Ping).unwrap();
    assert!(connection.status(silent + 5_000).is_some());
}

#[test]
fn a_late_message_postpones_the_problem() {
    let mut connection = online(0);
    connection.on_network_change(false, at(1_000));
    connection.on_message(at(1_400));
    assert_eq!(connection.status(6_399), None);
    assert!(connection.status(6_400).is_some());
}

#[test]
fn retrying_replaces_a_doubtful_connection() {
    let mut connection = online(0);
    assert_eq!(connection.retry(at(500)), ConnectionAction::Nothing);
    connection.on_network_change(false, at(1_000));
    assert_eq!(connection.retry(at(7_000)), ConnectionAction::Connect);
    assert!(connection.status(7_000).is_some());
}

proptest! {
    #[test]
    fn each_deadline_of_a_doubtful_connection_changes_something(
        acts in proptest::collection::vec((0u8..4, 1u64..4_000), 1..40),
    ) {
        let (mut connection, mut tick) = (online(0), 0);
        for (act, later) in acts {
            tick += later;
            match act {
                0 => drop(connection.on_network_change(false, at(tick))),
                1 => drop(connection.on_network_change(true, at(tick))),
                2 => connection.on_message(at(tick)),
                _ => drop(connection.tick(at(tick))),
            }
            if !connection.is_online() {
                return Ok(());
            }
            let (next, told) = (connection.deadline(tick).unwrap().max(tick), connection.status(tick).is_some());
            let mut later = connection.clone();
            let did = later.tick(at(next)) != ConnectionAction::Nothing;
            prop_assert!(did || later.status(next).is_some() != told);
        }
    }

    #[test]
    fn a_delay_ends_and_its_deadlines_lead_there(random in 0.0f64..1.0, failures in 0usize..20) {
        let mut connection = online(0);
        for _ in 0..=failures {
            connection.on_disconnected(CloseCode::ABNORMAL, Moment { random, ..at(1_000) });
        }
        let mut tick = 1_000;
        for _ in 0..100 {
            let next = connection.deadline(tick).unwrap();
            prop_assert!(next >= tick, "a deadline is never in the past");
            tick = next.max(tick + 1);
            if connection.tick(at(tick)) == ConnectionAction::Connect {
                prop_assert!(tick <= 31_001);
                return Ok(());
            }
        }
        prop_assert!(false, "it never connected");
    }
}
