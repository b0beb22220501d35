//! The page without script: joining and writing by plain forms, and turning pages by links.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use parlor::limits;
use support::Server;

/// A browser without script.
struct Reader<'a> {
    server: &'a Server,
    cookie: String,
}

struct Page {
    status: u16,
    head: String,
    text: String,
}

impl<'a> Reader<'a> {
    async fn opens(server: &'a Server, path: &str) -> (Self, Page) {
        let mut reader = Self { server, cookie: String::new() };
        let page = reader.gets(path).await;
        reader.cookie = page.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        (reader, page)
    }

    async fn gets(&self, path: &str) -> Page {
        let (status, head, body) = self.server.get(path, &format!("Cookie: {}\r\n", self.cookie)).await;
        Page { status, head, text: String::from_utf8(body).unwrap() }
    }

    async fn sends(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.sends_with(path, fields, &format!("Origin: http://{}\r\n", self.server.address)).await
    }

    async fn sends_with(&self, path: &str, fields: &[(&str, &str)], headers: &str) -> Page {
        let body: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let (body, host) = (body.join("&"), self.server.address);
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            self.cookie,
            body.len()
        );
        let (status, head, body) = self.server.raw(&request).await;
        Page { status, head, text: String::from_utf8(body).unwrap() }
    }
}

impl Page {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// What tells its form from all others.
    fn form(&self) -> &str {
        let field = self.text.split("name=\"id\"").next().unwrap().rsplit("<input").next().unwrap();
        let rest = if field.contains("value=") { field } else { self.text.split("name=\"id\"").nth(1).unwrap() };
        rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap()
    }
}

fn encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn shown(page: &Page, text: &str) -> usize {
    page.text.matches(&format!(">{text}<")).count()
}

#[tokio::test]
async fn somebody_without_script_joins_and_writes_and_everyone_sees_it() {
    let server = Server::start().await;
    let mut ben = server.plain("ben").await;
    let (ana, page) = Reader::opens(&server, "/").await;
    assert!(page.text.contains("method=\"post\"") && page.text.contains("name=\"name\""), "{}", page.text);
    let joined = ana.sends("/", &[("name", " Ana ")]).await;
    assert_eq!((joined.status, joined.header("location")), (303, Some("/")));
    let page = ana.gets("/").await;
    let sent = ana.sends("/", &[("name", "Ana"), ("id", page.form()), ("text", "one\r\ntwo & <b>")]).await;
    assert_eq!((sent.status, sent.header("location")), (303, Some("/")), "{}", sent.text);
    ben.hears("Ana", "one\ntwo & <b>").await;
    let page = ana.gets("/").await;
    assert!(page.text.contains("two &amp; &lt;b&gt;"), "what was sent is on the page that follows");
}

#[tokio::test]
async fn a_form_that_is_sent_again_makes_one_message() {
    let server = Server::start().await;
    let (ana, _) = Reader::opens(&server, "/r/книги").await;
    ana.sends("/r/%D0%BA%D0%BD%D0%B8%D0%B3%D0%B8", &[("name", "Ana")]).await;
    let path = "/r/%D0%BA%D0%BD%D0%B8%D0%B3%D0%B8";
    let form = ana.gets(path).await.form().to_owned();
    for _ in 0..3 {
        let sent = ana.sends(path, &[("id", &form), ("text", "once")]).await;
        assert_eq!((sent.status, sent.header("location")), (303, Some(path)), "{}", sent.text);
    }
    // Back in the browser, and something else in the same form.
    ana.sends(path, &[("id", &form), ("text", "besides")]).await;
    let page = ana.gets(path).await;
    assert_eq!((shown(&page, "once"), shown(&page, "besides")), (1, 1));
    assert_ne!(page.form(), form, "the next form is another one");
    ana.sends(path, &[("id", page.form()), ("text", "once")]).await;
    assert_eq!(shown(&ana.gets(path).await, "once"), 2, "said twice is not sent twice");
}

#[tokio::test]
async fn what_is_refused_says_why_and_keeps_what_was_typed() {
    let server = Server::start().await;
    server.plain("ben").await;
    let _ben = server.rich("Ben").await;
    let (ana, page) = Reader::opens(&server, "/").await;
    let refused = ana.sends("/", &[("name", "ben")]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("This name is taken") && refused.text.contains("value=\"ben\""), "{}", refused.text);
    // Without a name, what was written waits in the form for one.
    let waiting = ana.sends("/", &[("name", "ben"), ("id", page.form()), ("text", "kept <here>")]).await;
    assert!(waiting.text.contains("name=\"text\" value=\"kept &lt;here&gt;\""), "{}", waiting.text);
    let sent = ana.sends("/", &[("name", "Ana"), ("id", waiting.form()), ("text", "kept <here>")]).await;
    assert_eq!(sent.status, 303);
    assert!(ana.gets("/").await.text.contains("kept &lt;here&gt;"));
    for (text, why) in [(" ", "nothing to read"), ("a\u{0}b", "control characters")] {
        let refused = ana.sends("/", &[("text", text)]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains(why), "{why}");
    }
    let long = format!("</textarea>{}", "y".repeat(limits::BODY_BYTES));
    let refused = ana.sends("/", &[("text", &long)]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("too long") && refused.text.contains("&lt;/textarea>yyy"));
    assert_eq!(ana.sends("/", &[]).await.status, 422);
    assert_eq!(ana.sends("/r/No%20Room", &[("text", "x")]).await.status, 404);
}

