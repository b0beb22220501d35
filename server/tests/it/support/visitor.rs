//! A person with a browser: requests with the cookie that the server has set last.

use super::client_host::ClientHost;
use super::http_response::HttpResponse;
use super::{RichClient, Server};

/// A browser without script.
pub(crate) struct Visitor<'a> {
    server: &'a Server,
    host: ClientHost,
    /// The session's token; empty before the server has set one.
    pub(crate) token: String,
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(server: &'a Server) -> Self {
        Self::at(server, 1)
    }

    /// A browser at the address 127.0.0.`last`, by which limits count.
    pub(crate) fn at(server: &'a Server, last: u8) -> Self {
        Self { server, host: ClientHost::new(server, last), token: String::new() }
    }

    /// A visitor who owns the server and has this name.
    pub(crate) async fn owner(server: &'a Server, name: &str) -> Self {
        let mut owner = Self::new(server);
        owner.accept(&server.owner_link()).await;
        owner.join(name).await;
        owner
    }

    pub(crate) async fn get(&mut self, path: &str) -> HttpResponse {
        self.request(&format!("GET {path} HTTP/1.1\r\n"), "").await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &str) -> HttpResponse {
        let head = format!("POST {path} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n");
        self.request(&head, form).await
    }

    /// Sends a form that is accepted.
    pub(crate) async fn submit(&mut self, path: &str, form: &str) -> HttpResponse {
        let response = self.post(path, form).await;
        assert!([200, 303].contains(&response.status), "POST {path} {form}: {}", response.text());
        response
    }

    /// Opens an invitation and accepts it.
    pub(crate) async fn accept(&mut self, path: &str) {
        assert_eq!(self.get(path).await.status, 200, "{path}");
        self.submit(path, "").await;
    }

    /// Takes a name in the lobby.
    pub(crate) async fn join(&mut self, name: &str) {
        self.get("/").await;
        self.submit("/", &format!("name={name}")).await;
    }

    /// Makes an invitation with this form, and returns its path.
    pub(crate) async fn invite(&mut self, path: &str) -> String {
        let page = self.submit(path, "do=invite&days=7&uses=5&note=friends").await.text();
        format!("/invite/{}", text_after(&page, "/invite/"))
    }

    /// Sets who may come in to the server.
    pub(crate) async fn close_server(&mut self, admission: &str) {
        self.submit("/server", &format!("do=settings&name=Club&welcome=&admission={admission}&creation=everyone"))
            .await;
    }

    /// A WebSocket of this browser that has entered the lobby.
    pub(crate) async fn connect(&self) -> RichClient {
        self.server.enter_lobby_as(Some(&self.token), None).await.0
    }

    /// Sends the head of a form's request, and waits until the server wants the body (RFC 9110 §10.1.1). Returns what sends
    /// it.
    pub(crate) async fn begin_post(&self, path: &str, form: &str) -> impl AsyncFnOnce() -> HttpResponse + use<> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n"
        );
        let request = self.request_text(&head, form);
        let (head, body) = request.split_at(request.len() - form.len());
        let body = body.to_owned();
        let mut connection = self.host.http().await;
        connection.send(head).await;
        connection.responses.receive_exact("HTTP/1.1 100 Continue\r\n\r\n".len()).await;
        async move || {
            connection.send(&body).await;
            connection.next_response().await.expect("a response")
        }
    }

    fn request_text(&self, head: &str, body: &str) -> String {
        let host = self.server.address;
        let cookie =
            if self.token.is_empty() { String::new() } else { format!("Cookie: parlor_session={}\r\n", self.token) };
        format!(
            "{head}Host: {host}\r\nOrigin: http://{host}\r\nAccept: text/html\r\nConnection: close\r\n{cookie}\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    async fn request(&mut self, head: &str, body: &str) -> HttpResponse {
        let response = self.host.send(&self.request_text(head, body)).await;
        for cookie in response.headers("set-cookie") {
            if let Some(token) = cookie.strip_prefix("parlor_session=") {
                self.token = token.split(';').next().unwrap().to_owned();
            }
        }
        response
    }
}

/// The token or id after the first occurrence of `start`.
pub(crate) fn text_after(page: &str, start: &str) -> String {
    let (_, rest) = page.split_once(start).unwrap_or_else(|| panic!("no {start} in {page}"));
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}
