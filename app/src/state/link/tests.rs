use proptest::prelude::*;

use super::*;
use crate::words::ENGLISH;

fn at(tick: u64) -> Moment {
    Moment { tick, wall: tick, random: 0.5 }
}

fn online(tick: u64) -> Link {
    let mut link = Link::default();
    assert_eq!(link.start(false, at(tick)), Do::Connect);
    link.opened(at(tick));
    link.welcomed(25_000, at(tick));
    link
}

#[test]
fn trouble_is_quiet_for_five_seconds_then_counts_down() {
    let mut link = online(0);
    link.closed(CloseCode::ABNORMAL, Moment { random: 0.999, ..at(60_000) });
    assert_eq!(link.banner(64_999, ENGLISH), None);
    assert_eq!(link.tick(at(60_500)), Do::Connect);
    for _ in 0..8 {
        link.closed(CloseCode::ABNORMAL, Moment { random: 0.999, ..at(64_000) });
    }
    let banner = link.banner(65_000, ENGLISH).unwrap();
    assert!(banner.text.starts_with("Connection lost"));
    assert_eq!(banner.next_in, Some(29));
    assert_eq!(link.wake(at(65_001)), Do::Connect, "someone who returns does not wait");
}

#[test]
fn a_silent_connection_is_asked_and_then_dropped() {
    let mut link = online(0);
    assert_eq!(link.tick(at(24_999)), Do::Nothing);
    assert_eq!(link.tick(at(25_000)), Do::Ping);
    assert_eq!(link.deadline(25_000), Some(35_000));
    assert_eq!(link.tick(at(34_999)), Do::Nothing);
    assert_eq!(link.tick(at(35_000)), Do::Drop);
    let mut answered = online(0);
    assert_eq!(answered.tick(at(25_000)), Do::Ping);
    answered.heard(at(26_000));
    assert_eq!(answered.tick(at(35_000)), Do::Nothing);
}

#[test]
fn the_close_code_is_the_policy() {
    let mut link = online(0);
    link.closed(CloseCode::REFUSED, at(1));
    assert_eq!(link.tick(at(100_000)), Do::Nothing);
    assert_eq!(link.wake(at(100_000)), Do::Nothing);
    assert!(link.banner(1, ENGLISH).is_some(), "a refusal is said at once");
    assert_eq!(link.retry(at(100_000)), Do::Connect);
}

#[test]
fn a_connection_that_never_lasts_is_tried_ever_more_rarely() {
    let mut link = online(0);
    let mut waits = Vec::new();
    for _ in 0..10 {
        link.closed(CloseCode::ABNORMAL, Moment { random: 0.999_999, ..at(100) });
        let Phase::Waiting { until } = link.phase else { panic!("waits") };
        waits.push((until - 100).div_ceil(100) * 100);
        link.connect(at(100));
        link.opened(at(100));
        link.welcomed(25_000, at(100));
    }
    assert_eq!(waits[..4], [500, 1_000, 2_000, 4_000]);
    assert_eq!(waits[9], 30_000);
}

#[test]
fn a_connection_that_goes_silent_with_the_network_is_told_of_after_five_seconds() {
    let mut link = online(0);
    assert_eq!(link.network(false, at(1_000)), Do::Ping, "the device may be wrong");
    assert!(!link.is_sure());
    assert_eq!(link.deadline(1_000), Some(6_000));
    assert_eq!(link.banner(5_999, ENGLISH), None);
    let banner = link.banner(6_000, ENGLISH).unwrap();
    assert!(banner.text.starts_with("This device is offline"));
    assert_eq!(link.tick(at(11_000)), Do::Drop);
    assert!(link.banner(11_000, ENGLISH).is_some(), "what has been said stays said");
}

