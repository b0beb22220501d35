//! One message.

mod actions;
mod reactions;
mod refusal;

use leptos::{either::Either, prelude::*};
use parlor::Quote;

use self::{actions::Actions, reactions::reactions, refusal::Refusal};
use super::{
    avatar::{Avatar, colour},
    markup::Markup,
};
use crate::{
    live::words,
    markup::emoji::is_jumbo,
    state::{
        calendar::utc,
        rows::{Content, Delivery, MessageRow, Row},
    },
};

pub(super) use self::actions::act;

/// A line of the log. Its node stays from pending to confirmed; only what changes is drawn anew.
#[component]
pub(super) fn Message(
    /// The line.
    row: ArcRwSignal<Row>,
    /// The line as it is when it appears.
    first: MessageRow,
) -> impl IntoView {
    let (author, mine) = (first.said.author.clone(), first.mine);
    // A line never becomes one of another kind: until then, and so for ever, the first content stands in.
    let now = ArcMemo::new(move |_| {
        row.with(|row| if let Content::Message(message) = &row.content { message.clone() } else { first.clone() })
    });
    let part = |of: fn(&MessageRow) -> AnyView| {
        let now = now.clone();
        move || now.with(of)
    };
    // What was drawn stays as long as it says the same: a selection in it, too.
    let text = {
        let now = now.clone();
        ArcMemo::new(move |_| now.with(|row| (row.said.body.clone(), row.said.edited)))
    };
    let class = {
        let (now, colour) = (now.clone(), colour(&author));
        words(move || {
            now.with(|row| format!("msg {colour}{}{}", if row.first { " first" } else { "" }, state_class(row)))
        })
    };
    let place = {
        let now = now.clone();
        words(move || now.with(|row| if row.said.seq == 0 { String::new() } else { format!("m{}", row.said.seq) }))
    };
    let label = {
        let (now, name) = (now.clone(), author.name.to_string());
        words(move || now.with(|row| format!("{name}, {}", row.clock)))
    };
    let body = move || {
        let (body, edited) = text.get();
        match body {
            Some(body) => {
                let class = if is_jumbo(body.as_str()) { "body jumbo" } else { "body" };
                Either::Left(view! {
                    <div class=class dir="auto"><Markup text=body.as_str().to_owned()/></div>
                    {edited.then(|| view! { <span class="edited">"edited"</span> })}
                })
            }
            None => Either::Right(view! { <p class="gone">"This message was deleted."</p> }),
        }
    };
    view! {
        <article id=place class=class aria-label=label tabindex="-1">
            <div class="gutter">{part(gutter)}</div>
            <div class="said">
                {part(|row| row.said.reply_to.as_ref().map(quote).into_any())}
                {part(who)}
                {body}
                {part(reactions)}
                {part(|row| Refusal::of(row).into_any())}
            </div>
            <Actions mine/>
        </article>
    }
}

fn gutter(row: &MessageRow) -> AnyView {
    if row.first { view! { <Avatar author=row.said.author.clone()/> }.into_any() } else { time(row) }
}

fn who(row: &MessageRow) -> AnyView {
    if !row.first {
        return ().into_any();
    }
    let name = row.said.author.name.to_string();
    view! { <div class="who"><span class="author" dir="auto">{name}</span>{time(row)}</div> }.into_any()
}

/// When it was said. While it is on its way, that is said here too: in place, so that nothing moves when it arrives.
fn time(row: &MessageRow) -> AnyView {
    let way = match row.delivery {
        Delivery::Pending { online: true } => Some("sending"),
        Delivery::Pending { online: false } => Some("waiting for the connection"),
        _ => None,
    };
    view! {
        <time datetime=utc(row.said.at)>{row.clock.clone()}</time>
        {way.map(|way| view! { <span class="way" title=way><span class="unseen">{way}</span></span> })}
    }
    .into_any()
}

/// What it answers, and the way there.
fn quote(quote: &Quote) -> impl IntoView + use<> {
    let name = quote.author.as_ref().map(|author| author.name.to_string());
    let text = quote.excerpt.clone().unwrap_or_else(|| "This message was deleted.".to_owned());
    view! {
        <a class="quote" href=format!("#m{}", quote.seq) data-act="jump" data-seq=quote.seq.to_string()>
            {name.map(|name| view! { <b dir="auto">{name}</b> })}
            <span dir="auto">{text}</span>
        </a>
    }
}

fn state_class(row: &MessageRow) -> &'static str {
    match row.delivery {
        _ if row.said.body.is_none() => " deleted",
        Delivery::Done => "",
        Delivery::Pending { .. } => " pending",
        Delivery::Held(_) => " pending held",
        Delivery::Refused(_) | Delivery::Leftover => " failed",
    }
}
