//! A session of a PostgreSQL server that stays open.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use parlor_torture::PostgresServer;

/// A session that runs statements, also within a transaction. It ends when this is dropped.
pub(crate) struct SqlSession {
    psql: Child,
    statements: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl SqlSession {
    pub(crate) fn start(server: &PostgresServer, database: &str) -> Self {
        let mut psql = server.psql(database).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (statements, output) = (psql.stdin.take().unwrap(), psql.stdout.take().unwrap());
        Self { psql, statements, output: BufReader::new(output).lines() }
    }

    /// Runs statements, and returns the rows that they print. Blocks the thread.
    pub(crate) fn run(&mut self, sql: &str) -> Vec<String> {
        const END: &str = "end of the output";
        writeln!(self.statements, "{sql};\nSELECT '{END}';").unwrap();
        self.output.by_ref().map(Result::unwrap).take_while(|line| line != END).collect()
    }
}

impl Drop for SqlSession {
    fn drop(&mut self) {
        let _ = self.psql.kill();
        let _ = self.psql.wait();
    }
}
