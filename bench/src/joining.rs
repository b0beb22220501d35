//! Waits for clients to join their rooms under their names.

use std::{
    io,
    time::{Duration, Instant},
};

use crate::client_pool::ClientPool;

/// Timeout for the names of all clients.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The clients that have not joined yet.
#[derive(Default)]
pub struct Joining {
    /// The name of each client; `None` once it has joined.
    names: Vec<Option<String>>,
    count: usize,
}

impl Joining {
    /// Adds the next client.
    pub fn add(&mut self, name: String) {
        self.names.push(Some(name));
        self.count += 1;
    }

    /// Records a text that a client has received. If it has the client's name, the client has joined.
    pub fn record(&mut self, index: usize, text: &[u8]) {
        let has = |name: &String| text.windows(name.len()).any(|part| part == name.as_bytes());
        if self.names[index].as_ref().is_some_and(has) {
            self.names[index] = None;
            self.count -= 1;
        }
    }

    /// Reads until at most `limit` clients have not joined.
    ///
    /// # Errors
    /// If a connection breaks, or they do not join in time.
    pub fn wait(&mut self, clients: &mut ClientPool, limit: usize) -> io::Result<()> {
        let start = Instant::now();
        while self.count > limit {
            if start.elapsed() > TIMEOUT {
                let message = format!("{} clients have not joined in time", self.count);
                return Err(io::Error::new(io::ErrorKind::TimedOut, message));
            }
            clients.poll(Duration::from_millis(50), |index, text| self.record(index, text))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_joined_when_it_receives_its_name() {
        let mut joining = Joining::default();
        ["p0", "p1"].into_iter().for_each(|name| joining.add(name.to_owned()));
        joining.record(0, br#"{"username":"p1","message":"p1 has joined the chat"}"#);
        assert_eq!(joining.count, 2);
        for _ in 0..2 {
            joining.record(1, br#"{"username":"p1","message":"p1 has joined the chat"}"#);
        }
        assert_eq!(joining.count, 1);
    }
}
