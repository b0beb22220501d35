//! Text from users and from request headers appears in a page as text, never as markup, script or header (XSS).

use parlor::{ClientId, ClientMessage, RoomName};

use super::case::{Case, Expected, run, status};
use super::own_forms::join;
use super::routes::{OUR_ORIGIN, get, post, session};
use crate::support::Server;

/// Number of the session that has a hostile name before the cases run.
const NAMED: usize = 1;

/// Text that would start an attribute, end elements, and start a script and a comment.
const MARKUP: &str = "\"' onevil=1 '\"></title></textarea></script><script>evil()</script><!-- &lt; &amp; ${evil}";

/// RIGHT-TO-LEFT OVERRIDE, which reverses the direction of the following text (UAX #9).
const OVERRIDE: char = '\u{202e}';

/// Markup that is short enough for a name (at most 32 characters).
const NAME: &str = "\"'onevil=1'\"><script>evil()";

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Adds the conditions that typed text became neither markup nor an attribute nor a header.
fn harmless(case: Case) -> Case {
    case.without_text("<script>evil")
        .without_text("</title></textarea>")
        .with("must not have an attribute onevil", |response| !tags(&response.text()).contains("onevil"))
        .without_header("x-odd")
}

/// The text within all tags, without the quoted values of attributes.
fn tags(page: &str) -> String {
    let mut inside = String::new();
    let mut chars = page.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '<' || !chars.peek().is_some_and(char::is_ascii_alphabetic) {
            continue;
        }
        let mut quote = None;
        for c in chars.by_ref() {
            match quote {
                Some(open) if c == open => quote = None,
                Some(_) => {}
                None if c == '>' => break,
                None if c == '"' || c == '\'' => quote = Some(c),
                None => inside.push(c),
            }
        }
    }
    inside
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let shown = session(NAMED);
    for path in ["/", "/r/kitchen", "/r/lobby/1", "/rooms", "/settings", "/offline", "/?before=100"] {
        cases.push(Case::new(format!("GET {path} after hostile messages"), get(path, &shown), status(200)));
    }
    cases.push(
        Case::new("the hostile name on the page of rooms", get("/rooms", &shown), status(200)).with_text("&lt;script"),
    );
    cases.push(Case::new("the hostile message", get("/", ""), status(200)).with_text("&lt;script"));
    let device = post("/device", format!("{OUR_ORIGIN}{shown}"), "");
    cases.push(Case::new("the hostile name on the page of a device link", device, status(200)).with_text("&lt;script"));
    let typed = [
        ("markup", MARKUP.to_owned()),
        ("markup with line ends", format!("a\r\nX-Odd: 1\r\n\r\n{MARKUP}")),
        ("markup and a direction mark", format!("{OVERRIDE}{MARKUP}")),
        ("markup and a zero", format!("\0{MARKUP}")),
        ("a lot of markup", MARKUP.repeat(30)),
    ];
    for (index, (what, text)) in typed.into_iter().enumerate() {
        let typed = encoded(&text);
        let open = get(&format!("/rooms?open={typed}"), "");
        cases.push(Case::new(format!("a room to open with {what}"), open, status(422)).with_text("&lt;script"));
        cases.push(Case::new(format!("a room with {what}"), get(&format!("/r/{typed}"), ""), status(404)));
        let posted = post(&format!("/r/{typed}"), OUR_ORIGIN, "name=Ana");
        cases.push(Case::new(format!("a form to a room with {what}"), posted, status(404)));
        let link = get(&format!("/device/{typed}"), "");
        cases.push(Case::new(format!("a device link with {what}"), link, status(410)));
        cases.push(Case::new(format!("a path with {what}"), get(&format!("/{typed}"), ""), status(404)));
        cases.push(Case::new(format!("a file with {what}"), get(&format!("/pkg/{typed}"), ""), status(404)));
        let headers = format!("{OUR_ORIGIN}{}", session(10 + index));
        let name = post("/", &headers, &format!("name={typed}{}", "x".repeat(300)));
        cases.push(Case::new(format!("a refused name with {what}"), name, status(422)).with_text("&lt;script"));
        let message = post("/", &headers, &format!("text={typed}{}", "x".repeat(20_000)));
        cases.push(Case::new(format!("a refused message with {what}"), message, status(422)));
        let settings = post("/settings", OUR_ORIGIN, &format!("theme={typed}&language={typed}&{typed}={typed}"));
        cases.push(Case::new(format!("settings with {what}"), settings, status(303)).without_text("evil"));
        let query = get(&format!("/?{typed}={typed}"), "");
        cases.push(Case::new(format!("a query with {what}"), query, Expected::NoServerError));
    }
    for header in ["User-Agent", "Referer", "Accept", "Accept-Language", "Accept-Encoding", "If-None-Match", "Cookie"] {
        let line = format!("{header}: {MARKUP}\r\nX-Unknown: {MARKUP}\r\n");
        for path in ["/", "/rooms", "/nothing", "/app.webmanifest"] {
            let name = format!("GET {path} with markup in {header}");
            cases.push(Case::new(name, get(path, &line), Expected::Status(vec![200, 404])));
        }
    }
    cases.into_iter().map(harmless).collect()
}

#[tokio::test]
async fn typed_text_is_escaped() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    join(&server, NAMED, &encoded(NAME)).await;
    let mut ana = server.join_rich("<b>Ana</b>").await;
    for (id, text) in [("1", MARKUP.to_owned()), ("2", format!("{OVERRIDE}{MARKUP}")), ("3", format!("`{MARKUP}`"))] {
        ana.post(id, &text).await;
        ana.expect_ack(id).await;
    }
    let (room, topic) = (RoomName::default(), MARKUP.to_owned());
    let client_id = ClientId::parse("4").unwrap();
    ana.send(&ClientMessage::Topic { room, client_id, topic }).await;
    ana.expect_ack("4").await;
    run(&server, "reflection", cases()).await;
}

#[test]
fn attribute_names_are_distinguished_from_their_values() {
    assert!(tags("<input value=\"\" onevil=1>").contains("onevil"));
    assert!(!tags("<input value=\"' onevil=1\"> onevil=1 &lt;b onevil=1>").contains("onevil"));
}
