//! `parlor torture`, as hosts run it. Its verdict is tested with invented anomalies in `torture/src/judge/tests.rs`.

use std::process::{Command, Output};

fn torture(flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_parlor")).arg("torture").args(flags).output().unwrap()
}

/// The first number in a row of the report.
fn number(text: &str, name: &str) -> u64 {
    let row = text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name} in: {text}"));
    row[name.len()..].trim().split([' ', ',']).next().unwrap().parse().unwrap()
}

/// Checks that the report counts no anomaly.
fn assert_no_anomaly(text: &str) {
    for count in ["lost", "duplicated", "out of order", "phantom"] {
        let is_none =
            |line: &str| line.split_once("  ").is_some_and(|(name, value)| name == count && value.trim() == "0");
        assert!(text.lines().any(is_none), "{text}");
    }
}

fn output_text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn nothing_is_lost_duplicated_or_reordered() {
    let output = torture(&["--clients", "200", "--seconds", "30", "--kill-every", "10", "--seed", "1"]);
    let text = output_text(&output);
    assert!(output.status.success(), "{text}");
    assert_no_anomaly(&text);
    // The verdict is meaningful only if enough happened.
    let number = |name: &str| number(&text, name);
    assert!(number("kills of the server") >= 2, "{text}");
    assert!(number("acknowledged") > 500, "{text}");
    assert!(number("connections made") > 300, "{text}");
    assert!(number("edits, reactions, …") > 100, "{text}");
    assert!(number("no-ops, repeats") > 30, "{text}");
}

/// Needs the programs of PostgreSQL, which `bin/setup` installs (Debian's package postgresql).
#[test]
fn several_servers_with_one_database_behave_like_one() {
    if std::env::var("PARLOR_TEST_WITHOUT_POSTGRES").is_ok_and(|value| value == "1") {
        println!("left out, since PARLOR_TEST_WITHOUT_POSTGRES is 1");
        return;
    }
    let flags = ["--nodes", "3", "--postgres", "--clients", "16", "--rooms", "2", "--seconds", "20"];
    let output = torture(&[&flags[..], &["--kill-every", "3", "--seed", "12"]].concat());
    let text = output_text(&output);
    assert!(output.status.success(), "{text}");
    assert_no_anomaly(&text);
    assert!(text.contains("a fault of 3 servers or their database about every 3 s"), "{text}");
    let kinds = ["pauses of", "stops of", "kills of the database", "restarts of", "closed ", "times with"];
    let faults = text.lines().filter(|line| kinds.iter().any(|kind| line.starts_with(kind)));
    assert!(faults.count() >= 3, "{text}");
    assert!(number(&text, "acknowledged") > 50, "{text}");
    assert!(number(&text, "holds, refused, posts") > 8, "{text}");
}

#[test]
fn several_servers_need_a_database() {
    let refused = torture(&["--nodes", "2"]);
    assert!(!refused.status.success());
    assert!(output_text(&refused).contains("--nodes needs --postgres"), "{}", output_text(&refused));
}

#[test]
fn without_a_server_there_is_no_verdict() {
    let nowhere = torture(&["--clients", "1", "--seconds", "1", "--data", "/dev/null/nowhere"]);
    assert!(!nowhere.status.success());
    assert!(output_text(&nowhere).contains("/dev/null/nowhere"), "{}", output_text(&nowhere));
}
