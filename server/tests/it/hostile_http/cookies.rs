//! Cookie headers with any bytes, in any order, and with cookies of other programs on the same host.

use super::case::{Case, run, status};
use super::routes::{get, post};
use crate::support::Server;
use crate::support::http_response::HttpResponse;
use crate::support::secrets::session_token;

/// A valid session cookie.
fn valid() -> String {
    format!("parlor_session={}", session_token(7))
}

/// A `Cookie` header with this value.
fn cookie_header(value: impl AsRef<[u8]>) -> Vec<u8> {
    [b"Cookie: ", value.as_ref(), b"\r\n"].concat()
}

/// Headers in which the session is found.
fn with_session() -> Vec<(&'static str, Vec<u8>)> {
    let valid = valid();
    let many = (0..200).map(|i| format!("other{i}={i}; ")).collect::<String>();
    vec![
        ("nothing else", cookie_header(&valid)),
        ("a raw byte before it", cookie_header([&b"city=K\xf8ln; "[..], valid.as_bytes()].concat())),
        ("a raw byte after it", cookie_header([valid.as_bytes(), &b"; city=K\xf8ln"[..]].concat())),
        ("a raw byte in a header before its own", [cookie_header(b"city=K\xf8ln"), cookie_header(&valid)].concat()),
        ("a raw byte in a header after its own", [cookie_header(&valid), cookie_header(b"city=K\xf8ln")].concat()),
        ("UTF-8 before it", cookie_header(format!("city=Köln; {valid}"))),
        ("an invalid one before it", cookie_header(format!("parlor_session=short; {valid}"))),
        ("an invalid one after it", cookie_header(format!("{valid}; parlor_session=short"))),
        (
            "an invalid one in a header before its own",
            [cookie_header("parlor_session=short"), cookie_header(&valid)].concat(),
        ),
        (
            "an invalid one in a header after its own",
            [cookie_header(&valid), cookie_header("parlor_session=short")].concat(),
        ),
        ("an empty one before it", cookie_header(format!("parlor_session=; {valid}"))),
        (
            "raw bytes of its own name before it",
            cookie_header([&b"parlor_session=\xff\xfe; "[..], valid.as_bytes()].concat()),
        ),
        ("its name without a value before it", cookie_header(format!("parlor_session; {valid}"))),
        ("empty pairs around it", cookie_header(format!(";;; ;{valid};;; ;"))),
        ("pairs without a name", cookie_header(format!("=; =1; =parlor_session; {valid}"))),
        ("pairs without a sign", cookie_header(format!("a; b; c; {valid}; d"))),
        ("no space between pairs", cookie_header(format!("a=1;{valid};b=2"))),
        ("tabs between pairs", cookie_header(format!("a=1;\t{valid}\t;b=2"))),
        ("200 others before it", cookie_header(format!("{many}{valid}"))),
        ("200 others after it", cookie_header(format!("{valid}; {many}"))),
        ("its name inside another value", cookie_header(format!("other=parlor_session=short; {valid}"))),
        ("junk in all other cookies of ours", {
            let junk = "parlor_settings=<script>; parlor_time_zone=..%2f\"; parlor_utc_offset=99999999999999; parlor_half_days=perhaps";
            cookie_header(format!("{junk}; {valid}"))
        }),
    ]
}

/// Headers without a valid session.
fn without_session() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("one of 21 characters", cookie_header("parlor_session=aaaaaaaaaaaaaaaaaaaaa")),
        ("one of 23 characters", cookie_header("parlor_session=aaaaaaaaaaaaaaaaaaaaaaa")),
        ("one with encoded line ends", cookie_header("parlor_session=aaaaaaaaaaaaaaaa%0d%0a")),
        ("one with markup", cookie_header("parlor_session=<script>aaaaaaaaaaaaaa")),
        (
            "one with raw bytes",
            cookie_header(b"parlor_session=\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
        ),
        ("one of 8 KB", cookie_header(format!("parlor_session={}", "a".repeat(8 * 1024)))),
        ("another name that ends with ours", cookie_header(format!("x{}", valid()))),
        ("our name in upper case", cookie_header(valid().replace("parlor", "PARLOR"))),
        ("nothing at all", cookie_header("")),
        ("only signs", cookie_header("=;=;=;;;===")),
    ]
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (what, lines) in with_session() {
        for path in ["/", "/r/kitchen", "/r/kitchen/1"] {
            let case = Case::new(format!("GET {path} with a session and {what}"), get(path, &lines), status(200));
            cases.push(case.without_header("set-cookie").without_text("parlor_settings=<script>"));
        }
        let form = post("/", &lines, "name=Ana&text=");
        cases.push(Case::new(format!("POST / with a session and {what}"), form, status(303)));
    }
    for (what, lines) in without_session() {
        let case = Case::new(format!("GET / with {what}"), get("/", &lines), status(200));
        cases.push(case.with("must set one new session", sets_one_session));
        let form = post("/", &lines, "name=Mallory&text=");
        cases.push(Case::new(format!("POST / with {what}"), form, status(403)).without_header("set-cookie"));
    }
    cases
}

fn sets_one_session(response: &HttpResponse) -> bool {
    let cookies: Vec<_> = response.headers("set-cookie").collect();
    let [cookie] = cookies[..] else { return false };
    let value = cookie.strip_prefix("parlor_session=").and_then(|rest| rest.split(';').next());
    value.is_some_and(|value| value.len() == 22 && value.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)))
}

#[tokio::test]
async fn a_valid_session_is_found_among_any_cookies() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    run(&server, "cookies", cases()).await;
}
