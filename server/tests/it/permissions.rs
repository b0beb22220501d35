//! Who may read the data directory.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use parlor_server::engine::EventLog as _;

use crate::support::engine::{TempDir, append_all, open};
use crate::support::log;

/// The permission bits of the directory (as ".") and of each file in it that stays: SQLite removes journals at any
/// time.
fn modes(directory: &Path) -> BTreeMap<String, u32> {
    let mode = |path: &Path| match fs::metadata(path) {
        Ok(metadata) => Some(metadata.permissions().mode() & 0o777),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => panic!("{}: {error}", path.display()),
    };
    let files = fs::read_dir(directory).unwrap().map(|file| file.unwrap());
    let files = files.filter_map(|file| Some((file.file_name().into_string().unwrap(), mode(&file.path())?)));
    files.chain([(".".to_owned(), mode(directory).unwrap())]).collect()
}

#[tokio::test]
async fn created_files_are_readable_by_their_owner_only() {
    let temp_dir = TempDir::new();
    let directory = temp_dir.0.join("data");
    let (engine, _deliveries) = open(&directory);
    append_all(&engine, 1..=3).await;
    let modes = modes(&directory);
    for name in ["lock", "parlor.db", "parlor.db-wal", "parlor.db-shm", "search.db", "search.db-wal", "search.db-shm"] {
        assert_eq!(modes[name], 0o600, "mode of {name}");
    }
    assert_eq!(modes["."], 0o700);
    assert_eq!(modes.len(), 8, "{modes:?}");
    engine.close().await;
}

#[test]
fn a_private_directory_is_not_warned_of() {
    let temp_dir = TempDir::new();
    let directory = temp_dir.0.join("data");
    for _ in 0..2 {
        assert_eq!(log::capture_log(|| drop(open(&directory))), Vec::<String>::new());
    }
}

#[test]
fn a_directory_open_to_others_is_reported_in_one_line_and_left_as_it_is() {
    let temp_dir = TempDir::new();
    let directory = temp_dir.0.join("Ana's data");
    drop(open(&directory));
    let database = directory.join("parlor.db");
    fs::set_permissions(&directory, Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&database, Permissions::from_mode(0o640)).unwrap();
    let lines = log::capture_log(|| drop(open(&directory)));
    let [line] = lines.as_slice() else { panic!("one line: {lines:?}") };
    let command = format!(r"chmod go= '{0}/Ana'\''s data' '{0}/Ana'\''s data/parlor.db'", temp_dir.0.display());
    for part in ["WARN", &format!("path={}", directory.display()), "mode=0755", &command] {
        assert!(line.contains(part), "{part} in {line}");
    }
    let modes = modes(&directory);
    assert_eq!((modes["."], modes["parlor.db"]), (0o755, 0o640));
}
