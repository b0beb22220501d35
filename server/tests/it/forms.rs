//! Pages without script: joining and posting by HTML forms, and paging through the history by links.

use parlor::limits;

use crate::support::Server;

/// A browser without script, with the session cookie of its first page.
struct Browser<'a> {
    server: &'a Server,
    cookie: String,
}

struct Page {
    status: u16,
    head: String,
    text: String,
}

impl<'a> Browser<'a> {
    async fn open(server: &'a Server, path: &str) -> (Self, Page) {
        let mut browser = Self { server, cookie: String::new() };
        let page = browser.get(path).await;
        browser.cookie = page.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        (browser, page)
    }

    async fn get(&self, path: &str) -> Page {
        let (status, head, body) = self.server.get(path, &format!("Cookie: {}\r\n", self.cookie)).await;
        Page { status, head, text: String::from_utf8(body).unwrap() }
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send_with(path, fields, &format!("Origin: http://{}\r\n", self.server.address)).await
    }

    async fn send_with(&self, path: &str, fields: &[(&str, &str)], headers: &str) -> Page {
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

    /// The id of its form.
    fn form_id(&self) -> &str {
        let field = self.text.split("name=\"id\"").next().unwrap().rsplit("<input").next().unwrap();
        let rest = if field.contains("value=") { field } else { self.text.split("name=\"id\"").nth(1).unwrap() };
        rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap()
    }
}

/// Percent-encodes every byte.
fn encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// How often an element of the page has exactly this text.
fn count_shown(page: &Page, text: &str) -> usize {
    page.text.matches(&format!(">{text}<")).count()
}

#[tokio::test]
async fn a_person_joins_and_posts_by_forms_and_others_receive_it() {
    let server = Server::start().await;
    let mut ben = server.join_plain("ben").await;
    let (ana, page) = Browser::open(&server, "/").await;
    assert!(page.text.contains("method=\"post\"") && page.text.contains("name=\"name\""), "{}", page.text);
    let joined = ana.send("/", &[("name", " Ana ")]).await;
    assert_eq!((joined.status, joined.header("location")), (303, Some("/")));
    let page = ana.get("/").await;
    let sent = ana.send("/", &[("name", "Ana"), ("id", page.form_id()), ("text", "one\r\ntwo & <b>")]).await;
    assert_eq!((sent.status, sent.header("location")), (303, Some("/")), "{}", sent.text);
    ben.expect_message("Ana", "one\ntwo & <b>").await;
    let page = ana.get("/").await;
    assert!(page.text.contains("two &amp; &lt;b&gt;"), "the message is on the next page");
}

#[tokio::test]
async fn a_form_that_is_submitted_again_posts_one_message() {
    let server = Server::start().await;
    let (ana, _) = Browser::open(&server, "/r/книги").await;
    ana.send("/r/%D0%BA%D0%BD%D0%B8%D0%B3%D0%B8", &[("name", "Ana")]).await;
    let path = "/r/%D0%BA%D0%BD%D0%B8%D0%B3%D0%B8";
    let form = ana.get(path).await.form_id().to_owned();
    for _ in 0..3 {
        let sent = ana.send(path, &[("id", &form), ("text", "once")]).await;
        assert_eq!((sent.status, sent.header("location")), (303, Some(path)), "{}", sent.text);
    }
    // Another text in the same form, after going back in the browser.
    ana.send(path, &[("id", &form), ("text", "besides")]).await;
    let page = ana.get(path).await;
    assert_eq!((count_shown(&page, "once"), count_shown(&page, "besides")), (1, 1));
    assert_ne!(page.form_id(), form, "the next form has another id");
    ana.send(path, &[("id", page.form_id()), ("text", "once")]).await;
    assert_eq!(count_shown(&ana.get(path).await, "once"), 2, "the same text in another form is another message");
}

#[tokio::test]
async fn a_rejected_form_shows_the_reason_and_keeps_the_typed_text() {
    let server = Server::start().await;
    server.join_plain("ben").await;
    let _ben = server.join_rich("Ben").await;
    let (ana, page) = Browser::open(&server, "/").await;
    let refused = ana.send("/", &[("name", "ben")]).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("This name is taken") && refused.text.contains("value=\"ben\""), "{}", refused.text);
    // Without a name, the form keeps the message.
    let waiting = ana.send("/", &[("name", "ben"), ("id", page.form_id()), ("text", "kept <here>")]).await;
    assert!(waiting.text.contains("name=\"text\" value=\"kept &lt;here&gt;\""), "{}", waiting.text);
    let sent = ana.send("/", &[("name", "Ana"), ("id", waiting.form_id()), ("text", "kept <here>")]).await;
    assert_eq!(sent.status, 303);
    assert!(ana.get("/").await.text.contains("kept &lt;here&gt;"));
    for (text, why) in [(" ", "nothing to read"), ("a\u{0}b", "control characters")] {
        let refused = ana.send("/", &[("text", text)]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains(why), "{why}");
    }
    let long = format!("</textarea>{}", "y".repeat(limits::BODY_BYTES));
    let refused = ana.send("/", &[("text", &long)]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("too long") && refused.text.contains("&lt;/textarea>yyy"));
    assert_eq!(ana.send("/", &[]).await.status, 422);
    assert_eq!(ana.send("/r/No%20Room", &[("text", "x")]).await.status, 404);
}

