//! One message.

use leptos::{either::Either, prelude::*};
use parlor::ClientId;

use super::{
    avatar::{Avatar, colour},
    markup::Markup,
};
use crate::{
    Session,
    live::{click, words},
    markup::emoji::is_jumbo,
    state::{
        calendar::utc,
        rows::{Content, Delivery, MessageRow, Row},
    },
    wording::explain,
};

/// A line of the log. Its node stays from pending to confirmed; only what changes is drawn anew.
#[component]
pub(super) fn Message(
    /// The line.
    row: ArcRwSignal<Row>,
    /// The line as it is when it appears.
    first: MessageRow,
) -> impl IntoView {
    let said = first.said.clone();
    // A line never becomes one of another kind: until then, and so for ever, the first content stands in.
    let now = move || {
        row.with(|row| if let Content::Message(message) = &row.content { message.clone() } else { first.clone() })
    };
    let (now_class, now_gutter, now_who, now_label) = (now.clone(), now.clone(), now.clone(), now.clone());
    let author = said.author.clone();
    let class = {
        let colour = colour(&author);
        words(move || {
            let row = now_class();
            let first = if row.first { " first" } else { "" };
            format!("msg {colour}{first}{}", delivery_class(row.delivery))
        })
    };
    let gutter = {
        let author = author.clone();
        move || {
            let row = now_gutter();
            if row.first {
                Either::Left(view! { <Avatar author=author.clone()/> })
            } else {
                Either::Right(view! { <Time row/> })
            }
        }
    };
    let who = {
        let name = author.name.to_string();
        move || {
            let row = now_who();
            row.first.then(
                || view! { <div class="who"><span class="author" dir="auto">{name.clone()}</span><Time row/></div> },
            )
        }
    };
    let label = {
        let name = author.name.to_string();
        words(move || format!("{name}, {}", now_label().clock))
    };
    let id = said.client_id.clone();
    let body_class = if is_jumbo(said.body.as_str()) { "body jumbo" } else { "body" };
    view! {
        <article class=class aria-label=label>
            <div class="gutter">{gutter}</div>
            <div class="said">
                {who}
                <div class=body_class dir="auto"><Markup text=said.body.as_str().to_owned()/></div>
                {move || trouble(now().delivery).map(|trouble| view! { <Refusal id=id.clone() trouble/> })}
            </div>
        </article>
    }
}

/// When it was said. While it is on its way, that is said here too: in place, so that nothing moves when it arrives.
#[component]
fn Time(row: MessageRow) -> impl IntoView {
    let way = match row.delivery {
        Delivery::Pending { online: true } => Some("sending"),
        Delivery::Pending { online: false } => Some("waiting for the connection"),
        _ => None,
    };
    view! {
        <time datetime=utc(row.said.at)>{row.clock}</time>
        {way.map(|way| view! { <span class="way" title=way><span class="unseen">{way}</span></span> })}
    }
}

struct Trouble {
    text: String,
    retry: bool,
}

/// Why it was not sent, and what its writer can do.
#[component]
fn Refusal(id: ClientId, trouble: Trouble) -> impl IntoView {
    let session = Session::get();
    let (retry_id, edit_id) = (id.clone(), id.clone());
    view! {
        <div class="state">
            <span>{trouble.text}</span>
            {trouble.retry.then(|| view! {
                <button type="button" on:click=click(move || session.input(|client, at| client.retry(&retry_id, at)))>"Retry"</button>
            })}
            <button type="button" on:click=click(move || session.edit(&edit_id))>"Edit"</button>
            <button type="button" on:click=click(move || drop(session.input(|client, at| client.discard(&id, at))))>"Discard"</button>
        </div>
    }
}

fn trouble(delivery: Delivery) -> Option<Trouble> {
    match delivery {
        Delivery::Done | Delivery::Pending { .. } => None,
        Delivery::Held(code) => Some(Trouble { text: format!("Not sent yet. {}", explain(code)), retry: true }),
        Delivery::Refused(code) => Some(Trouble { text: format!("Not sent. {}", explain(code)), retry: false }),
        Delivery::Leftover => {
            let text = "Left from an earlier visit, and perhaps sent then.".to_owned();
            Some(Trouble { text, retry: true })
        }
    }
}

fn delivery_class(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Done => "",
        Delivery::Pending { .. } => " pending",
        Delivery::Held(_) => " pending held",
        Delivery::Refused(_) | Delivery::Leftover => " failed",
    }
}
