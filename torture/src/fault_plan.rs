//! The fault plan: what each client does, which faults it meets, and when the server is killed.
//!
//! All of it is drawn from the seed before anything starts, so the same seed and flags give the same plan. How the
//! replies of different clients interleave depends on the machine.

use std::time::Duration;

use crate::rng::Rng;

/// Deliveries per second over all clients, approximately. Above this rate two cores would measure only themselves, so
/// each client of a larger room posts less often.
const DELIVERIES_PER_SECOND: f64 = 20_000.0;

/// Messages per second that one client posts on average, unless [`DELIVERIES_PER_SECOND`] requires fewer.
const MESSAGES_PER_SECOND: f64 = 0.65;

/// How a TCP connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// With a reset (RST), as by a router that has lost its state.
    Reset,
    /// With an orderly end (FIN), as by a proxy that closes both sides.
    Fin,
}

/// Something that a client does, or a fault of its network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Posts `count` messages at once, each of about `bytes` bytes.
    Post { count: usize, bytes: usize },
    /// Sends a message a second time under the same client id, whether it is in flight or accepted.
    SendDuplicate,
    /// Discards a message after a retryable refusal.
    Discard,
    /// Reads nothing for this long.
    StopReading(Duration),
    /// The connection is cut.
    Cut(Cut),
    /// The connection carries nothing for this long while both ends stay open. Bytes in transit arrive late.
    Stall(Duration),
    /// The connection delivers everything with this additional latency, for this long.
    Delay { latency: Duration, duration: Duration },
    /// The client changes its network: it connects anew while the server may still consider the old connection alive.
    ChangeNetwork,
    /// The device sleeps, perhaps for so long that the server releases its name.
    Sleep(Duration),
    /// The user returns to the page: a silent connection has to prove that it is alive.
    ReturnToPage,
    /// The user scrolls back in the timeline, or to its end again.
    Scroll,
    /// The page is reloaded with what the browser stored; a plain client leaves and joins again.
    Reload,
}

/// Actions with their due times, counted from the start of the run, in order of time.
pub(crate) type ActionPlan = Vec<(Duration, Action)>;

/// Duration of the phase with faults, and number of clients and rooms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RunSize {
    pub(crate) seconds: u64,
    pub(crate) clients: usize,
    pub(crate) rooms: usize,
}

/// The plan of one client. A bulk poster additionally posts bursts of long messages: enough to make slow readers fall
/// behind.
pub(crate) fn action_plan(
    seed: u64,
    actor: &str,
    RunSize { seconds, clients, rooms }: RunSize,
    is_bulk_poster: bool,
) -> ActionPlan {
    let end = Duration::from_secs(seconds);
    let mut plan = ActionPlan::new();
    // The labels of the generators are part of their seeds: another label gives another plan.
    let mut rng = Rng::for_actor(seed, &format!("{actor} speaks"));
    let deliveries = MESSAGES_PER_SECOND * (clients * clients) as f64 / rooms as f64;
    let slowdown = (deliveries / DELIVERIES_PER_SECOND).max(1.0);
    let mut at = rng.seconds(0.5, 3.0 * slowdown);
    while at < end {
        let count = if rng.one_in(100) { 2 + rng.index(60) } else { 1 };
        if count > 1 {
            // The server refuses a part of so large a burst. These actions meet messages that wait to be sent again.
            match rng.index(4) {
                0 => plan.push((at + rng.seconds(0.05, 1.5), Action::Reload)),
                1 => plan.push((at + rng.seconds(0.05, 0.5), Action::Discard)),
                2 => plan.push((at + rng.seconds(0.0, 0.3), Action::ChangeNetwork)),
                _ => {}
            }
        }
        let bytes = if rng.one_in(20) { 500 + rng.index(6_000) } else { 10 + rng.index(200) };
        plan.push((at, Action::Post { count, bytes: bytes / count.min(8) }));
        at += rng.seconds(slowdown, 3.0 * slowdown);
    }
    if is_bulk_poster {
        let mut rng = Rng::for_actor(seed, &format!("{actor} is loud"));
        let mut at = rng.seconds(5.0, 25.0);
        while at < end {
            plan.push((at, Action::Post { count: 60, bytes: 12_000 }));
            at += rng.seconds(25.0, 50.0);
        }
    }
    let mut rng = Rng::for_actor(seed, &format!("{actor} suffers"));
    let mut at = rng.seconds(1.0, 16.0);
    while at < end {
        at += add_fault(&mut rng, at, &mut plan);
        at += rng.seconds(3.0, 16.0);
    }
    plan.sort_by_key(|(at, _)| *at);
    plan.retain(|(at, _)| *at < end);
    plan
}

