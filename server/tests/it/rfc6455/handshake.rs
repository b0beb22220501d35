//! The request line, and the headers that are not the WebSocket protocol's own (RFC 6455 §4.2.1).

use super::request::{Request, request};

pub(crate) fn cases() -> Vec<Request> {
    [request_line(), connection_and_upgrade(), spelling(), rooms(), origins()].concat()
}

fn request_line() -> Vec<Request> {
    vec![
        request("correct request"),
        request("absolute target").target("http://{host}/ws/chat"),
        request("HTTP/1.0").version("HTTP/1.0").refused(),
        request("HTTP/1.0 with keep-alive").version("HTTP/1.0").set("Connection", "keep-alive, Upgrade").refused(),
        request("HTTP/2.0").version("HTTP/2.0").refused(),
        request("HTTP/0.9").version("HTTP/0.9").refused(),
        request("no HTTP version").version("").refused(),
        request("HEAD").method("HEAD").refused(),
        request("POST").method("POST").with("Content-Length", "0").answers([405]),
        request("PUT").method("PUT").with("Content-Length", "0").refused(),
        request("DELETE").method("DELETE").refused(),
        request("OPTIONS").method("OPTIONS").refused(),
        request("CONNECT").method("CONNECT").refused(),
        request("unknown method").method("UPGRADE").refused(),
        request("method in lower case").method("get").refused(),
        request("another path").target("/ws").refused(),
        request("path with a slash at its end").target("/ws/chat/").refused(),
        request("path in upper case").target("/WS/CHAT").refused(),
        (0..150).fold(request("150 headers"), |request, number| request.with(&format!("X-{number}"), "1")).refused(),
        request("header without a colon").with("broken\r\nname", "value").refused(),
        request("header name with a space").with("X Header", "value").refused(),
        request("header value with a NUL").with("X-Header", "a\0b").refused(),
    ]
}

fn connection_and_upgrade() -> Vec<Request> {
    let connection = |value: &str| request(format!("Connection: {value}")).set("Connection", value);
    let upgrade = |value: &str| request(format!("Upgrade: {value}")).set("Upgrade", value);
    vec![
        request("no Connection").without("Connection").answers([426]),
        connection("").answers([426]),
        connection("keep-alive").answers([426]),
        connection("close").answers([426]),
        connection("Upgraded").answers([426]),
        connection("Upgrade2, keep-alive").answers([426]),
        connection("keep-alive, Upgrade"),
        connection("Upgrade, keep-alive"),
        connection("keep-alive,upgrade"),
        connection("UPGRADE"),
        connection(" ,Upgrade, "),
        request("Connection in two headers").set("Connection", "keep-alive").with("Connection", "Upgrade"),
        request("no Upgrade").without("Upgrade").answers([426]),
        upgrade("").answers([426]),
        upgrade("h2c").answers([426]),
        upgrade("websockets").answers([426]),
        upgrade("web socket").answers([426]),
        upgrade("WebSocket"),
        upgrade("WEBSOCKET"),
        upgrade("h2c, websocket"),
        request("Upgrade in two headers").set("Upgrade", "h2c").with("Upgrade", "websocket"),
        request("neither Connection nor Upgrade").without("Connection").without("Upgrade").answers([426]),
    ]
}

fn spelling() -> Vec<Request> {
    vec![
        request("header names in lower case").header_names(str::to_ascii_lowercase),
        request("header names in upper case").header_names(str::to_ascii_uppercase),
        request("unknown headers").with("X-One", "1").with("X-One", "2").with("X-Bytes", [0xE4, 0xFF]),
        request("spaces around values").set("Upgrade", "  websocket\t").set("Sec-WebSocket-Version", "\t13  "),
        request("cookie that is not of this server").with("Cookie", "a=b; parlor_session=!; ;;"),
    ]
}

fn rooms() -> Vec<Request> {
    let accepted = |query: &str| request(format!("query {query}")).target(format!("/ws/chat{query}"));
    let refused = |query: &str| accepted(query).answers([400]);
    let longest = "a".repeat(parlor::limits::ROOM_NAME_BYTES);
    vec![
        accepted("?"),
        accepted("?room=kitchen"),
        accepted("?room=a-b_1"),
        accepted("?room=%6Cobby"),
        accepted("?room=k%C3%BCche"),
        accepted("?other=1"),
        accepted("?other=1&room=kitchen"),
        accepted(&format!("?room={longest}")),
        refused(&format!("?room={longest}a")),
        refused("?room="),
        refused("?room"),
        refused("?room=Kitchen"),
        refused("?room=BAD%20NAME"),
        refused("?room=bad+name"),
        refused("?room=a/b"),
        refused("?room=a.b"),
        refused("?room=%C3%84"),
        refused("?room=%00"),
        refused("?room=a%0d%0a"),
        refused("?room=%ff"),
        refused("?room=a%ff"),
        refused("?room=a&room=b"),
        refused("?room=a&room=a"),
        request("query with a space").target("/ws/chat?room=BAD NAME").refused(),
    ]
}

fn origins() -> Vec<Request> {
    let accepted = |origin: &str| request(format!("Origin: {origin}")).with("Origin", origin);
    let refused = |origin: &str| accepted(origin).answers([403]);
    let two = |name: &str, first: &str, second: &str| {
        request(format!("two Origin headers, {name}")).with("Origin", first).with("Origin", second).answers([403])
    };
    vec![
        accepted("http://{host}"),
        refused("https://{host}"),
        refused("http://evil.example"),
        refused("https://evil.example"),
        refused("null"),
        refused(""),
        refused("{host}"),
        refused("http://{host}.evil.example"),
        refused("http://evil.example#{host}"),
        refused("http://{host}@evil.example"),
        refused("http://{host}:80"),
        refused("http://{host}/"),
        refused("http://{host} http://evil.example"),
        request("Origin that is not UTF-8").with("Origin", [b'h', 0xFF]).answers([403]),
        two("own and foreign", "http://{host}", "http://evil.example"),
        two("foreign and own", "http://evil.example", "http://{host}"),
        two("the same twice", "http://{host}", "http://{host}"),
    ]
}
