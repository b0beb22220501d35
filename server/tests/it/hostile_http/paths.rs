//! Paths that leave a directory, are malformed, or contain an invalid room name.

use super::case::{Case, Expected, run, status};
use super::routes::get;
use crate::support::Server;

/// Paths without a resource.
const MISSING: [&str; 62] = [
    "/./",
    "/../",
    "/%",
    "/%2e",
    "/%00",
    "/%ff",
    "/index.html",
    "/Healthz",
    "/healthz/",
    "/healthz%00",
    "/%68ealthz/..",
    "//healthz",
    "/.git/config",
    "/.env",
    "/Cargo.toml",
    "/data/parlor.db",
    "/pkg",
    "/pkg/",
    "/pkg//",
    "/pkg/.",
    "/pkg/..",
    "/pkg/../Cargo.toml",
    "/pkg/../../Cargo.toml",
    "/pkg/../../../../../../../../etc/passwd",
    "/pkg/..%2fCargo.toml",
    "/pkg/..%2f..%2fCargo.toml",
    "/pkg/%2e%2e/Cargo.toml",
    "/pkg/%2e%2e/%2e%2e/Cargo.toml",
    "/pkg/%2e%2e%2f%2e%2e%2fCargo.toml",
    "/pkg/%252e%252e%252fCargo.toml",
    "/pkg/..\\..\\Cargo.toml",
    "/pkg/..%5c..%5cCargo.toml",
    "/pkg//etc/passwd",
    "/pkg/%2fetc/passwd",
    "/pkg/%2fetc%2fpasswd",
    "/pkg/%00",
    "/pkg/parlor.css%00.js",
    "/pkg/%2fetc/passwd%00.css",
    "/pkg/%c0%ae%c0%ae/Cargo.toml",
    "/pkg/%c0%ae%c0%ae%c0%afCargo.toml",
    "/pkg/%e0%80%ae%e0%80%ae/Cargo.toml",
    "/pkg/%",
    "/pkg/%2",
    "/pkg/%zz",
    "/pkg/%ff%fe",
    "/app/",
    "/app/..%2ficon.svg",
    "/app/..%2f..%2fCargo.toml",
    "/app/%00",
    "/app/icon.svg%00",
    "/app/%ff",
    "/app/ICON.SVG",
    "/device/%ff",
    "/device/",
    "/device/..%2f..",
    "/device/%00",
    "/device/a/b",
    "/offline/x",
    "/ws/chat/",
    "/ws",
    "/service-worker.js.map",
    "/robots.txt/..",
];

/// Paths of rooms and messages that are invalid.
const INVALID_ROOMS: [&str; 30] = [
    "/r",
    "/r/",
    "/r//",
    "/r/.",
    "/r/..",
    "/r/%2e%2e",
    "/r/..%2f..",
    "/r/a%2fb",
    "/r/a%20b",
    "/r/a+b",
    "/r/a.b",
    "/r/%",
    "/r/%zz",
    "/r/%ff",
    "/r/%00",
    "/r/lobby%00",
    "/r/lobby%0d%0aX-Odd:1",
    "/r/%3Cscript%3E",
    "/r/%E2%80%AEybbol",
    "/r/%ED%A0%80",
    "/r/lobby/-1",
    "/r/lobby/x",
    "/r/lobby/1x",
    "/r/lobby/0x1",
    "/r/lobby/1e3",
    "/r/lobby/1.0",
    "/r/lobby/%ff",
    "/r/lobby/18446744073709551616",
    "/r/lobby/99999999999999999999999999999999",
    "/r/lobby/1/2",
];

/// Other spellings of a page's path, which redirect to the canonical one.
const OTHER_SPELLINGS: [&str; 14] = [
    "//",
    "///",
    "/settings/",
    "/rooms/",
    "//rooms",
    "/r//1",
    "/R/lobby",
    "/r/lobby",
    "/r/Lobby",
    "/r/lobby/",
    "/r/Lobby/1",
    "/r/a//1",
    "/r/%6Bitchen",
    "/r/LONG%C3%9C/",
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let long = |what: &str, bytes: usize| what.repeat(bytes / what.len());
    let generated = [
        ("/ and 16 KB", format!("/{}", long("a", 16_384))),
        ("/ and 16 KB of slashes", long("/", 16_384)),
        ("/r/ and 65 characters", format!("/r/{}", long("a", 65))),
        ("/r/ and 33 letters of two bytes", format!("/r/{}", long("%D0%B0", 33 * 6))),
        ("/r/ and 16 KB", format!("/r/{}", long("a", 16_384))),
        ("/r/lobby/ and 16 KB of digits", format!("/r/lobby/{}", long("1", 16_384))),
        ("/pkg/ and 16 KB", format!("/pkg/{}", long("a", 16_384))),
        ("/pkg/ and 16 KB of parents", format!("/pkg/{}", long("../", 16_384))),
        ("/pkg/ and 16 KB of encoded parents", format!("/pkg/{}", long("%2e%2e%2f", 16_384))),
        ("/app/ and 16 KB", format!("/app/{}", long("a", 16_384))),
        ("/device/ and 16 KB", format!("/device/{}", long("a", 16_384))),
    ];
    let listed = MISSING.iter().chain(&INVALID_ROOMS).map(|path| ((*path).to_owned(), (*path).to_owned()));
    for (name, path) in listed.chain(generated.map(|(name, path)| (name.to_owned(), path))) {
        let case = Case::new(format!("GET {name}"), get(&path, ""), Expected::ClientError);
        cases.push(case.without_text("[package]").without_text("root:x:").without_header("x-odd"));
    }
    for path in OTHER_SPELLINGS {
        let case = Case::new(format!("GET {path}"), get(path, ""), status(308));
        cases.push(case.with("must stay on this site", |response| {
            response.headers("location").all(|to| to.starts_with('/') && !to.starts_with("//") && to.is_ascii())
        }));
    }
    // The limits of the integer types of a seq.
    for seq in ["0", "9223372036854775807", "9223372036854775808", "18446744073709551615"] {
        let path = format!("/r/lobby/{seq}");
        cases.push(Case::new(format!("GET {path}"), get(&path, ""), Expected::NoServerError));
    }
    cases
}

#[tokio::test]
async fn paths_without_a_resource_are_client_errors() {
    let server = Server::start().await;
    run(&server, "paths", cases()).await;
}
