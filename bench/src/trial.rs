//! What only Parlor can be put to, since no other server here keeps anything.

use std::io;

use crate::{archive, peer::Places, report::Figure, resume};

/// One of them.
#[derive(Clone, Copy)]
pub struct Trial {
    /// Its name on the command line.
    pub name: &'static str,
    /// What happens in it.
    pub about: &'static str,
    /// Runs it once.
    pub run: fn(&Places) -> io::Result<Vec<Figure>>,
}

/// All of them.
pub const ALL: [Trial; 2] = [
    Trial {
        name: "resume",
        about: "10,000 rich clients in 1,000 rooms come back after the server was killed",
        run: resume::run,
    },
    Trial { name: "archive", about: "a room with a million messages", run: archive::run },
];
