//! Access control as tables that a person can read: every message of a client, every route and every step of the plain
//! dialect, as every kind of person, in every kind of room.
//!
//! [`decisions`] and [`server_decisions`] are the tables of `may` itself. [`http_table`], [`rich_table`] and [`plain`] are the tables of the steps;
//! a message, a method of a route or a form without a row fails. Each row is played against a running server and
//! compared with `may`. [`removal`] and [`reopening`] test access that ends.

mod actors;
mod attacks;
mod decisions;
mod expected;
mod fixture;
mod http;
mod http_table;
mod plain;
mod removal;
mod reopening;
mod rich;
mod rich_table;
mod rooms;
mod server_decisions;
mod set_up;
mod table;

use parlor_server::access::Admission;

use self::fixture::Fixture;
use self::table::Report;

#[tokio::test]
async fn every_step_is_allowed_or_refused_as_may_decides_on_an_open_server() {
    play(Admission::Open).await;
}

#[tokio::test]
async fn every_step_is_allowed_or_refused_as_may_decides_on_a_server_that_guests_read() {
    play(Admission::GuestsRead).await;
}

#[tokio::test]
async fn every_step_is_allowed_or_refused_as_may_decides_on_a_server_by_invitation() {
    play(Admission::Invited).await;
}

async fn play(admission: Admission) {
    let (mut fixture, mut report) = (Fixture::start(admission).await, Report::default());
    // A form that is refused and takes effect all the same would change what the others are compared with.
    http::play(&mut fixture, &mut report).await;
    plain::play(&mut fixture, &mut report).await;
    rich::play(&mut fixture, &mut report).await;
    report.finish();
}
