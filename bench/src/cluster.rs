//! Benchmark of two nodes with one PostgreSQL, beside the embedded engine: the latency at the sender's node and at the
//! other one, and the CPU time of all processes.
//!
//! The same clients send the same messages to both, one after the other. The clients have a core. All servers, the database
//! included, may use this one as well as their own, since three of them at once would fill that.

use std::{io, net::SocketAddr, time::Duration};

use hdrhistogram::Histogram;
use parlor_torture::PostgresServer;

use crate::{
    cores,
    dialect::Dialect,
    load_generator::{LoadGenerator, Measurement, Topology, Workload},
    report::Figure,
    target::{Environment, Server, Target},
    usage::Process,
};

/// Size of a message in bytes.
const SIZE: usize = 64;
const NODES: usize = 2;

/// Runs the benchmark once with so many rooms and members of each, half of them at each node. All of them send.
///
/// # Errors
/// If a server fails, PostgreSQL is not installed, or a run is not valid.
pub fn run(environment: &Environment, rooms: usize, members: usize) -> io::Result<Vec<Figure>> {
    let mut server_cores = environment.server_cores.clone();
    server_cores.push(environment.client_core);
    let environment = &Environment { server_cores, ..environment.clone() };
    let topology = Topology { dialect: Dialect::Plain, rooms, members, senders: members, stalled: 0 };
    let embedded = {
        let server = Server::start(Target::Parlor, environment)?;
        measure(environment, topology, &[server.address], &[server.process()])?
    };
    let nodes = measure_nodes(environment, topology)?;
    let mut figures = vec![
        Figure::new("embedded: p50", "ms", millis(&embedded.latency, 0.5)),
        Figure::new("embedded: p99", "ms", millis(&embedded.latency, 0.99)),
        Figure::new("embedded: CPU for each message", "µs", cpu(environment, &embedded, 0)),
        Figure::new("two nodes: p50 at the sender's node", "ms", millis(&nodes.latency, 0.5)),
        Figure::new("two nodes: p99 at the sender's node", "ms", millis(&nodes.latency, 0.99)),
        Figure::new("two nodes: p50 at the other node", "ms", millis(&nodes.latency_at_others, 0.5)),
        Figure::new("two nodes: p99 at the other node", "ms", millis(&nodes.latency_at_others, 0.99)),
        Figure::new("two nodes: CPU of the first node for each message", "µs", cpu(environment, &nodes, 0)),
        Figure::new("two nodes: CPU of the second node for each message", "µs", cpu(environment, &nodes, 1)),
        Figure::new("two nodes: CPU of the database for each message", "µs", cpu(environment, &nodes, 2)),
    ];
    for (which, run) in [("embedded", embedded), ("two nodes", nodes)] {
        let servers: f64 = run.server_cpu.iter().map(Duration::as_secs_f64).sum();
        let percent = [servers / run.window.as_secs_f64(), run.client_cpu, run.machine_cpu].map(|part| part * 100.0);
        figures.extend([
            Figure::new(format!("{which}: use of a core by the servers"), "%", percent[0]),
            Figure::new(format!("{which}: use of a core by the clients"), "%", percent[1]),
            Figure::new(format!("{which}: use of all cores, other programs included"), "%", percent[2]),
        ]);
    }
    Ok(figures)
}

fn measure_nodes(environment: &Environment, topology: Topology) -> io::Result<Measurement> {
    let database = cores::run_on(&environment.server_cores, PostgresServer::create)?.map_err(io::Error::other)?;
    let nodes = (0..NODES)
        .map(|number| Server::start_node(environment, number, &database.url()))
        .collect::<Result<Vec<_>, _>>()?;
    let addresses: Vec<_> = nodes.iter().map(|node| node.address).collect();
    let mut processes: Vec<_> = nodes.iter().map(Server::process).collect();
    processes.extend(database.process_id().map(Process::with_children));
    measure(environment, topology, &addresses, &processes)
}

fn measure(
    environment: &Environment,
    topology: Topology,
    servers: &[SocketAddr],
    processes: &[Process],
) -> io::Result<Measurement> {
    let mut generator = LoadGenerator::connect(servers, topology)?;
    generator.create_logs(SIZE)?;
    let workload = Workload::OpenLoop(environment.rate);
    let run = generator.run(processes, workload, SIZE, environment.window / 5, environment.window)?;
    run.invalid_reason().map_or(Ok(run), |reason| Err(io::Error::other(reason)))
}

fn millis(latency: &Histogram<u64>, quantile: f64) -> f64 {
    latency.value_at_quantile(quantile) as f64 / 1_000.0
}

// CPU time of one process for each message in microseconds. The messages are those that were due.
fn cpu(environment: &Environment, run: &Measurement, process: usize) -> f64 {
    run.server_cpu[process].as_secs_f64() * 1e6 / (environment.rate * run.window.as_secs_f64())
}
