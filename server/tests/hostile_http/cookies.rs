//! Cookies as browsers really send them: in bytes, in any order, with those of other programs on this host.

use super::answer::Answer;
use super::case::{Case, run, status};
use super::routes::{get, post, secret};
use crate::support::Server;

/// A session secret that is valid.
fn valid() -> String {
    format!("parlor_session={}", secret(7))
}

fn line(value: impl AsRef<[u8]>) -> Vec<u8> {
    [b"Cookie: ", value.as_ref(), b"\r\n"].concat()
}

/// Header lines in which the session is found.
fn known() -> Vec<(&'static str, Vec<u8>)> {
    let valid = valid();
    let many = (0..200).map(|i| format!("other{i}={i}; ")).collect::<String>();
    vec![
        ("nothing else", line(&valid)),
        ("a raw byte before it", line([&b"city=K\xf8ln; "[..], valid.as_bytes()].concat())),
        ("a raw byte after it", line([valid.as_bytes(), &b"; city=K\xf8ln"[..]].concat())),
        ("a raw byte in a header before its own", [line(b"city=K\xf8ln"), line(&valid)].concat()),
        ("a raw byte in a header after its own", [line(&valid), line(b"city=K\xf8ln")].concat()),
        ("UTF-8 before it", line(format!("city=Köln; {valid}"))),
        ("an invalid one before it", line(format!("parlor_session=short; {valid}"))),
        ("an invalid one after it", line(format!("{valid}; parlor_session=short"))),
        ("an invalid one in a header before its own", [line("parlor_session=short"), line(&valid)].concat()),
        ("an invalid one in a header after its own", [line(&valid), line("parlor_session=short")].concat()),
        ("an empty one before it", line(format!("parlor_session=; {valid}"))),
        ("raw bytes of its own name before it", line([&b"parlor_session=\xff\xfe; "[..], valid.as_bytes()].concat())),
        ("its name without a value before it", line(format!("parlor_session; {valid}"))),
        ("empty pairs around it", line(format!(";;; ;{valid};;; ;"))),
        ("pairs without a name", line(format!("=; =1; =parlor_session; {valid}"))),
        ("pairs without a sign", line(format!("a; b; c; {valid}; d"))),
        ("no space between pairs", line(format!("a=1;{valid};b=2"))),
        ("tabs between pairs", line(format!("a=1;\t{valid}\t;b=2"))),
        ("200 others before it", line(format!("{many}{valid}"))),
        ("200 others after it", line(format!("{valid}; {many}"))),
        ("its name inside another value", line(format!("other=parlor_session=short; {valid}"))),
        ("junk in all other cookies of ours", {
            let junk = "parlor_settings=<script>; parlor_time_zone=..%2f\"; parlor_utc_offset=99999999999999; parlor_half_days=perhaps";
            line(format!("{junk}; {valid}"))
        }),
    ]
}

/// Header lines in which there is no session.
fn unknown() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("one of 21 characters", line("parlor_session=aaaaaaaaaaaaaaaaaaaaa")),
        ("one of 23 characters", line("parlor_session=aaaaaaaaaaaaaaaaaaaaaaa")),
        ("one with encoded line ends", line("parlor_session=aaaaaaaaaaaaaaaa%0d%0a")),
        ("one with markup", line("parlor_session=<script>aaaaaaaaaaaaaa")),
        (
            "one with raw bytes",
            line(b"parlor_session=\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
        ),
        ("one of 8 KB", line(format!("parlor_session={}", "a".repeat(8 * 1024)))),
        ("another name that ends with ours", line(format!("x{}", valid()))),
        ("our name in upper case", line(valid().replace("parlor", "PARLOR"))),
        ("nothing at all", line("")),
        ("only signs", line("=;=;=;;;===")),
    ]
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (what, lines) in known() {
        for path in ["/", "/r/kitchen", "/r/kitchen/1"] {
            let case = Case::new(format!("GET {path} with a session and {what}"), get(path, &lines), status(200));
            cases.push(case.without_header("set-cookie").without_text("parlor_settings=<script>"));
        }
        let form = post("/", &lines, "name=Ana&text=");
        cases.push(Case::new(format!("POST / with a session and {what}"), form, status(303)));
    }
    for (what, lines) in unknown() {
        let case = Case::new(format!("GET / with {what}"), get("/", &lines), status(200));
        cases.push(case.with("must set one new session", sets_one_session));
        let form = post("/", &lines, "name=Mallory&text=");
        cases.push(Case::new(format!("POST / with {what}"), form, status(403)).without_header("set-cookie"));
    }
    cases
}

fn sets_one_session(answer: &Answer) -> bool {
    let cookies: Vec<_> = answer.headers("set-cookie").collect();
    let [cookie] = cookies[..] else { return false };
    let value = cookie.strip_prefix("parlor_session=").and_then(|rest| rest.split(';').next());
    value.is_some_and(|value| value.len() == 22 && value.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)))
}

#[tokio::test]
async fn the_session_is_found_among_all_cookies() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    run(&server, "cookies", cases()).await;
}
