//! `bin/bench`: all servers in all scenarios, in rounds, and the tables of what came out.

use std::{fs, io, path::PathBuf, time::Duration};

use clap::{Parser, builder::PossibleValuesParser};
use parlor_bench::{
    cores, gate,
    peer::{Peer, Places},
    plot,
    report::{self, Row, table},
    scenario::{self, Scenario},
    trial::{self, Trial},
};
use rustix::process::{Resource, getrlimit, setrlimit};

/// Measures Parlor beside other servers of the plain dialect
#[derive(Parser)]
#[command(name = "bin/bench")]
struct Args {
    /// Scenarios to run; all of them if none is named
    #[arg(value_parser = PossibleValuesParser::new(names()))]
    scenarios: Vec<String>,

    /// Servers to measure
    #[arg(long, value_delimiter = ',', default_values_t = [Peer::Parlor, Peer::Floor, Peer::Bun, Peer::Node, Peer::Broadcast, Peer::Fastapi], value_enum)]
    peers: Vec<Peer>,

    /// Rounds; in each, every server runs once
    #[arg(long, default_value_t = 3)]
    rounds: usize,

    /// Seconds that count in each run; a fifth of them goes before
    #[arg(long, default_value_t = 10)]
    seconds: u64,

    /// One round of three seconds, to see whether it works
    #[arg(long)]
    quick: bool,

    /// Only whether Parlor still costs what it should beside the floor
    #[arg(long)]
    gate: bool,

    /// Where what was built for release is
    #[arg(long, default_value = "target/release")]
    release: PathBuf,

    /// Where Bun is
    #[arg(long, default_value = "bun")]
    bun: PathBuf,

    /// Where the servers in JavaScript are, beside what they use
    #[arg(long, default_value = "bench/peers")]
    scripts: PathBuf,

    /// Python with FastAPI
    #[arg(long, default_value = "python3")]
    python: PathBuf,

    /// Where Parlor keeps its data meanwhile: a folder on a real disk
    #[arg(long, default_value = "target/bench")]
    data: PathBuf,

    /// Where the results go
    #[arg(long, default_value = "bench/results")]
    results: PathBuf,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    raise_open_files();
    let places = Places {
        release: args.release,
        bun: args.bun,
        scripts: args.scripts,
        python: args.python,
        data: args.data,
        core: cores::keep_apart()?,
    };
    fs::create_dir_all(&places.data)?;
    if args.gate {
        return gate::run(&places);
    }
    fs::create_dir_all(&args.results)?;
    let (rounds, seconds) = if args.quick { (1, 3) } else { (args.rounds, args.seconds) };
    let wanted = |name: &str| args.scenarios.is_empty() || args.scenarios.iter().any(|one| one == name);
    let mut results = Results { folder: args.results, rows: Vec::new(), trials: Vec::new(), tables: String::new() };
    for scenario in scenario::ALL.iter().filter(|it| wanted(it.name)) {
        let rows = measure(scenario, &args.peers, &places, rounds, Duration::from_secs(seconds));
        results.tables += &table(scenario.about, scenario.is_idle(), &rows);
        results.rows.extend(rows);
        results.write()?;
    }
    for trial in trial::ALL.iter().filter(|it| wanted(it.name) && args.peers.contains(&Peer::Parlor)) {
        let rounds: Vec<_> = (1..=rounds).map(|round| attempt(trial, round, &places)).collect();
        results.tables += &report::trial_table(trial.about, &rounds);
        results.trials.push((trial.name, report::merged(&rounds)));
        results.write()?;
    }
    Ok(())
}

fn names() -> Vec<&'static str> {
    scenario::ALL.iter().map(|it| it.name).chain(trial::ALL.iter().map(|it| it.name)).collect()
}

struct Results {
    folder: PathBuf,
    rows: Vec<Row>,
    trials: Vec<(&'static str, Vec<report::Figure>)>,
    tables: String,
}

impl Results {
    // After each scenario: what was measured stays, whatever comes.
    fn write(&mut self) -> io::Result<()> {
        self.tables.push('\n');
        print!("{}", self.tables.rsplit_once("### ").map_or("", |(_, last)| last));
        let all = serde_json::json!({ "scenarios": self.rows, "trials": self.trials });
        fs::write(self.folder.join("latest.md"), &self.tables)?;
        fs::write(self.folder.join("latest.json"), serde_json::to_string_pretty(&all)?)?;
        fs::write(self.folder.join("plot.svg"), plot::svg(&self.rows))
    }
}

fn attempt(trial: &Trial, round: usize, places: &Places) -> Result<Vec<report::Figure>, String> {
    eprintln!("{}, round {round}", trial.name);
    (trial.run)(places).map_err(|error| error.to_string())
}

fn measure(scenario: &Scenario, wanted: &[Peer], places: &Places, rounds: usize, window: Duration) -> Vec<Row> {
    let peers = scenario.peers(wanted);
    let mut runs = vec![Vec::new(); peers.len()];
    for round in 1..=rounds {
        for (peer, runs) in peers.iter().zip(&mut runs) {
            eprint!("{}, round {round}, {}: ", scenario.name, peer.name());
            let run = scenario.run(*peer, places, window).map_err(|error| error.to_string());
            match &run {
                Ok(run) => eprintln!(
                    "{:.2} µs a delivery, clients at {:.0} %{}",
                    run.cpu().unwrap_or_default(),
                    run.outcome.busy * 100.0,
                    run.fault().map(|why| format!("; {why}")).unwrap_or_default()
                ),
                Err(error) => eprintln!("{error}"),
            }
            runs.push(run);
        }
    }
    peers.iter().zip(&runs).map(|(peer, runs)| Row::of(scenario.name, peer.name(), runs)).collect()
}

// As many as one may have. Fewer make the scenarios with many connections fail, which then say so.
fn raise_open_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let _ = setrlimit(Resource::Nofile, limit);
}
