//! The room in which clients compete for a few names.

use parlor::RoomName;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::auditor::{Auditor, NoReply};
use crate::error::TortureError;
use crate::name_check;
use crate::name_history::RivalHistory;
use crate::phase::Phase;
use crate::plain_rival::PlainRival;
use crate::proxy::Proxy;
use crate::rich_rival::RichRival;
use crate::rng::Rng;
use crate::server_list::ServerList;

/// Rivals with the rich dialect.
const RICH_RIVALS: usize = 5;
/// Rivals with the plain dialect.
const PLAIN_RIVALS: usize = 4;
/// The names that they compete for. Each is claimed in several spellings.
const NAMES: [&str; 3] = ["ada", "bo", "cleo"];

/// The clients that compete for names. No other client joins their room.
pub(crate) struct Rivals {
    pub(crate) room: RoomName,
    tasks: JoinSet<RivalHistory>,
}

impl Rivals {
    /// Starts the clients, in the room of the run with this tag.
    pub(crate) async fn start(
        tag: &str,
        seed: u64,
        servers: &ServerList,
        phase: &watch::Sender<Phase>,
    ) -> Result<Self, TortureError> {
        let room = RoomName::parse(&format!("torture-{tag}-rivals")).unwrap_or_default();
        let spellings = |name: &str| [format!("{name}-{tag}"), format!("{name}-{tag}").to_uppercase()];
        let names: Vec<_> = NAMES.iter().flat_map(|name| spellings(name)).collect();
        let mut tasks = JoinSet::new();
        for number in 0..RICH_RIVALS + PLAIN_RIVALS {
            let label = format!("n{number:04}");
            let (proxy, rng) = (Proxy::start(servers.starting_at(number)).await?, Rng::for_actor(seed, &label));
            let (room, names, phase) = (room.clone(), names.clone(), phase.subscribe());
            if number < RICH_RIVALS {
                tasks.spawn(RichRival::new(label, room, names, proxy, rng).run(phase));
            } else {
                tasks.spawn(PlainRival::new(label, room, names, proxy, rng).run(phase));
            }
        }
        Ok(Self { room, tasks })
    }

    /// Waits for the end of all rivals and compares what they know with the log. Returns the problems found, and prints how
    /// much there was to compare.
    pub(crate) async fn check(self, auditor: &mut Auditor) -> Result<Vec<String>, NoReply> {
        let histories = self.tasks.join_all().await;
        let log = auditor.pages(&self.room).await?;
        let holds: usize = histories.iter().map(|history| history.holds.len()).sum();
        let taken: u64 = histories.iter().map(|history| history.taken).sum();
        println!("\n{:<24}{holds}, {taken}, {}", "holds, refused, posts", log.len());
        let problems = name_check::check(&log, &histories).into_iter();
        Ok(problems.map(|problem| format!("in {}, {problem}", self.room)).collect())
    }
}