#[test]
fn a_network_that_is_back_within_five_seconds_is_not_mentioned() {
    let mut link = online(0);
    assert_eq!(link.network(false, at(1_000)), Do::Ping);
    assert_eq!(link.network(true, at(3_000)), Do::Ping, "it has to prove itself at once");
    link.heard(at(3_050));
    assert!(link.is_sure());
    for tick in [3_051, 6_000, 20_000] {
        assert_eq!(link.banner(tick, ENGLISH), None);
    }
    assert_eq!(link.tick(at(20_000)), Do::Nothing);
}

#[test]
fn a_connection_that_does_not_live_on_with_the_network_is_given_up_early() {
    let mut link = online(0);
    link.network(false, at(1_000));
    assert_eq!(link.network(true, at(8_000)), Do::Ping);
    let banner = link.banner(8_000, ENGLISH).unwrap();
    assert!(banner.text.starts_with("Connection lost"), "nothing has come yet");
    assert_eq!(link.tick(at(11_999)), Do::Nothing);
    assert_eq!(link.tick(at(12_000)), Do::Drop);
}

#[test]
fn a_device_that_is_wrong_about_its_network_is_not_believed() {
    let mut link = online(0);
    link.network(false, at(1_000));
    link.heard(at(1_010));
    for tick in (2_000..120_000).step_by(10) {
        assert_eq!(link.banner(tick, ENGLISH), None, "{tick}");
        assert!(link.deadline(tick).unwrap() <= tick + 2_000);
        match link.tick(at(tick)) {
            Do::Ping => link.heard(at(tick + 5)),
            other => assert_eq!(other, Do::Nothing),
        }
    }
    // It was right after all, later.
    let silent = (120_000..).find(|tick| link.tick(at(*tick)) == Do::Ping).unwrap();
    assert!(link.banner(silent + 5_000, ENGLISH).is_some());
}

#[test]
fn what_was_on_its_way_when_the_network_went_only_puts_the_banner_off() {
    let mut link = online(0);
    link.network(false, at(1_000));
    link.heard(at(1_400));
    assert_eq!(link.banner(6_399, ENGLISH), None);
    assert!(link.banner(6_400, ENGLISH).is_some());
}

#[test]
fn who_will_not_wait_gets_another_connection_in_place_of_a_doubtful_one() {
    let mut link = online(0);
    assert_eq!(link.retry(at(500)), Do::Nothing);
    link.network(false, at(1_000));
    assert_eq!(link.retry(at(7_000)), Do::Connect);
    assert!(link.banner(7_000, ENGLISH).is_some());
}

proptest! {
    #[test]
    fn each_deadline_of_a_doubtful_connection_changes_something(
        acts in proptest::collection::vec((0u8..4, 1u64..4_000), 1..40),
    ) {
        let (mut link, mut tick) = (online(0), 0);
        for (act, later) in acts {
            tick += later;
            match act {
                0 => drop(link.network(false, at(tick))),
                1 => drop(link.network(true, at(tick))),
                2 => link.heard(at(tick)),
                _ => drop(link.tick(at(tick))),
            }
            if !link.is_online() {
                return Ok(());
            }
            let (next, told) = (link.deadline(tick).unwrap().max(tick), link.banner(tick, ENGLISH).is_some());
            let mut later = link.clone();
            let did = later.tick(at(next)) != Do::Nothing;
            prop_assert!(did || later.banner(next, ENGLISH).is_some() != told);
        }
    }

    #[test]
    fn a_wait_ends_and_its_deadlines_lead_to_it(random in 0.0f64..1.0, failures in 0usize..20) {
        let mut link = online(0);
        for _ in 0..=failures {
            link.closed(CloseCode::ABNORMAL, Moment { random, ..at(1_000) });
        }
        let mut tick = 1_000;
        for _ in 0..100 {
            let next = link.deadline(tick).unwrap();
            prop_assert!(next >= tick, "a deadline never lies behind");
            tick = next.max(tick + 1);
            if link.tick(at(tick)) == Do::Connect {
                prop_assert!(tick <= 31_001);
                return Ok(());
            }
        }
        prop_assert!(false, "it never connected");
    }
}
