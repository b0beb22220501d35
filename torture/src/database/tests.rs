use super::*;

/// Returns false, and says so, where tests with PostgreSQL are switched off.
fn has_postgres() -> bool {
    let is_off = std::env::var("PARLOR_TEST_WITHOUT_POSTGRES").is_ok_and(|value| value == "1");
    if is_off {
        println!("left out: PARLOR_TEST_WITHOUT_POSTGRES is 1");
    }
    !is_off
}

fn private(database: &mut Database) -> &mut PrivateDatabase {
    let Database::Private(database) = database else { panic!("the database is a private one") };
    database
}

/// Creates a table, or adds a row to it. Returns the number of rows.
fn write(database: &PrivateDatabase) -> String {
    database.primary.query("CREATE TABLE IF NOT EXISTS kept (number int)").unwrap();
    database.primary.query("INSERT INTO kept VALUES (1); SELECT count(*) FROM kept").unwrap()
}

#[test]
fn a_private_database_is_available_after_each_fault_and_keeps_its_rows() {
    if !has_postgres() {
        return;
    }
    let mut database = Database::start(true).unwrap();
    assert!(database.url().ends_with("?target_session_attrs=read-write"));
    assert!(database.faults().failover);
    database.close(Connections::Listeners).unwrap();
    let database = private(&mut database);
    assert_eq!(write(database), "1");
    database.restart().unwrap();
    assert_eq!(write(database), "2");
    database.primary.stop(StopMode::Immediate).unwrap();
    database.primary.start().unwrap();
    assert_eq!(write(database), "3");
    database.fill_connections().unwrap();
    let refused = (0..500).any(|_| database.primary.query("SELECT 1").is_err());
    database.free_connections().unwrap();
    assert!(refused);
    // The server notices the end of each connection by itself.
    let is_free = (0..500).any(|_| database.primary.query("SELECT 1").is_ok());
    assert!(is_free);
    if database.no_small_disk.is_none() {
        database.primary.fill_disk().unwrap();
        let large = "CREATE TABLE large AS SELECT repeat('x', 900) AS text FROM generate_series(1, 20000)";
        assert!(database.primary.query(large).is_err());
        database.primary.free_disk().unwrap();
    }
    assert_eq!(write(database), "4");
    let port = database.primary.port();
    database.fail_over().unwrap();
    assert_ne!(database.primary.port(), port);
    assert_eq!(write(database), "5");
}
