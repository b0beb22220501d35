//! The command-line flags of `parlor torture`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::RangedU64ValueParser;

/// The flags of `parlor torture`.
#[derive(Clone, Debug, Args)]
pub struct Flags {
    /// Number of simulated clients; one in four speaks the plain dialect, the others run the page's state
    #[arg(long, value_name = "NUMBER", default_value_t = 200, value_parser = RangedU64ValueParser::<usize>::new().range(1..=2_000))]
    pub clients: usize,
    // The upper limit, the five rooms of the editors and the one of the rivals for names are the most rooms that one
    // connection may join.
    /// Number of rooms that the clients are distributed over
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = RangedU64ValueParser::<usize>::new().range(1..=58))]
    pub rooms: usize,
    /// Duration of the phase in which clients write and faults occur
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub seconds: u64,
    /// Mean interval between kills of the server, or between faults of several servers and their database; 0 disables them
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub kill_every: u64,
    /// Seed of the fault plan: the same seed and flags give the same plan; random by default
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
    /// Data directory of the server, to check a specific disk; it is kept afterwards. A temporary directory by default
    #[arg(long, value_name = "DIRECTORY")]
    pub data: Option<PathBuf>,
    // Not from the environment: a server that is in use may have its database there.
    /// Run several servers with one PostgreSQL database, which no other server may use; its rooms are kept. Without a URL a
    /// private database is started from the installed programs (as of Debian's package postgresql), so that it can be
    /// killed, paused and restarted too
    #[arg(long, value_name = "URL", num_args = 0..=1)]
    pub postgres: Option<Option<String>>,
    /// Number of servers with one database; 3 by default. Needs --postgres
    #[arg(long, value_name = "NUMBER", value_parser = RangedU64ValueParser::<usize>::new().range(1..=9))]
    pub nodes: Option<usize>,
    /// Give the private database a synchronous standby, which takes its place in the middle of the run
    #[arg(long)]
    pub standby: bool,
}
