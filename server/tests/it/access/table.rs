//! Tables as text: each line has its cells between `|`, after a line of headings and a line of dashes.

use std::fmt::Debug;

use parlor_server::access::{Action, ServerAction};

/// The rows of a table with `N` columns, without its headings.
pub(crate) fn rows<const N: usize>(table: &str) -> Vec<[&str; N]> {
    let lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.skip(2).map(cells).collect()
}

/// The headings of a table with `N` columns.
pub(crate) fn headings<const N: usize>(table: &str) -> [&str; N] {
    cells(table.trim_start().lines().next().unwrap_or_default())
}

fn cells<const N: usize>(line: &str) -> [&str; N] {
    let inner = line.strip_prefix('|').and_then(|rest| rest.strip_suffix('|')).unwrap_or_default();
    let cells: Vec<_> = inner.split('|').map(str::trim).collect();
    cells.try_into().unwrap_or_else(|_| panic!("a row has {N} cells between bars: {line}"))
}

/// The action with this name.
pub(crate) fn action(name: &str) -> Option<Action> {
    Action::ALL.into_iter().find(|action| format!("{action:?}") == name)
}

/// The action on the server with this name.
pub(crate) fn server_action(name: &str) -> Option<ServerAction> {
    ServerAction::ALL.into_iter().find(|action| format!("{action:?}") == name)
}

/// Counts what was compared and collects what differed.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) rows: usize,
    pub(crate) cells: usize,
    failures: Vec<String>,
}

impl Report {
    /// Compares one cell.
    pub(crate) fn compare<T: PartialEq + Debug>(&mut self, cell: &str, expected: &T, actual: &T) {
        self.cells += 1;
        if expected != actual {
            self.failures.push(format!("{cell}: expected {expected:?}, got {actual:?}"));
        }
    }

    /// Prints the number of rows and cells.
    ///
    /// # Panics
    /// If a cell differed, with all of them in the message.
    pub(crate) fn finish(self) {
        println!("access table: {} rows, {} cells", self.rows, self.cells);
        let Self { cells, failures, .. } = self;
        assert!(failures.is_empty(), "{} of {cells} cells differ:\n{}", failures.len(), failures.join("\n"));
    }
}