#[tokio::test]
async fn forms_come_from_our_own_pages_with_their_cookie() {
    let server = Server::start().await;
    let (mut ana, _) = Reader::opens(&server, "/").await;
    for foreign in
        ["Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n", "Origin: http://evil.example\r\n"]
    {
        assert_eq!(ana.sends_with("/", &[("name", "Ana")], foreign).await.status, 403);
    }
    ana.cookie = String::new();
    let refused = ana.sends("/", &[("name", "Ana")]).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("cookie"));
    server.plain("Ana").await;
}

#[tokio::test]
async fn a_name_that_ran_out_is_taken_again_with_the_message() {
    let server = Server::start().await;
    let (ana, page) = Reader::opens(&server, "/").await;
    assert_eq!(ana.sends("/", &[("name", "Ana"), ("id", page.form()), ("text", "first and last")]).await.status, 303);
    let page = ana.gets("/").await;
    assert_eq!(shown(&page, "first and last"), 1);
    assert!(page.text.contains("name=\"text\""), "the composer is there");
    assert_eq!(ana.sends("/sign-out", &[]).await.status, 303);
    let sent = ana.sends("/", &[("name", "Ana"), ("id", page.form()), ("text", "after all")]).await;
    assert_eq!(sent.status, 303);
    assert_eq!(shown(&ana.gets("/").await, "after all"), 1);
}

#[tokio::test]
async fn a_form_from_before_another_name_was_taken_leaves_that_one() {
    let server = Server::start().await;
    let (ana, page) = Reader::opens(&server, "/").await;
    ana.sends("/", &[("name", "Ana")]).await;
    let token = ana.cookie.split_once('=').unwrap().1.to_owned();
    let mut tab = server.rich_socket(Some(&token)).await;
    assert_eq!(tab.greets(None).await.as_deref(), Some("Ana"), "the name is that of the session, by form or socket");
    tab.claims("Bea").await;
    let mut ben = server.plain("ben").await;
    ana.sends("/", &[("name", "Ana"), ("id", page.form()), ("text", "from an old page")]).await;
    ben.hears("Bea", "from an old page").await;
}

#[tokio::test]
async fn forms_that_come_too_fast_are_told_to_wait() {
    let server = Server::start().await;
    let (ana, _) = Reader::opens(&server, "/").await;
    ana.sends("/", &[("name", "Ana")]).await;
    let mut refused = None;
    for i in 0..=limits::POST_BURST * 3 {
        let page = ana.sends("/", &[("text", &format!("message {i}"))]).await;
        if page.status == 429 {
            refused = Some((i, page));
            break;
        }
    }
    let (i, page) = refused.expect("some are too fast");
    assert!(page.header("retry-after").is_some());
    assert!(page.text.contains(&format!("message {i}")), "the text is kept");
}

#[tokio::test]
async fn pages_are_turned_by_links() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.rich("ana").await;
    for i in 1..=120 {
        ana.posts(&i.to_string(), &format!("number {i} of all")).await;
        ana.is_acked(&i.to_string()).await;
    }
    let (reader, mut page) = Reader::opens(&server, "/").await;
    let link = |page: &Page, label: &str| {
        let before = page.text.split(&format!(">{label}<")).next().filter(|before| before.len() < page.text.len())?;
        Some(before.rsplit("href=\"").next().unwrap().split('"').next().unwrap().to_owned())
    };
    let mut seen: Vec<u32> = Vec::new();
    loop {
        let mut numbers: Vec<u32> = (1..=120).filter(|i| shown(&page, &format!("number {i} of all")) == 1).collect();
        numbers.extend(&seen);
        seen = numbers;
        let Some(older) = link(&page, "Older messages") else { break };
        page = reader.gets(&older).await;
        assert_eq!(page.status, 200);
    }
    assert_eq!(seen, (1..=120).collect::<Vec<_>>(), "every message once, in order");
    let last = *seen.iter().rfind(|i| shown(&page, &format!("number {i} of all")) == 1).unwrap();
    assert_eq!(link(&page, "To the newest").as_deref(), Some("/"));
    let newer = reader.gets(&link(&page, "Newer messages").unwrap()).await;
    let first = *seen.iter().find(|i| shown(&newer, &format!("number {i} of all")) == 1).unwrap();
    assert_eq!(first, last + 1);
}

#[tokio::test]
async fn all_rooms_are_listed_and_one_is_opened_by_its_name() {
    let server = Server::start().await;
    let mut ana = server.plain("ana").await;
    ana.says("hello").await;
    ana.hears("ana", "hello").await;
    let (reader, _) = Reader::opens(&server, "/r/book-club").await;
    reader.sends("/r/book-club", &[("name", "Bea"), ("text", "anyone?")]).await;
    let page = reader.gets("/rooms").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("href=\"/r/book-club\"") && page.text.contains("href=\"/\""), "{}", page.text);
    assert!(page.text.contains("1 here") && page.text.contains("Bea") && page.text.contains("action=\"/sign-out\""));
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    let opened = reader.gets("/rooms?open=%23Book%20Club").await;
    assert_eq!((opened.status, opened.header("location")), (303, Some("/r/book-club")));
    let refused = reader.gets("/rooms?open=a%2Fb").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("value=\"a/b\"") && refused.text.contains("lower-case letters"));
}
