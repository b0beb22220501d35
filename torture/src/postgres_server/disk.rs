//! A disk of limited size for the database cluster, which can be filled.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::Command;

use super::installation::{Installation, output};
use super::{PostgresServer, PostgresServerError};

/// The size of the disk: enough for the write-ahead log and the messages of a long run.
const SIZE: &str = "512m";

/// Settings that keep the write-ahead log small.
const SETTINGS: &str = "max_wal_size = '96MB'\nwal_keep_size = '32MB'\n";

/// Bytes that are written at once to fill the disk. What is left is less.
const CHUNK_BYTES: usize = 64 * 1024;

impl PostgresServer {
    /// Creates and starts a server like [`create`](Self::create), whose cluster is on a small disk of its own, in memory.
    ///
    /// # Errors
    /// [`PostgresServerError`], as where this process may not mount a file system.
    pub fn create_on_small_disk() -> Result<Self, PostgresServerError> {
        let mut server = Self::in_new_folder(Installation::find()?)?;
        server.mount_small_disk()?;
        server.init(SETTINGS)
    }

    /// Mounts the small disk where the cluster will be. The watchdog unmounts it.
    pub(super) fn mount_small_disk(&mut self) -> Result<(), PostgresServerError> {
        fs::create_dir(self.data())?;
        let owner = self.installation.owner.map(|(user, group)| format!(",uid={user},gid={group}"));
        let options = format!("size={SIZE},mode=700{}", owner.unwrap_or_default());
        output("mount", Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(self.data()))?;
        self.has_small_disk = true;
        Ok(())
    }

    /// Fills the disk, if it is a small one. The server may end.
    ///
    /// # Errors
    /// [`PostgresServerError::Io`] if the disk can't be filled.
    pub fn fill_disk(&self) -> Result<(), PostgresServerError> {
        if !self.has_small_disk {
            return Ok(());
        }
        let (mut file, chunk) = (File::create(self.filler())?, vec![0; CHUNK_BYTES]);
        loop {
            match file.write_all(&chunk) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::StorageFull => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Makes the disk's space free again, and starts the server if it has ended.
    ///
    /// # Errors
    /// [`PostgresServerError`].
    pub fn free_disk(&mut self) -> Result<(), PostgresServerError> {
        if !self.has_small_disk {
            return Ok(());
        }
        fs::remove_file(self.filler())?;
        // One that has crashed recovers by itself, unless the disk was full meanwhile.
        self.wait_for("recover", |server| Ok(server.has_exited() || server.query("SELECT 1").is_ok()))?;
        if self.has_exited() {
            self.reap()?;
            self.start()?;
        }
        Ok(())
    }

    fn filler(&self) -> PathBuf {
        self.data().join("filler")
    }
}
