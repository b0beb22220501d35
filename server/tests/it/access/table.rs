//! Tables as text: each line has its cells between `|`, after a line of headings and a line of dashes.

use std::collections::HashSet;
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

/// The row of each combination of conditions, which the first cells of a row name: each combination has exactly one, and
/// each row at least one combination.
pub(crate) fn rows_of<const CONDITIONS: usize, const N: usize>(
    table: &'static str,
    combinations: impl IntoIterator<Item = [&'static str; CONDITIONS]>,
) -> Vec<([&'static str; CONDITIONS], [&'static str; N])> {
    let rows = rows::<N>(table);
    let mut used = HashSet::new();
    let row_of = |combination: [&'static str; CONDITIONS]| {
        let covers = |cell: &str, value: &str| cell == "any" || cell.split(' ').any(|word| word == value);
        let is_of = |row: &[&str; N]| row.iter().zip(combination).all(|(cell, value)| covers(cell, value));
        let found: Vec<_> = (0..rows.len()).filter(|&index| is_of(&rows[index])).collect();
        let [row] = found[..] else { panic!("{combination:?} has {} rows", found.len()) };
        used.insert(row);
        (combination, rows[row])
    };
    let found = combinations.into_iter().map(row_of).collect();
    assert_eq!(used.len(), rows.len(), "a row is of no combination");
    found
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
