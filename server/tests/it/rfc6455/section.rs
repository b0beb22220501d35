//! Runs all cases of a section against one server and reports the failed ones together.

use std::time::Duration;

use futures_util::future::join_all;

use super::case::{Case, End};
use super::connection::{Arrival, delivered, play};
use super::observer::Observer;
use crate::support::Server;

/// Maximum number of characters of an error in the report: some cases send long messages.
const LONGEST_ERROR: usize = 500;

/// The outcome of a section.
pub(crate) struct Report {
    section: &'static str,
    cases: usize,
    failures: Vec<String>,
}

impl Report {
    pub(crate) fn new(section: &'static str) -> Self {
        Self { section, cases: 0, failures: Vec::new() }
    }

    pub(crate) fn count_case(&mut self) {
        self.cases += 1;
    }

    pub(crate) fn record(&mut self, case: impl FnOnce() -> String, outcome: Result<(), String>) {
        if let Err(error) = outcome {
            let error: String = error.chars().take(LONGEST_ERROR).collect();
            self.failures.push(format!("{}: {error}", case()));
        }
    }

    /// Panics with the names of all failed cases.
    pub(crate) fn finish(self, expected_cases: usize) {
        let Self { section, cases, failures } = self;
        println!("{section}: {cases} cases");
        assert_eq!(cases, expected_cases, "{section}: every case has to run");
        assert!(failures.is_empty(), "{section}: {} failures\n{}", failures.len(), failures.join("\n"));
    }
}

/// A server for many connections from one address. Its roster does not keep disconnected clients.
pub(crate) async fn server() -> Server {
    Server::start_with(|config| {
        config.limits_on = false;
        config.grace = Duration::ZERO;
    })
    .await
}

/// Runs each case in its dialects and in every way in which its bytes can arrive.
pub(crate) async fn run(section: &'static str, cases: &[Case]) {
    run_arriving(section, cases, arrivals).await;
}

/// Runs each case with its inputs in the same segment as the request head.
pub(crate) async fn run_behind_head(section: &'static str, cases: &[Case]) {
    run_arriving(section, cases, |_| &[Arrival::BehindHead]).await;
}

fn arrivals(case: &Case) -> &'static [Arrival] {
    let all = &[Arrival::Whole, Arrival::Bytewise, Arrival::BehindHead];
    match case.end {
        // `behind_head` has the cases in which messages and the end of the connection arrive with the request head.
        End::Closed(_) | End::ClosedWithoutCode | End::Disconnect if !case.messages.is_empty() => &all[..2],
        // A reset may discard what the server has not read yet.
        End::Reset => &all[..2],
        _ => all,
    }
}

async fn run_arriving(section: &'static str, cases: &[Case], arrivals: fn(&Case) -> &'static [Arrival]) {
    let server = server().await;
    let mut observer = Observer::join(&server).await;
    let mut report = Report::new(section);
    for (number, case) in cases.iter().enumerate() {
        report.count_case();
        let ways =
            case.dialects().into_iter().flat_map(|dialect| arrivals(case).iter().map(move |&way| (dialect, way)));
        // All at once, so that their messages share commits.
        let played = join_all(ways.map(async |(dialect, arrival)| {
            let name = format!("{dialect:?} {arrival:?} {number}");
            let outcome = play(server.address, case, dialect, arrival, &name).await;
            (name, outcome)
        }));
        for (name, outcome) in played.await {
            report.record(|| format!("{} ({name})", case.name), outcome);
            observer.expect(name, delivered(case));
        }
        report.record(|| format!("{}, afterwards", case.name), observer.check().await);
    }
    let outcome = observer.check().await;
    report.record(|| "after all cases".to_owned(), outcome);
    report.finish(cases.len());
}
