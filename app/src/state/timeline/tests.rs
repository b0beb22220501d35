use proptest::prelude::*;

use super::*;
use crate::state::fixtures::{apply_page, cursor, event, events};

fn seqs(segment: &Segment) -> Vec<u64> {
    segment.messages().iter().map(|message| message.seq).collect()
}

fn log(first: u64, last: u64) -> Vec<u64> {
    (first..=last).filter(|seq| !seq.is_multiple_of(7)).collect()
}

#[test]
fn a_gap_needs_a_resume() {
    let mut timeline = Timeline::new(cursor(3), events(1..=3), false);
    assert_eq!(timeline.extend(&cursor(0).epoch, events(5..=5)), Err(NeedsResume));
    assert_eq!(timeline.extend(&Epoch("other".to_owned()), events(4..=4)), Err(NeedsResume));
    assert_eq!(timeline.apply_missed(&cursor(9), events(4..=8)), Err(NeedsResume));
    assert_eq!(*timeline.cursor(), cursor(8), "the events before the gap are kept");
}

#[test]
fn an_event_of_an_unknown_kind_moves_the_cursor_and_is_not_shown() {
    let mut timeline = Timeline::new(cursor(6), events(1..=6), false);
    assert_eq!(timeline.extend(&cursor(0).epoch, events(7..=7)), Ok(vec![]));
    assert_eq!(*timeline.cursor(), cursor(7));
}

#[test]
fn a_reader_who_scrolled_back_keeps_their_segment_and_can_return_to_the_end() {
    let mut timeline = Timeline::new(cursor(9_000), events(8_900..=9_000), true);
    while timeline.shown().first() > 1 {
        let of = timeline.older_page().unwrap();
        apply_page(&mut timeline, of, 9_000);
        timeline.trim(0);
        assert!(timeline.shown().messages().len() <= MAX_HELD && timeline.end().messages().len() <= MAX_HELD);
    }
    assert!(!timeline.shows_end());
    timeline.extend(&cursor(0).epoch, events(9_001..=9_100)).unwrap();
    while let Some(of) = timeline.newer_page() {
        apply_page(&mut timeline, of, 9_100);
        let shown = timeline.shown();
        assert_eq!(seqs(shown), log(shown.first(), shown.last()));
    }
    assert_eq!(timeline.shown().last(), 9_100);
}

/// A message of the server or an action of the reader, in any order.
#[derive(Clone, Debug)]
enum Step {
    Live(u64),
    Missed(u64),
    Snapshot(u64),
    Older,
    Newer,
    Bound,
    Follow,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1u64..40).prop_map(Step::Live),
        3 => (1u64..900).prop_map(Step::Missed),
        1 => (1u64..40).prop_map(Step::Snapshot),
        9 => Just(Step::Older),
        3 => Just(Step::Newer),
        2 => Just(Step::Bound),
        1 => Just(Step::Follow),
    ]
}

proptest! {
    #[test]
    fn any_interleaving_converges_to_the_log(start in 0u64..4_000, steps in proptest::collection::vec(step(), 0..150)) {
        let mut timeline = Timeline::new(cursor(start), events(start.saturating_sub(5).max(1)..=start), start > 6);
        for step in steps {
            let known = timeline.cursor().seq;
            match step {
                Step::Live(ahead) => {
                    let seq = (known + ahead).saturating_sub(38).max(1);
                    let result = timeline.extend(&cursor(0).epoch, vec![event(seq)]);
                    prop_assert_eq!(result.is_err(), seq > known + 1);
                }
                Step::Missed(count) => {
                    // A server resumes from a cursor that the page once sent: at or before the present one.
                    let from = known.saturating_sub(count % 4) + 1;
                    let upto = known + count;
                    prop_assert!(timeline.apply_missed(&cursor(upto), events(from..=upto)).is_ok());
                }
                Step::Snapshot(ahead) => {
                    let seq = known + ahead;
                    let first = seq.saturating_sub(9).max(1);
                    timeline = Timeline::new(cursor(seq), events(first..=seq), first > 1);
                }
                Step::Older => {
                    if let Some(of) = timeline.older_page() {
                        apply_page(&mut timeline, of, known);
                    }
                }
                Step::Newer => {
                    if let Some(of) = timeline.newer_page() {
                        apply_page(&mut timeline, of, known);
                    }
                }
                Step::Bound => timeline.trim(0),
                Step::Follow => timeline.drop_past(),
            }
            prop_assert!(timeline.cursor().seq >= known);
            prop_assert_eq!(timeline.end().last(), timeline.cursor().seq);
            for segment in [timeline.end(), timeline.shown()] {
                prop_assert_eq!(seqs(segment), log(segment.first(), segment.last()));
                prop_assert_eq!(segment.has_older(), segment.first() > 1);
            }
        }
    }
}
