//! A fake WebSocket, whose server side the test plays.

use js_sys::{Promise, eval};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

const FAKE: &str = r"
    window.originalWebSocket = window.WebSocket;
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

/// While this value lives, new sockets are fakes in `window.sockets`.
pub(crate) struct FakeServer;

impl FakeServer {
    /// Replaces `WebSocket` by the fake.
    pub(crate) fn install() -> Self {
        js(FAKE);
        Self
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        js("window.WebSocket = window.originalWebSocket");
    }
}

/// Evaluates a script and returns its value as text.
pub(crate) fn js(script: &str) -> String {
    let value = eval(&format!("String((() => {{ {} }})())", with_return(script))).unwrap();
    value.as_string().unwrap()
}

/// Listens from now on for the next event of this name on the window, and resolves when it occurs.
pub(crate) fn next_event(event: &str) -> impl Future<Output = ()> {
    let script = format!("new Promise((resolve) => window.addEventListener('{event}', resolve, {{ once: true }}))");
    let promise: JsValue = eval(&script).unwrap();
    async move { drop(JsFuture::from(Promise::from(promise)).await.unwrap()) }
}

fn with_return(script: &str) -> String {
    if script.contains(';') { script.to_owned() } else { format!("return {script}") }
}
