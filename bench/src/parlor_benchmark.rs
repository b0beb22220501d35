//! Benchmarks of features that only Parlor has, because no other target stores messages.

use std::io;

#[cfg(feature = "cluster")]
use crate::cluster;
use crate::{archive, report::Figure, resume, target::Environment};

/// A benchmark of Parlor alone.
#[derive(Clone, Copy)]
pub struct ParlorBenchmark {
    /// Name on the command line.
    pub name: &'static str,
    /// One-line description for the report.
    pub description: &'static str,
    /// Runs the benchmark once.
    pub run: fn(&Environment) -> io::Result<Vec<Figure>>,
}

/// All benchmarks of Parlor alone.
pub const ALL: &[ParlorBenchmark] = &[
    ParlorBenchmark {
        name: "resume",
        description: "10,000 rich clients in 1,000 rooms come back after the server was killed",
        run: resume::run,
    },
    ParlorBenchmark { name: "archive", description: "a room with a million messages", run: archive::run },
    #[cfg(feature = "cluster")]
    ParlorBenchmark {
        name: "cluster-1",
        description: "two nodes with one PostgreSQL, and the embedded engine: one room of ten",
        run: |environment| cluster::run(environment, 1, 10),
    },
    #[cfg(feature = "cluster")]
    ParlorBenchmark {
        name: "cluster-100",
        description: "the same with 100 rooms of two",
        run: |environment| cluster::run(environment, 100, 2),
    },
    #[cfg(feature = "cluster")]
    ParlorBenchmark {
        name: "cluster-1000",
        description: "the same with 1,000 rooms of two",
        run: |environment| cluster::run(environment, 1_000, 2),
    },
];
