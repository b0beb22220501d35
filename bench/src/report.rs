//! The tables.

use std::fmt::Write as _;

use serde::Serialize;

use crate::{median::Median, scenario::Run};

/// A server's figures in one scenario.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The scenario's name.
    pub scenario: &'static str,
    /// The server's.
    pub peer: &'static str,
    /// Rounds that count.
    pub rounds: usize,
    /// Why others do not.
    pub refused: Vec<String>,
    /// Microseconds on a core for each delivery.
    pub cpu_us_per_delivery: Option<Median>,
    /// Deliveries a second.
    pub deliveries_per_second: Option<Median>,
    /// Half of the deliveries were faster, in milliseconds.
    pub p50_ms: Option<Median>,
    /// All but one in a hundred were.
    pub p99_ms: Option<Median>,
    /// Bytes of memory for each connection.
    pub resident_per_connection: Option<Median>,
    /// Microseconds on a core for each second and connection.
    pub cpu_us_per_connection_second: Option<Median>,
    /// Connections made in a second.
    pub connects_per_second: Option<Median>,
    /// Connections that the server closed in the last round, and with which codes.
    pub closed: Vec<u16>,
}

impl Row {
    /// From all rounds; those that failed come as what went wrong.
    pub fn of(scenario: &'static str, peer: &'static str, runs: &[Result<Run, String>]) -> Self {
        let fault = |run: &Result<Run, String>| run.as_ref().map_or_else(|why| Some(why.clone()), Run::fault);
        let valid: Vec<&Run> =
            runs.iter().filter(|run| fault(run).is_none()).filter_map(|run| run.as_ref().ok()).collect();
        let median = |figure: &dyn Fn(&Run) -> Option<f64>| Median::of(valid.iter().filter_map(|run| figure(run)));
        let quantile = |at: f64| {
            move |run: &Run| {
                (run.outcome.deliveries > 0).then(|| run.outcome.latency.value_at_quantile(at) as f64 / 1_000.0)
            }
        };
        Self {
            scenario,
            peer,
            rounds: valid.len(),
            refused: runs.iter().filter_map(fault).collect(),
            cpu_us_per_delivery: median(&Run::cpu),
            deliveries_per_second: median(&|run| (run.outcome.deliveries > 0).then(|| run.rate())),
            p50_ms: median(&quantile(0.5)),
            p99_ms: median(&quantile(0.99)),
            resident_per_connection: median(&|run| Some(run.resident)),
            cpu_us_per_connection_second: median(&|run| Some(run.idle_cpu())),
            connects_per_second: median(&|run| Some(run.connects)),
            closed: valid.last().map(|run| run.outcome.closed.clone()).unwrap_or_default(),
        }
    }
}

/// A figure of a trial that only Parlor can be put to.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// In which unit.
    pub unit: &'static str,
    /// In each round.
    pub values: Vec<f64>,
}

impl Figure {
    /// From one round.
    pub fn new(what: impl Into<String>, unit: &'static str, value: f64) -> Self {
        Self { what: what.into(), unit, values: vec![value] }
    }
}

/// One trial's table, in Markdown: the figures of all rounds, or what went wrong.
pub fn trial_table(about: &str, rounds: &[Result<Vec<Figure>, String>]) -> String {
    let mut text = format!("### {}\n\n| | |\n|---|---|\n", sentence(about));
    for figure in merged(rounds) {
        let digits = if figure.values.iter().all(|value| *value < 100.0) { 1 } else { 0 };
        let _ = writeln!(text, "| {} | {} {} |", figure.what, cell(Median::of(figure.values), digits), figure.unit);
    }
    for error in rounds.iter().filter_map(|round| round.as_ref().err()) {
        let _ = write!(text, "\nA round went wrong: {error}.");
    }
    text + "\n"
}

/// Each figure with its values of all rounds that went well.
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

/// One scenario's table, in Markdown.
pub fn table(about: &str, idle: bool, rows: &[Row]) -> String {
    let mut text = format!("### {}\n\n", sentence(about));
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
        let _ = writeln!(text, "| {} | {cells} |", row.peer);
    }
    for row in rows.iter().filter(|row| !row.refused.is_empty()) {
        let _ =
            write!(text, "\n{}: {} of the rounds left out: {}.", row.peer, row.refused.len(), row.refused.join("; "));
    }
    for row in rows.iter().filter(|row| !row.closed.is_empty()) {
        let codes: Vec<_> = row.closed.iter().map(u16::to_string).collect();
        let _ = write!(text, "\n{}: closed {} connections: {}.", row.peer, codes.len(), codes.join(", "));
    }
    text + "\n"
}

fn sentence(about: &str) -> String {
    let mut letters = about.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn scaled(median: Median, by: f64) -> Median {
    Median { middle: median.middle * by, least: median.least * by, most: median.most * by }
}

fn cell(median: Option<Median>, digits: usize) -> String {
    match median {
        None => "–".to_owned(),
        Some(Median { middle, least, most }) if least == most => format!("{middle:.digits$}"),
        Some(Median { middle, least, most }) => format!("{middle:.digits$} ({least:.digits$}–{most:.digits$})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_its_spread_and_what_was_left_out_is_said() {
        let mut row = Row::of("room-50", "floor", &[Err("it broke".to_owned())]);
        row.cpu_us_per_delivery = Some(Median { middle: 3.0, least: 2.5, most: 3.25 });
        let text = table("one room", false, &[row]);
        assert!(text.starts_with("### One room\n"), "{text}");
        assert!(text.contains("| floor | 3.00 (2.50–3.25) | – | – | – |"), "{text}");
        assert!(text.contains("1 of the rounds left out: it broke."), "{text}");
    }
}
