//! What happens when: all of it is drawn from the seed before anything starts, so that the same seed and flags give the
//! same schedule. How the clients' answers interleave is up to the machine.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

/// Deliveries a second over all clients, about: above it two cores would measure themselves. In larger rooms everyone
/// speaks more rarely.
const DELIVERIES_PER_SECOND: f64 = 20_000.0;

/// Messages a second that a client writes where nothing holds it back, on average.
const MESSAGES_PER_SECOND: f64 = 0.65;

/// A generator of its own for each actor, so that what one does changes nothing for the others.
#[derive(Clone, Debug)]
pub(super) struct Dice(fastrand::Rng);

impl Dice {
    /// The dice of one actor.
    pub(super) fn of(seed: u64, actor: &str) -> Self {
        let hash = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(actor).finalize();
        let start = hash.iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte));
        Self(fastrand::Rng::with_seed(start))
    }

    /// A number from `low` to `high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.0.f64() * (high - low)
    }

    /// A time from `low` to `high` seconds.
    pub(super) fn seconds(&mut self, low: f64, high: f64) -> Duration {
        Duration::from_millis((1_000.0 * self.between(low, high)) as u64)
    }

    /// One of `count`.
    pub(super) fn one_of(&mut self, count: usize) -> usize {
        self.0.usize(..count.max(1))
    }

    /// Happens one time in `count`.
    pub(super) fn once_in(&mut self, count: usize) -> bool {
        self.one_of(count) == 0
    }

    /// In [0, 1).
    pub(super) fn fraction(&mut self) -> f64 {
        self.0.f64()
    }

    /// 128 random bits.
    pub(super) fn bits(&mut self) -> u128 {
        self.0.u128(..)
    }
}

/// How a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// As a router does it that has forgotten the connection.
    Reset,
    /// As a proxy does it that ends in good order.
    Finish,
}

/// Something that a client does, or that is done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Writes so many messages at once, of so many bytes each.
    Say { count: usize, bytes: usize },
    /// Sends a message again that is on its way or was accepted, under the same id.
    Double,
    /// Gives up a message that was refused for now.
    Discard,
    /// Reads nothing for a while.
    Slow(Duration),
    /// Its connection ends.
    Cut(Cut),
    /// Its connection carries nothing for a while; both ends stay open. What was on its way arrives late.
    Stall(Duration),
    /// What its connection carries comes later, for a while.
    Delay { by: Duration, over: Duration },
    /// It changes its network: a new connection, while the server may not know that the old one is dead.
    Renew,
    /// Its device sleeps; it may be so long that the name is free by then.
    Away(Duration),
    /// Its reader comes back to the page: a connection that is silent has to show that it lives.
    Return,
    /// Its reader scrolls back, or to the end again.
    Scroll,
    /// The page is loaded anew, with what the browser kept; a plain client leaves and joins again.
    Reload,
}

/// An act and when it is due, from the start of the run.
pub(super) type Plan = Vec<(Duration, Act)>;

/// How long everything goes on, and how crowded it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) seconds: u64,
    pub(super) clients: usize,
    pub(super) rooms: usize,
}

/// All acts of one client. One who is loud pastes long texts: so much that who reads slowly falls behind.
pub(super) fn plan(seed: u64, actor: &str, Scale { seconds, clients, rooms }: Scale, loud: bool) -> Plan {
    let end = Duration::from_secs(seconds);
    let mut plan = Plan::new();
    let mut dice = Dice::of(seed, &format!("{actor} speaks"));
    let deliveries = MESSAGES_PER_SECOND * (clients * clients) as f64 / rooms as f64;
    let rarely = (deliveries / DELIVERIES_PER_SECOND).max(1.0);
    let mut at = dice.seconds(0.5, 3.0 * rarely);
    while at < end {
        let count = if dice.once_in(100) { 2 + dice.one_of(60) } else { 1 };
        if count > 1 {
            // So much at once is refused in part: what then happens to a message that waits?
            match dice.one_of(4) {
                0 => plan.push((at + dice.seconds(0.05, 1.5), Act::Reload)),
                1 => plan.push((at + dice.seconds(0.05, 0.5), Act::Discard)),
                2 => plan.push((at + dice.seconds(0.0, 0.3), Act::Renew)),
                _ => {}
            }
        }
        let bytes = if dice.once_in(20) { 500 + dice.one_of(6_000) } else { 10 + dice.one_of(200) };
        plan.push((at, Act::Say { count, bytes: bytes / count.min(8) }));
        at += dice.seconds(rarely, 3.0 * rarely);
    }
    if loud {
        let mut dice = Dice::of(seed, &format!("{actor} is loud"));
        let mut at = dice.seconds(5.0, 25.0);
        while at < end {
            plan.push((at, Act::Say { count: 60, bytes: 12_000 }));
            at += dice.seconds(25.0, 50.0);
        }
    }
    let mut dice = Dice::of(seed, &format!("{actor} suffers"));
    let mut at = dice.seconds(1.0, 16.0);
    while at < end {
        at += fault(&mut dice, at, &mut plan);
        at += dice.seconds(3.0, 16.0);
    }
    plan.sort_by_key(|(at, _)| *at);
    plan.retain(|(at, _)| *at < end);
    plan
}

