//! A WebSocket that the test plays the other end of.

use js_sys::{Promise, eval};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

const FAKE: &str = r"
    window.trueWebSocket = window.WebSocket;
    window.sockets = [];
    window.WebSocket = class extends EventTarget {
        constructor(url, asked) {
            super();
            Object.assign(this, { url, asked, readyState: 0, protocol: '', sent: [] });
            sockets.push(this);
            window.dispatchEvent(new Event('opening'));
        }
        send(text) { this.sent.push(text); window.dispatchEvent(new Event('sent')); }
        close() { this.readyState = 3; window.dispatchEvent(new Event('closed')); }
        accept(protocol) { this.protocol = protocol; this.readyState = 1; this.dispatchEvent(new Event('open')); }
        say(data) { this.dispatchEvent(new MessageEvent('message', { data })); }
        end(code) { this.readyState = 3; this.dispatchEvent(new CloseEvent('close', { code })); }
    };
";

/// While it lives, sockets are fakes in `window.sockets`.
pub(crate) struct FakeServer;

impl FakeServer {
    /// Puts the fake in place.
    pub(crate) fn install() -> Self {
        js(FAKE);
        Self
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        js("window.WebSocket = window.trueWebSocket");
    }
}

/// Evaluates a script; what it gives, as text.
pub(crate) fn js(script: &str) -> String {
    let value = eval(&format!("String((() => {{ {} }})())", returning(script))).unwrap();
    value.as_string().unwrap()
}

/// Resolves at the next event of this name on the window, counted from the call.
pub(crate) async fn next(promise: Promise) {
    JsFuture::from(promise).await.unwrap();
}

/// A future of the next event of this name; it listens from the call on.
pub(crate) fn happens(event: &str) -> impl Future<Output = ()> {
    let script = format!("new Promise((resolve) => window.addEventListener('{event}', resolve, {{ once: true }}))");
    let promise: JsValue = eval(&script).unwrap();
    next(Promise::from(promise))
}

fn returning(script: &str) -> String {
    if script.contains(';') { script.to_owned() } else { format!("return {script}") }
}
