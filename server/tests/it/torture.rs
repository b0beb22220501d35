//! The promise, tried as hosts try it: the program with `torture`, which has a verdict of its own
//! (`torture/src/judge.rs`, tested with made-up faults).

use std::process::{Command, Output};

fn torture(flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_parlor")).arg("torture").args(flags).output().unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn nothing_is_lost_doubled_or_out_of_order() {
    let output = torture(&["--clients", "200", "--seconds", "30", "--kill-every", "10", "--seed", "1"]);
    let told = told(&output);
    assert!(output.status.success(), "{told}");
    for count in ["lost", "duplicated", "out of order", "phantom"] {
        assert!(
            told.lines()
                .any(|line| line.split_once("  ").is_some_and(|(name, value)| name == count && value.trim() == "0"))
        );
    }
    // That nothing went wrong means something only if much could have.
    let number = |name: &str| {
        let row = told.lines().find(|line| line.starts_with(name)).unwrap();
        row[name.len()..].trim().split([' ', ',']).next().unwrap().parse::<u64>().unwrap()
    };
    assert!(number("kills of the server") >= 2, "{told}");
    assert!(number("acknowledged") > 500, "{told}");
    assert!(number("connections made") > 300, "{told}");
    assert!(number("edits, reactions, …") > 100, "{told}");
    assert!(number("no-ops, repeats") > 30, "{told}");
}

#[test]
fn without_a_server_there_is_no_verdict() {
    let nowhere = torture(&["--clients", "1", "--seconds", "1", "--data", "/dev/null/nowhere"]);
    assert!(!nowhere.status.success());
    assert!(told(&nowhere).contains("/dev/null/nowhere"), "{}", told(&nowhere));
}
