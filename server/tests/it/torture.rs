//! `parlor torture`, as hosts run it. Its verdict is tested with invented anomalies in `torture/src/judge/tests.rs`.

use std::process::{Command, Output};

fn torture(flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_parlor")).arg("torture").args(flags).output().unwrap()
}

fn output_text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn nothing_is_lost_duplicated_or_reordered() {
    let output = torture(&["--clients", "200", "--seconds", "30", "--kill-every", "10", "--seed", "1"]);
    let text = output_text(&output);
    assert!(output.status.success(), "{text}");
    for count in ["lost", "duplicated", "out of order", "phantom"] {
        assert!(
            text.lines()
                .any(|line| line.split_once("  ").is_some_and(|(name, value)| name == count && value.trim() == "0"))
        );
    }
    // The verdict is meaningful only if enough happened.
    let number = |name: &str| {
        let row = text.lines().find(|line| line.starts_with(name)).unwrap();
        row[name.len()..].trim().split([' ', ',']).next().unwrap().parse::<u64>().unwrap()
    };
    assert!(number("kills of the server") >= 2, "{text}");
    assert!(number("acknowledged") > 500, "{text}");
    assert!(number("connections made") > 300, "{text}");
    assert!(number("edits, reactions, …") > 100, "{text}");
    assert!(number("no-ops, repeats") > 30, "{text}");
}

#[test]
fn without_a_server_there_is_no_verdict() {
    let nowhere = torture(&["--clients", "1", "--seconds", "1", "--data", "/dev/null/nowhere"]);
    assert!(!nowhere.status.success());
    assert!(output_text(&nowhere).contains("/dev/null/nowhere"), "{}", output_text(&nowhere));
}