/// Adds one fault to the plan. Returns how long no other fault may follow it.
fn add_fault(rng: &mut Rng, at: Duration, plan: &mut ActionPlan) -> Duration {
    if rng.one_in(40) {
        let length = rng.seconds(5.0, 50.0);
        plan.push((at, Action::Sleep(length)));
        return length;
    }
    if rng.one_in(20) {
        // Long enough for the server to close the connection.
        let length = rng.seconds(25.0, 45.0);
        plan.push((at, if rng.one_in(2) { Action::StopReading(length) } else { Action::Stall(length) }));
        return length;
    }
    match rng.index(20) {
        0..=2 => plan.push((at, Action::Cut(Cut::Reset))),
        3..=4 => plan.push((at, Action::Cut(Cut::Fin))),
        5..=7 => {
            plan.push((at, Action::Stall(rng.seconds(0.5, 9.0))));
            // Most clients notice the stall and leave the connection behind half open.
            match rng.index(6) {
                0 | 1 => plan.push((at + rng.seconds(0.1, 4.0), Action::ChangeNetwork)),
                2 => plan.push((at + rng.seconds(3.1, 5.0), Action::ReturnToPage)),
                3 | 4 => plan.push((at + rng.seconds(1.0, 4.0), Action::Reload)),
                _ => {}
            }
        }
        8..=9 => plan.push((at, Action::StopReading(rng.seconds(0.5, 12.0)))),
        10..=11 => {
            plan.push((at, Action::Delay { latency: rng.seconds(0.01, 0.8), duration: rng.seconds(1.0, 5.0) }));
        }
        12..=14 => plan.push((at, Action::Reload)),
        15 => plan.push((at, Action::ChangeNetwork)),
        16 => plan.push((at, Action::Scroll)),
        17 => plan.push((at, Action::Discard)),
        _ => plan.extend((0..=rng.index(5)).map(|_| (at, Action::SendDuplicate))),
    }
    Duration::ZERO
}

/// When the server is killed, from the start of the run, and how long it stays down each time. `interval` is the mean
/// time between kills in seconds; 0 gives no kills.
pub(crate) fn kill_plan(seed: u64, seconds: u64, interval: u64) -> Vec<(Duration, Duration)> {
    let (mut rng, mut kills) = (Rng::for_actor(seed, "the server"), Vec::new());
    if interval == 0 {
        return kills;
    }
    let mut at = Duration::ZERO;
    loop {
        at += rng.seconds(0.7 * interval as f64, 1.3 * interval as f64);
        if at >= Duration::from_secs(seconds) {
            return kills;
        }
        let downtime = rng.seconds(0.0, 1.5);
        kills.push((at, downtime));
        at += downtime;
    }
}

/// When an editor in a room without a log first requests something that creates an event, from the start of the run.
pub(crate) fn log_start(seed: u64, actor: &str, seconds: u64) -> Duration {
    let seconds = seconds as f64;
    Rng::for_actor(seed, &format!("{actor} begins the log")).seconds(0.2 * seconds, 0.8 * seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_plan_and_each_actor_has_its_own() {
        let size = RunSize { seconds: 60, clients: 200, rooms: 4 };
        let plan = |seed, actor| action_plan(seed, actor, size, false);
        assert_eq!(plan(1, "rich 1"), plan(1, "rich 1"));
        assert_ne!(plan(1, "rich 1"), plan(1, "rich 2"));
        assert_ne!(plan(1, "rich 1"), plan(2, "rich 1"));
        assert_eq!(kill_plan(7, 60, 10), kill_plan(7, 60, 10));
        assert!(!kill_plan(7, 60, 10).is_empty());
        assert!(kill_plan(7, 60, 0).is_empty());
    }

    #[test]
    fn each_editor_starts_the_log_at_its_own_time_in_the_middle_of_the_run() {
        assert_eq!(log_start(5, "e0000", 100), log_start(5, "e0000", 100));
        assert_ne!(log_start(5, "e0000", 100), log_start(5, "e0001", 100));
        let middle = Duration::from_secs(20)..=Duration::from_secs(80);
        assert!((0..100).all(|seed| middle.contains(&log_start(seed, "e0000", 100))));
    }

    #[test]
    fn a_plan_is_sorted_ends_in_time_and_contains_each_kind_of_fault() {
        let plan = action_plan(3, "rich 1", RunSize { seconds: 600, clients: 200, rooms: 4 }, true);
        assert!(plan.is_sorted_by_key(|(at, _)| *at));
        assert!(plan.iter().all(|(at, _)| *at < Duration::from_secs(600)));
        let has = |wanted: fn(&Action) -> bool| plan.iter().any(|(_, action)| wanted(action));
        assert!(has(|action| matches!(action, Action::Post { count, .. } if *count > 1)));
        assert!(has(|action| matches!(action, Action::Cut(Cut::Reset))));
        assert!(has(|action| matches!(action, Action::Cut(Cut::Fin))));
        assert!(has(|action| matches!(action, Action::Stall(_))));
        assert!(has(|action| matches!(action, Action::StopReading(_))));
        assert!(has(|action| matches!(action, Action::Reload)));
        assert!(has(|action| matches!(action, Action::SendDuplicate)));
    }
}
