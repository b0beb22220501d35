//! Median, minimum and maximum of a figure over several rounds.

use serde::Serialize;

/// Median, minimum and maximum of several values.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Median {
    /// The median; for an even number of values the mean of the two in the middle.
    #[serde(rename = "middle")]
    pub median: f64,
    /// The minimum.
    #[serde(rename = "least")]
    pub min: f64,
    /// The maximum.
    #[serde(rename = "most")]
    pub max: f64,
}

impl Median {
    /// Computes the statistics. Returns `None` if there are no values.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let half = values.len() / 2;
        let median = if values.len() % 2 == 1 { values[half] } else { (values[half - 1] + values[half]) / 2.0 };
        Some(Self { median, min, max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_outlier_does_not_change_the_median() {
        assert_eq!(Median::of([3.0, 100.0, 2.0]), Some(Median { median: 3.0, min: 2.0, max: 100.0 }));
        assert_eq!(Median::of([4.0, 2.0]).unwrap().median, 3.0);
        assert_eq!(Median::of([]), None);
    }
}