#[tokio::test]
async fn only_forms_of_our_own_pages_with_a_session_cookie_are_accepted() {
    let server = Server::start().await;
    let (mut ana, _) = Browser::open(&server, "/").await;
    for foreign in
        ["Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n", "Origin: http://evil.example\r\n"]
    {
        assert_eq!(ana.send_with("/", &[("name", "Ana")], foreign).await.status, 403);
    }
    ana.cookie = String::new();
    let refused = ana.send("/", &[("name", "Ana")]).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("cookie"));
    server.join_plain("Ana").await;
}

#[tokio::test]
async fn a_session_that_lost_its_name_claims_it_again_with_the_message() {
    let server = Server::start().await;
    let (ana, page) = Browser::open(&server, "/").await;
    assert_eq!(ana.send("/", &[("name", "Ana"), ("id", page.form_id()), ("text", "first and last")]).await.status, 303);
    let page = ana.get("/").await;
    assert_eq!(count_shown(&page, "first and last"), 1);
    assert!(page.text.contains("name=\"text\""), "the page has a composer");
    assert_eq!(ana.send("/sign-out", &[]).await.status, 303);
    let sent = ana.send("/", &[("name", "Ana"), ("id", page.form_id()), ("text", "after all")]).await;
    assert_eq!(sent.status, 303);
    assert_eq!(count_shown(&ana.get("/").await, "after all"), 1);
}

#[tokio::test]
async fn an_older_form_with_another_name_does_not_rename_the_session() {
    let server = Server::start().await;
    let (ana, page) = Browser::open(&server, "/").await;
    ana.send("/", &[("name", "Ana")]).await;
    let token = ana.cookie.split_once('=').unwrap().1.to_owned();
    let mut tab = server.connect_rich(Some(&token)).await;
    assert_eq!(tab.send_hello(None).await.as_deref(), Some("Ana"), "forms and WebSockets share the session's name");
    tab.claim_name("Bea").await;
    let mut ben = server.join_plain("ben").await;
    ana.send("/", &[("name", "Ana"), ("id", page.form_id()), ("text", "from an old page")]).await;
    ben.expect_message("Bea", "from an old page").await;
}

#[tokio::test]
async fn forms_above_the_rate_limit_get_429() {
    let server = Server::start().await;
    let (ana, _) = Browser::open(&server, "/").await;
    ana.send("/", &[("name", "Ana")]).await;
    let mut refused = None;
    for i in 0..=limits::POST_BURST * 3 {
        let page = ana.send("/", &[("text", &format!("message {i}"))]).await;
        if page.status == 429 {
            refused = Some((i, page));
            break;
        }
    }
    let (i, page) = refused.expect("some forms are above the limit");
    assert!(page.header("retry-after").is_some());
    assert!(page.text.contains(&format!("message {i}")), "the page keeps the text");
}

#[tokio::test]
async fn links_lead_through_the_whole_history() {
    let server = Server::start_with(|config| config.limits_on = false).await;
    let mut ana = server.join_rich("ana").await;
    for i in 1..=120 {
        ana.post(&i.to_string(), &format!("number {i} of all")).await;
        ana.expect_ack(&i.to_string()).await;
    }
    let (browser, mut page) = Browser::open(&server, "/").await;
    let link = |page: &Page, label: &str| {
        let before = page.text.split(&format!(">{label}<")).next().filter(|before| before.len() < page.text.len())?;
        Some(before.rsplit("href=\"").next().unwrap().split('"').next().unwrap().to_owned())
    };
    let mut seen: Vec<u32> = Vec::new();
    loop {
        let mut numbers: Vec<u32> =
            (1..=120).filter(|i| count_shown(&page, &format!("number {i} of all")) == 1).collect();
        numbers.extend(&seen);
        seen = numbers;
        let Some(older) = link(&page, "Older messages") else { break };
        page = browser.get(&older).await;
        assert_eq!(page.status, 200);
    }
    assert_eq!(seen, (1..=120).collect::<Vec<_>>(), "every message once, in order");
    let last = *seen.iter().rfind(|i| count_shown(&page, &format!("number {i} of all")) == 1).unwrap();
    assert_eq!(link(&page, "To the newest").as_deref(), Some("/"));
    let newer = browser.get(&link(&page, "Newer messages").unwrap()).await;
    let first = *seen.iter().find(|i| count_shown(&newer, &format!("number {i} of all")) == 1).unwrap();
    assert_eq!(first, last + 1);
}

#[tokio::test]
async fn rooms_are_listed_and_opened_by_name() {
    let server = Server::start().await;
    let mut ana = server.join_plain("ana").await;
    ana.send("hello").await;
    ana.expect_message("ana", "hello").await;
    let (browser, _) = Browser::open(&server, "/r/book-club").await;
    browser.send("/r/book-club", &[("name", "Bea"), ("text", "anyone?")]).await;
    let page = browser.get("/rooms").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("href=\"/r/book-club\"") && page.text.contains("href=\"/\""), "{}", page.text);
    assert!(page.text.contains("1 here") && page.text.contains("Bea") && page.text.contains("action=\"/sign-out\""));
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    let opened = browser.get("/rooms?open=%23Book%20Club").await;
    assert_eq!((opened.status, opened.header("location")), (303, Some("/r/book-club")));
    let refused = browser.get("/rooms?open=a%2Fb").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("value=\"a/b\"") && refused.text.contains("lower-case letters"));
}