/// Plans something bad. Returns for how long nothing else may disturb it.
fn fault(dice: &mut Dice, at: Duration, plan: &mut Plan) -> Duration {
    if dice.once_in(40) {
        let length = dice.seconds(5.0, 50.0);
        plan.push((at, Act::Away(length)));
        return length;
    }
    if dice.once_in(20) {
        // Long enough for the server to lose its patience.
        let length = dice.seconds(25.0, 45.0);
        plan.push((at, if dice.once_in(2) { Act::Slow(length) } else { Act::Stall(length) }));
        return length;
    }
    match dice.one_of(20) {
        0..=2 => plan.push((at, Act::Cut(Cut::Reset))),
        3..=4 => plan.push((at, Act::Cut(Cut::Finish))),
        5..=7 => {
            plan.push((at, Act::Stall(dice.seconds(0.5, 9.0))));
            // Most of them notice, and leave the stalled connection behind half open.
            match dice.one_of(6) {
                0 | 1 => plan.push((at + dice.seconds(0.1, 4.0), Act::Renew)),
                2 => plan.push((at + dice.seconds(3.1, 5.0), Act::Return)),
                3 | 4 => plan.push((at + dice.seconds(1.0, 4.0), Act::Reload)),
                _ => {}
            }
        }
        8..=9 => plan.push((at, Act::Slow(dice.seconds(0.5, 12.0)))),
        10..=11 => plan.push((at, Act::Delay { by: dice.seconds(0.01, 0.8), over: dice.seconds(1.0, 5.0) })),
        12..=14 => plan.push((at, Act::Reload)),
        15 => plan.push((at, Act::Renew)),
        16 => plan.push((at, Act::Scroll)),
        17 => plan.push((at, Act::Discard)),
        _ => plan.extend((0..=dice.one_of(5)).map(|_| (at, Act::Double))),
    }
    Duration::ZERO
}

/// When the server is killed, and how long it stays away.
pub(super) fn kills(seed: u64, seconds: u64, every: u64) -> Vec<(Duration, Duration)> {
    let (mut dice, mut kills) = (Dice::of(seed, "the server"), Vec::new());
    if every == 0 {
        return kills;
    }
    let mut at = Duration::ZERO;
    loop {
        at += dice.seconds(0.7 * every as f64, 1.3 * every as f64);
        if at >= Duration::from_secs(seconds) {
            return kills;
        }
        let away = dice.seconds(0.0, 1.5);
        kills.push((at, away));
        at += away;
    }
}

/// When a changer in a room without a log first asks for something that begins the log, from the start of the run.
pub(super) fn log_start(seed: u64, actor: &str, seconds: u64) -> Duration {
    let seconds = seconds as f64;
    Dice::of(seed, &format!("{actor} begins the log")).seconds(0.2 * seconds, 0.8 * seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_is_the_same_schedule_and_each_actor_has_its_own() {
        let scale = Scale { seconds: 60, clients: 200, rooms: 4 };
        let of = |seed, actor| plan(seed, actor, scale, false);
        assert_eq!(of(1, "rich 1"), of(1, "rich 1"));
        assert_ne!(of(1, "rich 1"), of(1, "rich 2"));
        assert_ne!(of(1, "rich 1"), of(2, "rich 1"));
        assert_eq!(kills(7, 60, 10), kills(7, 60, 10));
        assert!(kills(7, 60, 0).is_empty());
    }

    #[test]
    fn each_changer_begins_the_log_at_its_own_time_in_the_middle_of_the_run() {
        assert_eq!(log_start(5, "e0000", 100), log_start(5, "e0000", 100));
        assert_ne!(log_start(5, "e0000", 100), log_start(5, "e0001", 100));
        let middle = Duration::from_secs(20)..=Duration::from_secs(80);
        assert!((0..100).all(|seed| middle.contains(&log_start(seed, "e0000", 100))));
    }

    #[test]
    fn everything_happens_in_time_and_in_order() {
        let all = plan(3, "rich 1", Scale { seconds: 600, clients: 200, rooms: 4 }, true);
        assert!(all.is_sorted_by_key(|(at, _)| *at));
        assert!(all.iter().all(|(at, _)| *at < Duration::from_secs(600)));
        let has = |wanted: fn(&Act) -> bool| all.iter().any(|(_, act)| wanted(act));
        assert!(has(|act| matches!(act, Act::Say { count, .. } if *count > 1)));
        assert!(has(|act| matches!(act, Act::Cut(Cut::Reset))) && has(|act| matches!(act, Act::Cut(Cut::Finish))));
        assert!(has(|act| matches!(act, Act::Stall(_))) && has(|act| matches!(act, Act::Slow(_))));
        assert!(has(|act| matches!(act, Act::Reload)) && has(|act| matches!(act, Act::Double)));
    }
}
