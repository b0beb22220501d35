//! `bin/bench`: measures all servers in all scenarios, in rounds, and writes tables of the results.

use std::{fs, io, path::PathBuf, time::Duration};

use clap::{Parser, builder::PossibleValuesParser};
use parlor_bench::{
    cores, gate,
    parlor_benchmark::{self, ParlorBenchmark},
    plot,
    report::{self, Row, table},
    scenario::{self, Scenario},
    target::{Environment, Target},
};
use rustix::process::{Resource, getrlimit, setrlimit};

/// Stands for all scenarios with several nodes.
const CLUSTER: &str = "cluster";

/// Compares Parlor with other servers of the plain dialect
#[derive(Parser)]
#[command(name = "bin/bench")]
struct Args {
    /// Scenarios to run [default: all]; `cluster` stands for all whose names begin with `cluster-`
    #[arg(value_parser = PossibleValuesParser::new(names()))]
    scenarios: Vec<String>,

    /// Servers to measure
    #[arg(long = "peers", value_delimiter = ',', default_values_t = [Target::Parlor, Target::Floor, Target::Bun, Target::Node, Target::Broadcast, Target::Fastapi], value_enum)]
    targets: Vec<Target>,

    /// Number of rounds; in each round, every server runs once
    #[arg(long, default_value_t = 3)]
    rounds: usize,

    /// Measurement window of each run in seconds; the warm-up takes a fifth of it in addition
    #[arg(long, default_value_t = 10)]
    seconds: u64,

    /// Messages per second in all, in the scenarios of `cluster`
    #[arg(long, default_value_t = 1_000.0)]
    rate: f64,

    /// Run one round of three seconds, as a smoke test
    #[arg(long)]
    quick: bool,

    /// Only check that the cost of Parlor, relative to the floor, is within its limits
    #[arg(long)]
    gate: bool,

    /// Directory of the release binaries
    #[arg(long, default_value = "target/release")]
    release: PathBuf,

    /// Path of the Bun executable
    #[arg(long, default_value = "bun")]
    bun: PathBuf,

    /// Directory of the JavaScript servers and their node_modules
    #[arg(long, default_value = "bench/peers")]
    scripts: PathBuf,

    /// Path of a Python interpreter with FastAPI
    #[arg(long, default_value = "python3")]
    python: PathBuf,

    /// Directory for Parlor's temporary data, on a real disk
    #[arg(long, default_value = "target/bench")]
    data: PathBuf,

    /// Directory for the results
    #[arg(long, default_value = "bench/results")]
    results: PathBuf,
}

fn main() -> io::Result<()> {
    let args = Args::parse();
    raise_open_file_limit();
    let (rounds, seconds) = if args.quick { (1, 3) } else { (args.rounds, args.seconds) };
    let [server_core, client_core] = cores::pin_to_second_core()?;
    let environment = Environment {
        release: args.release,
        bun: args.bun,
        scripts: args.scripts,
        python: args.python,
        data: args.data,
        server_cores: vec![server_core],
        client_core,
        window: Duration::from_secs(seconds),
        rate: args.rate,
    };
    fs::create_dir_all(&environment.data)?;
    if args.gate {
        return gate::run(&environment);
    }
    fs::create_dir_all(&args.results)?;
    let is = |name: &str, one: &str| name == one || (one == CLUSTER && name.starts_with("cluster-"));
    let wanted = |name: &str| args.scenarios.is_empty() || args.scenarios.iter().any(|one| is(name, one));
    let mut results = Results { folder: args.results, rows: Vec::new(), benchmarks: Vec::new(), tables: String::new() };
    for scenario in scenario::ALL.iter().filter(|it| wanted(it.name)) {
        let rows = measure(scenario, &args.targets, &environment, rounds);
        results.tables += &table(scenario.description, scenario.is_idle(), &rows);
        results.rows.extend(rows);
        results.write()?;
    }
    for benchmark in parlor_benchmark::ALL.iter().filter(|it| wanted(it.name) && args.targets.contains(&Target::Parlor))
    {
        let rounds: Vec<_> = (1..=rounds).map(|round| run_benchmark(benchmark, round, &environment)).collect();
        results.tables += &report::parlor_table(benchmark.description, &rounds);
        results.benchmarks.push((benchmark.name, report::merged(&rounds)));
        results.write()?;
    }
    Ok(())
}

fn names() -> Vec<&'static str> {
    let benchmarks = parlor_benchmark::ALL.iter().map(|it| it.name);
    scenario::ALL.iter().map(|it| it.name).chain(benchmarks).chain([CLUSTER]).collect()
}

struct Results {
    folder: PathBuf,
    rows: Vec<Row>,
    benchmarks: Vec<(&'static str, Vec<report::Figure>)>,
    tables: String,
}

impl Results {
    // Called after each scenario, so that results are kept if a later one fails.
    fn write(&mut self) -> io::Result<()> {
        self.tables.push('\n');
        print!("{}", self.tables.rsplit_once("### ").map_or("", |(_, last)| last));
        let all = serde_json::json!({ "scenarios": self.rows, "trials": self.benchmarks });
        fs::write(self.folder.join("latest.md"), &self.tables)?;
        fs::write(self.folder.join("latest.json"), serde_json::to_string_pretty(&all)?)?;
        fs::write(self.folder.join("plot.svg"), plot::svg(&self.rows))
    }
}

fn run_benchmark(
    benchmark: &ParlorBenchmark,
    round: usize,
    environment: &Environment,
) -> Result<Vec<report::Figure>, String> {
    eprintln!("{}, round {round}", benchmark.name);
    (benchmark.run)(environment).map_err(|error| error.to_string())
}

fn measure(scenario: &Scenario, wanted: &[Target], environment: &Environment, rounds: usize) -> Vec<Row> {
    let targets = scenario.targets(wanted);
    let mut runs = vec![Vec::new(); targets.len()];
    for round in 1..=rounds {
        for (target, runs) in targets.iter().zip(&mut runs) {
            eprint!("{}, round {round}, {}: ", scenario.name, target.name());
            let run = scenario.run(*target, environment, environment.window).map_err(|error| error.to_string());
            match &run {
                Ok(run) => eprintln!(
                    "{:.2} µs per delivery, clients at {:.0} % CPU{}",
                    run.cpu_per_delivery().unwrap_or_default(),
                    run.measurement.client_cpu * 100.0,
                    run.invalid_reason().map(|why| format!("; {why}")).unwrap_or_default()
                ),
                Err(error) => eprintln!("{error}"),
            }
            runs.push(run);
        }
    }
    targets.iter().zip(&runs).map(|(target, runs)| Row::of(scenario.name, target.name(), runs)).collect()
}

// Raises the limit of open files to its maximum. If that is too low, scenarios with many connections report an error.
fn raise_open_file_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let _ = setrlimit(Resource::Nofile, limit);
}
