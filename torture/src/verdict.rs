//! The result of a test run: the anomalies that were found, and the first of them in detail.

use std::fmt::{self, Display, Formatter};

/// Problems that the report shows in full.
const SHOWN_PROBLEMS: usize = 10;

/// What can be wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anomaly {
    /// It is missing from a log or from what a client saw.
    Lost,
    /// It is there more than once.
    Duplicated,
    /// It is at another position than it should be.
    OutOfOrder,
    /// No client wrote it, or a client saw it and the log does not contain it.
    Phantom,
}

/// The result of a test run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) lost: usize,
    pub(crate) duplicated: usize,
    pub(crate) out_of_order: usize,
    pub(crate) phantom: usize,
    /// The first anomaly in detail, for the report.
    pub(crate) first_anomaly: Option<String>,
    /// Everything that went wrong apart from these anomalies.
    pub(crate) problems: Vec<String>,
}

impl Verdict {
    /// Whether there is neither an anomaly nor another problem.
    pub(crate) fn passed(&self) -> bool {
        self.first_anomaly.is_none() && self.problems.is_empty()
    }

    /// Adds an anomaly of `count` messages. `describe` is called for the first anomaly only.
    pub(crate) fn add(&mut self, anomaly: Anomaly, count: usize, describe: impl FnOnce() -> String) {
        let (total, name) = match anomaly {
            Anomaly::Lost => (&mut self.lost, "lost"),
            Anomaly::Duplicated => (&mut self.duplicated, "duplicated"),
            Anomaly::OutOfOrder => (&mut self.out_of_order, "out of order"),
            Anomaly::Phantom => (&mut self.phantom, "a phantom"),
        };
        *total += count;
        self.first_anomaly.get_or_insert_with(|| format!("{name}: {}", describe()));
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rows = [
            ("lost", self.lost),
            ("duplicated", self.duplicated),
            ("out of order", self.out_of_order),
            ("phantom", self.phantom),
        ];
        rows.iter().try_for_each(|(name, count)| writeln!(f, "{name:<24}{count}"))?;
        if let Some(first) = &self.first_anomaly {
            writeln!(f, "\nThe first anomaly: {first}")?;
        }
        self.problems.iter().take(SHOWN_PROBLEMS).try_for_each(|problem| writeln!(f, "\nProblem: {problem}"))?;
        let more = self.problems.len().saturating_sub(SHOWN_PROBLEMS);
        if more > 0 { writeln!(f, "\n… and {more} more") } else { Ok(()) }
    }
}
