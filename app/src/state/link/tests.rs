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

proptest! {
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
