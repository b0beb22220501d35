//! URLs: other spellings of a path redirect to the canonical one. Errors are pages for browsers and short texts for
//! programs.

use crate::support::Server;

/// The `Accept` header of a browser's navigation.
const NAVIGATION: &str = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8\r\n";

/// Texts of libraries that no response may contain.
const INTERNALS: [&str; 14] = [
    "serde",
    "axum",
    "deserialize",
    "parse",
    "invalid digit",
    "u64",
    "i64",
    "usize",
    "String",
    "UTF-8",
    "::",
    "Error",
    "Rejection",
    "length limit",
];

struct HttpResponse {
    status: u16,
    head: String,
    body: String,
}

impl HttpResponse {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The text of the page's heading.
    fn title(&self) -> &str {
        self.body.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap_or_default()
    }

    /// The first of [`INTERNALS`] in the body.
    fn leaked_internals(&self) -> Option<&str> {
        INTERNALS.into_iter().find(|word| self.body.contains(word))
    }
}

/// Sends a request with these headers and this body.
async fn request(server: &Server, method: &str, path: &str, headers: &str, body: &str) -> HttpResponse {
    let host = if headers.contains("Host: ") { String::new() } else { format!("Host: {}\r\n", server.address) };
    let text = format!(
        "{method} {path} HTTP/1.1\r\n{host}Connection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    let (status, head, body) = server.raw(&text).await;
    HttpResponse { status, head, body: String::from_utf8(body).unwrap() }
}

#[tokio::test]
async fn other_spellings_redirect_once_to_the_canonical_path_and_keep_the_query() {
    let server = Server::start().await;
    for (method, path, location) in [
        ("GET", "/r/kitchen/", "/r/kitchen"),
        ("GET", "/r/Kitchen", "/r/kitchen"),
        ("GET", "/R/KITCHEN/", "/r/kitchen"),
        ("GET", "//r/kitchen", "/r/kitchen"),
        ("GET", "/r//kitchen", "/r/kitchen"),
        ("GET", "///r///kitchen///", "/r/kitchen"),
        ("GET", "/r/%6Bitchen", "/r/kitchen"),
        ("GET", "/r/%4Bitchen", "/r/kitchen"),
        ("GET", "/%72/kitchen", "/r/kitchen"),
        ("GET", "/r/lobby", "/"),
        ("GET", "/r/Lobby/", "/"),
        ("GET", "//", "/"),
        ("GET", "/r/B%C3%BCro", "/r/b%C3%BCro"),
        ("GET", "/r/BÜRO", "/r/b%C3%BCro"),
        ("GET", "/r/%D0%9A%D0%BD%D0%B8%D0%B3%D0%B8", "/r/%D0%BA%D0%BD%D0%B8%D0%B3%D0%B8"),
        ("GET", "/r/kitchen/42/", "/r/kitchen/42"),
        ("GET", "/r/kitchen/042", "/r/kitchen/42"),
        ("GET", "/r/Kitchen/00", "/r/kitchen/0"),
        ("GET", "/r/Kitchen?before=9&x=%2F%2f", "/r/kitchen?before=9&x=%2F%2f"),
        ("GET", "/r/kitchen/?after=1", "/r/kitchen?after=1"),
        ("GET", "/rooms/?open=%C3%9C", "/rooms?open=%C3%9C"),
        ("GET", "/rooms/", "/rooms"),
        ("GET", "/Rooms", "/rooms"),
        ("GET", "//settings//", "/settings"),
        ("GET", "/Offline/", "/offline"),
        ("GET", "/device/none/", "/device/none"),
        ("GET", "http://localhost//r/Kitchen", "/r/kitchen"),
        ("HEAD", "/r/Kitchen", "/r/kitchen"),
        ("POST", "/r/Kitchen", "/r/kitchen"),
        ("POST", "/Settings/", "/settings"),
    ] {
        let response = request(&server, method, path, NAVIGATION, "").await;
        assert_eq!((response.status, response.header("location")), (308, Some(location)), "{method} {path}");
        assert_eq!(response.header("cache-control"), Some("no-store"), "{path}");
        let target = request(&server, "GET", location, NAVIGATION, "").await;
        assert!([200, 303, 410].contains(&target.status), "{location}: {}", target.status);
    }
}

#[tokio::test]
async fn a_form_posted_to_another_spelling_is_redirected_unchanged() {
    let server = Server::start().await;
    let page = request(&server, "GET", "/r/kitchen", NAVIGATION, "").await;
    let cookie = page.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let headers = format!("{NAVIGATION}Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n");
    let redirected = request(&server, "POST", "/r/Kitchen/", &headers, "name=Ana&text=hello").await;
    let location = redirected.header("location").unwrap();
    assert_eq!((redirected.status, location), (308, "/r/kitchen"));
    let sent = request(&server, "POST", location, &headers, "name=Ana&text=hello").await;
    assert_eq!((sent.status, sent.header("location")), (303, Some("/r/kitchen")));
}

/// Requests with their error: method, path, further headers, and the status and title of the English page.
const ERRORS: [(&str, &str, &str, u16, &str); 44] = [
    ("GET", "/nothing/here", "", 404, "There is nothing at this address"),
    ("GET", "/index.html", "", 404, "There is nothing at this address"),
    ("GET", "/kitchen", "", 404, "There is nothing at this address"),
    ("GET", "/r", "", 404, "There is nothing at this address"),
    ("GET", "/r/", "", 404, "There is nothing at this address"),
    ("GET", "/r/kitchen/1/2", "", 404, "There is nothing at this address"),
    ("GET", "/rooms/kitchen", "", 404, "There is nothing at this address"),
    ("GET", "/healthz/", "", 404, "There is nothing at this address"),
    ("GET", "//evil.example", "", 404, "There is nothing at this address"),
    ("GET", "//evil.example/r/kitchen", "", 404, "There is nothing at this address"),
    ("GET", "///evil.example//", "", 404, "There is nothing at this address"),
    ("GET", "/\\evil.example/r/kitchen", "", 404, "There is nothing at this address"),
    ("GET", "/%2F/evil.example", "", 404, "There is nothing at this address"),
    ("GET", "/%5C%5Cevil.example/", "", 404, "There is nothing at this address"),
    ("GET", "/pkg/none.js", "", 404, "There is nothing at this address"),
    ("GET", "/app/none.png", "", 404, "There is nothing at this address"),
    ("GET", "/ws/chat", "", 426, "There is nothing at this address"),
    ("GET", "/r/No%20Room", "", 404, "No room can have this name"),
    ("GET", "/r/..%2Fhealthz", "", 404, "No room can have this name"),
    ("GET", "/r/%2F%2Fevil.example", "", 404, "No room can have this name"),
    ("GET", "/r/%3Cscript%3Ealert(1)%3C/1", "", 404, "No room can have this name"),
    ("GET", "/r/%3Cscript%3E", "", 404, "No room can have this name"),
    ("GET", "/r/%E2%80%AEnehctik/1", "", 404, "No room can have this name"),
    ("POST", "/r/No%20Room", "", 404, "No room can have this name"),
    ("GET", "/r/kitchen/x", "", 404, "There is no such message"),
    ("GET", "/r/kitchen/+42", "", 404, "There is no such message"),
    ("GET", "/r/kitchen/-1", "", 404, "There is no such message"),
    ("GET", "/r/kitchen/1e3", "", 404, "There is no such message"),
    ("GET", "/r/kitchen/18446744073709551616", "", 404, "There is no such message"),
    ("GET", "/?before=abc", "", 400, "This request can't be read"),
    ("GET", "/r/kitchen?after=-1", "", 400, "This request can't be read"),
    ("GET", "/r/kitchen?before=1&before=2", "", 400, "This request can't be read"),
    ("GET", "/rooms?open=a&open=b", "", 400, "This request can't be read"),
    ("GET", "/r/%ff", "", 400, "This request can't be read"),
    ("GET", "/device/%ff", "", 400, "This request can't be read"),
    ("GET", "/device/none", "", 410, "This link has expired"),
    ("GET", "/sign-out", "", 405, "This address does not accept this request"),
    ("POST", "/rooms", "", 405, "This address does not accept this request"),
    ("DELETE", "/r/kitchen", "", 405, "This address does not accept this request"),
    ("POST", "/device", "", 403, "You need a name first"),
    ("POST", "/", "", 403, "Your browser blocks the cookies of this page"),
    ("POST", "/settings", "Origin: http://evil.example\r\n", 403, "This was sent by a page of another site"),
    ("POST", "/", "Cookie: parlor_session=addresses-000000000001\r\n", 415, "This request can't be read"),
    ("GET", "/rooms?open=No%2FRoom", "", 422, "Rooms"),
];

#[tokio::test]
async fn errors_are_pages_with_links_back_for_browsers() {
    let server = Server::start().await;
    for (method, path, headers, status, title) in ERRORS {
        let response = request(&server, method, path, &format!("{NAVIGATION}{headers}"), "").await;
        let body = &response.body;
        assert_eq!((response.status, response.title()), (status, title), "{method} {path}: {body}");
        assert_eq!(response.header("content-type"), Some("text/html; charset=utf-8"), "{method} {path}");
        assert_eq!(response.header("cache-control"), Some("no-store, no-transform"), "{method} {path}");
        assert_eq!(response.header("location"), None, "{method} {path}");
        let policy = response.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{method} {path}: {policy}");
        assert!(!body.contains("<script"), "{method} {path}: {body}");
        assert!(body.contains("<html lang=\"en\"") && body.contains("href=\"/\""), "{method} {path}: {body}");
        assert_eq!(response.leaked_internals(), None, "{method} {path}: {body}");
        assert_eq!(status == 405, response.header("allow").is_some(), "{method} {path}");
    }
}

#[tokio::test]
async fn error_pages_are_in_the_clients_language() {
    let server = Server::start().await;
    for (headers, language, title) in [
        ("Accept-Language: de-CH, en;q=0.5\r\n", "lang=\"de\" dir=\"ltr\"", "Unter dieser Adresse ist nichts"),
        ("Accept-Language: es\r\n", "lang=\"es\" dir=\"ltr\"", "En esta dirección no hay nada"),
        ("Accept-Language: ja\r\n", "lang=\"ja\" dir=\"ltr\"", "このアドレスには何もありません"),
        ("Accept-Language: ar\r\n", "lang=\"ar\" dir=\"rtl\"", "لا شيء في هذا العنوان"),
        ("Accept-Language: xx\r\n", "lang=\"en\" dir=\"ltr\"", "There is nothing at this address"),
    ] {
        let response = request(&server, "GET", "/nothing", &format!("{NAVIGATION}{headers}"), "").await;
        assert!(response.body.contains(language) && response.title() == title, "{headers}: {}", response.body);
        assert!(response.header("vary").unwrap().contains("Accept-Language"));
    }
    let set = request(&server, "POST", "/settings", NAVIGATION, "lang=ja").await;
    let cookie = set.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let headers = format!("{NAVIGATION}Accept-Language: de\r\nCookie: {cookie}\r\n");
    assert_eq!(request(&server, "GET", "/r/kitchen/x", &headers, "").await.title(), "そのメッセージはありません");
}

#[tokio::test]
async fn programs_get_short_error_texts_without_internals() {
    let server = Server::start().await;
    for accept in
        ["", "Accept: */*\r\n", "Accept: application/json\r\n", "Accept: application/json, text/html;q=0.5\r\n"]
    {
        for (method, path, headers, status, _) in
            ERRORS.into_iter().filter(|(_, _, _, status, _)| ![410, 422].contains(status))
        {
            let response = request(&server, method, path, &format!("{accept}{headers}"), "").await;
            assert_eq!(response.status, status, "{accept}{method} {path}");
            assert_eq!(response.header("content-type"), Some("text/plain; charset=utf-8"), "{accept}{method} {path}");
            assert_eq!(response.header("cache-control"), Some("no-store"), "{accept}{method} {path}");
            assert!(response.body.len() < 120 && response.body.ends_with('\n'), "{method} {path}: {}", response.body);
            assert_eq!(response.leaked_internals(), None, "{method} {path}: {}", response.body);
        }
    }
}

#[tokio::test]
async fn an_error_in_response_to_head_has_no_body() {
    let server = Server::start().await;
    for path in ["/nothing", "/r/No%20Room", "/?before=x", "/sign-out"] {
        let [head, get] =
            [request(&server, "HEAD", path, NAVIGATION, "").await, request(&server, "GET", path, NAVIGATION, "").await];
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
    }
}

#[tokio::test]
async fn a_too_large_form_gets_an_error_page() {
    let server = Server::start().await;
    let body = format!("text={}", "x".repeat(parlor::limits::HTTP_BODY_BYTES));
    let response = request(&server, "POST", "/", NAVIGATION, &body).await;
    assert_eq!((response.status, response.title()), (413, "That is too large"));
    assert_eq!(response.leaked_internals(), None);
}

#[tokio::test]
async fn the_page_for_an_unknown_host_names_the_public_url_flag_and_loads_nothing() {
    let server = Server::start().await;
    let headers = format!("Host: talk.example:8080\r\n{NAVIGATION}Accept-Language: de\r\n");
    let response = request(&server, "GET", "/r/kitchen", &headers, "").await;
    assert_eq!((response.status, response.title()), (421, "So heißt dieser Server nicht"));
    assert!(response.body.contains("--public-url http://talk.example:8080"), "{}", response.body);
    assert!(!response.body.contains("stylesheet") && !response.body.contains("<script"), "{}", response.body);
    let response = request(&server, "GET", "/", &format!("Host: <b>evil</b>\r\n{NAVIGATION}"), "").await;
    assert_eq!((response.status, response.title()), (400, "This request can't be read"));
    assert!(!response.body.contains("evil"), "{}", response.body);
}

#[tokio::test]
async fn the_path_of_a_missing_message_says_so_in_every_language() {
    let server = Server::start().await;
    let mut ana = server.join_rich("ana").await;
    ana.post("one", "there").await;
    ana.expect_ack("one").await;
    for (language, text) in [
        ("en", "This message does not exist, or not any more."),
        ("de", "Diese Nachricht gibt es nicht oder nicht mehr."),
        ("es", "Este mensaje no existe, o ya no."),
        ("ja", "このメッセージはないか、もうありません。"),
        ("ar", "هذه الرسالة غير موجودة، أو لم تعد موجودة."),
    ] {
        // Each page contains the text once anyway, among the UI texts for its script.
        for (path, expected) in [("/r/lobby/1", 1), ("/r/lobby/0", 2), ("/r/lobby/2", 2), ("/r/lobby/99999", 2)] {
            let response =
                request(&server, "GET", path, &format!("{NAVIGATION}Accept-Language: {language}\r\n"), "").await;
            assert_eq!(response.status, 200, "{path}");
            assert_eq!(response.body.matches(text).count(), expected, "{language} {path}");
            assert!(response.body.contains(">there<"), "the nearest messages are shown: {path}");
        }
    }
    let empty = request(&server, "GET", "/r/empty/7", NAVIGATION, "").await;
    assert_eq!(empty.body.matches("This message does not exist").count(), 2);
}
