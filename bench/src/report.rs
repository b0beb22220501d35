//! Results of scenarios and benchmarks, as JSON and as Markdown tables.

use std::fmt::Write as _;

use serde::Serialize;

use crate::{median::Median, scenario::RunResult};

/// The results of one server in one scenario, over all rounds.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Name of the scenario.
    pub scenario: &'static str,
    /// Name of the server.
    #[serde(rename = "peer")]
    pub target: &'static str,
    /// Number of valid rounds.
    pub rounds: usize,
    /// Why each other round was discarded.
    #[serde(rename = "refused")]
    pub discarded: Vec<String>,
    /// Server CPU time per delivery, in microseconds.
    pub cpu_us_per_delivery: Option<Median>,
    /// Deliveries per second.
    pub deliveries_per_second: Option<Median>,
    /// Median latency in milliseconds.
    pub p50_ms: Option<Median>,
    /// 99th percentile of the latency in milliseconds.
    pub p99_ms: Option<Median>,
    /// Resident memory of the server per connection, in bytes.
    pub resident_per_connection: Option<Median>,
    /// Server CPU time per second and connection, in microseconds.
    pub cpu_us_per_connection_second: Option<Median>,
    /// New connections per second.
    pub connects_per_second: Option<Median>,
    /// Close codes of the connections that the server closed in the last valid round.
    #[serde(rename = "closed")]
    pub close_codes: Vec<u16>,
}

impl Row {
    /// Combines all rounds. A failed round is passed as its error message.
    pub fn of(scenario: &'static str, target: &'static str, runs: &[Result<RunResult, String>]) -> Self {
        let fault = |run: &Result<RunResult, String>| {
            run.as_ref().map_or_else(|why| Some(why.clone()), RunResult::invalid_reason)
        };
        let valid: Vec<&RunResult> =
            runs.iter().filter(|run| fault(run).is_none()).filter_map(|run| run.as_ref().ok()).collect();
        let median =
            |figure: &dyn Fn(&RunResult) -> Option<f64>| Median::of(valid.iter().filter_map(|run| figure(run)));
        let quantile = |at: f64| {
            move |run: &RunResult| {
                (run.measurement.deliveries > 0).then(|| run.measurement.latency.value_at_quantile(at) as f64 / 1_000.0)
            }
        };
        Self {
            scenario,
            target,
            rounds: valid.len(),
            discarded: runs.iter().filter_map(fault).collect(),
            cpu_us_per_delivery: median(&RunResult::cpu_per_delivery),
            deliveries_per_second: median(&|run| (run.measurement.deliveries > 0).then(|| run.deliveries_per_second())),
            p50_ms: median(&quantile(0.5)),
            p99_ms: median(&quantile(0.99)),
            resident_per_connection: median(&|run| Some(run.memory_per_connection)),
            cpu_us_per_connection_second: median(&|run| Some(run.cpu_per_connection_second())),
            connects_per_second: median(&|run| Some(run.connections_per_second)),
            close_codes: valid.last().map(|run| run.measurement.close_codes.clone()).unwrap_or_default(),
        }
    }
}

/// A figure of a benchmark that only Parlor supports.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What was measured, in words.
    #[serde(rename = "what")]
    pub label: String,
    /// The unit of the values.
    pub unit: &'static str,
    /// The value in each round.
    pub values: Vec<f64>,
}

impl Figure {
    /// Creates a figure with the value of one round.
    pub fn new(label: impl Into<String>, unit: &'static str, value: f64) -> Self {
        Self { label: label.into(), unit, values: vec![value] }
    }
}

/// The Markdown table of a benchmark, with the errors of failed rounds below it.
pub fn parlor_table(description: &str, rounds: &[Result<Vec<Figure>, String>]) -> String {
    let mut text = format!("### {}\n\n| | |\n|---|---|\n", sentence(description));
    for figure in merged(rounds) {
        let digits = if figure.values.iter().all(|value| *value < 100.0) { 1 } else { 0 };
        let _ = writeln!(text, "| {} | {} {} |", figure.label, cell(Median::of(figure.values), digits), figure.unit);
    }
    for error in rounds.iter().filter_map(|round| round.as_ref().err()) {
        let _ = write!(text, "\nA round failed: {error}.");
    }
    text + "\n"
}

/// Each figure with its values of all successful rounds.
pub fn merged(rounds: &[Result<Vec<Figure>, String>]) -> Vec<Figure> {
    let mut rounds = rounds.iter().flatten();
    let mut figures = rounds.next().cloned().unwrap_or_default();
    for round in rounds {
        for (figure, other) in figures.iter_mut().zip(round) {
            figure.values.extend(&other.values);
        }
    }
    figures
}

/// The Markdown table of a scenario, with discarded rounds and closed connections below it.
pub fn table(description: &str, idle: bool, rows: &[Row]) -> String {
    let mut text = format!("### {}\n\n", sentence(description));
    text += if idle {
        "| | KiB a connection | µs CPU a second and connection | connects a second |\n|---|---|---|---|\n"
    } else {
        "| | µs CPU a delivery | p50, ms | p99, ms | deliveries a second |\n|---|---|---|---|---|\n"
    };
    for row in rows {
        let cells = if idle {
            let kib = row.resident_per_connection.map(|bytes| scaled(bytes, 1.0 / 1024.0));
            [cell(kib, 2), cell(row.cpu_us_per_connection_second, 2), cell(row.connects_per_second, 0)].join(" | ")
        } else {
            let cpu = cell(row.cpu_us_per_delivery, 2);
            let rate = cell(row.deliveries_per_second, 0);
            [cpu, cell(row.p50_ms, 1), cell(row.p99_ms, 1), rate].join(" | ")
        };
        let _ = writeln!(text, "| {} | {cells} |", row.target);
    }
    for row in rows.iter().filter(|row| !row.discarded.is_empty()) {
        let _ = write!(
            text,
            "\n{}: {} of the rounds discarded: {}.",
            row.target,
            row.discarded.len(),
            row.discarded.join("; ")
        );
    }
    for row in rows.iter().filter(|row| !row.close_codes.is_empty()) {
        let codes: Vec<_> = row.close_codes.iter().map(u16::to_string).collect();
        let _ = write!(text, "\n{}: closed {} connections: {}.", row.target, codes.len(), codes.join(", "));
    }
    text + "\n"
}

fn sentence(description: &str) -> String {
    let mut letters = description.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn scaled(median: Median, by: f64) -> Median {
    Median { median: median.median * by, min: median.min * by, max: median.max * by }
}

fn cell(median: Option<Median>, digits: usize) -> String {
    match median {
        None => "–".to_owned(),
        Some(Median { median, min, max }) if min == max => format!("{median:.digits$}"),
        Some(Median { median, min, max }) => format!("{median:.digits$} ({min:.digits$}–{max:.digits$})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_show_the_range_and_the_discarded_rounds() {
        let mut row = Row::of("room-50", "floor", &[Err("it broke".to_owned())]);
        row.cpu_us_per_delivery = Some(Median { median: 3.0, min: 2.5, max: 3.25 });
        let text = table("one room", false, &[row]);
        assert!(text.starts_with("### One room\n"), "{text}");
        assert!(text.contains("| floor | 3.00 (2.50–3.25) | – | – | – |"), "{text}");
        assert!(text.contains("1 of the rounds discarded: it broke."), "{text}");
    }
}
