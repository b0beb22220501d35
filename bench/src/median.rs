//! One figure from several rounds.

use serde::Serialize;

/// The middle of what was measured, and how far it lay apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Median {
    /// The middle; of an even number the mean of the two.
    pub middle: f64,
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
}

impl Median {
    /// None of nothing.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let half = values.len() / 2;
        let middle = if values.len() % 2 == 1 { values[half] } else { (values[half - 1] + values[half]) / 2.0 };
        Some(Self { middle, least, most })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_not_moved_by_one_round_that_went_wrong() {
        assert_eq!(Median::of([3.0, 100.0, 2.0]), Some(Median { middle: 3.0, least: 2.0, most: 100.0 }));
        assert_eq!(Median::of([4.0, 2.0]).unwrap().middle, 3.0);
        assert_eq!(Median::of([]), None);
    }
}
