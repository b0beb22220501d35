//! People who talk.

use std::time::{Duration, Instant};

use parlor::limits;

use crate::support::{Plain, Server};

/// How many they are: together they may say a few hundred messages at once before a rate holds.
const PEOPLE: usize = 8;

/// People in a room of their own.
pub(crate) struct Honest {
    people: Vec<Plain>,
    said: usize,
}

impl Honest {
    pub(crate) async fn come(server: &Server) -> Self {
        let mut people: Vec<Plain> = Vec::new();
        for number in 0..PEOPLE {
            let mut person = server.nobody_in("?room=quiet").await;
            let name = format!("person {number}");
            person.joins(&name).await;
            for other in &mut people {
                other.hears(&name, &format!("{name} has joined the chat")).await;
            }
            people.push(person);
        }
        Self { people, said: 0 }
    }

    /// Somebody says something and the next person hears it, `times` times. Returns how long each took.
    pub(crate) async fn talk(&mut self, times: usize) -> Vec<Duration> {
        let mut took = Vec::new();
        while took.len() < times {
            let text = format!("message {}", self.said);
            let speaker = self.said % PEOPLE;
            self.keep_the_rate().await;
            let start = Instant::now();
            self.people[speaker].says(&text).await;
            self.hears(speaker + 1, &text).await;
            took.push(start.elapsed());
            for other in 2..=PEOPLE {
                self.hears(speaker + other, &text).await;
            }
            self.said += 1;
        }
        took
    }

    async fn hears(&mut self, person: usize, text: &str) {
        let heard = self.people[person % PEOPLE].next().await;
        assert_eq!(heard["message"], text, "{heard}");
    }

    /// Once what may be said at once is said, each message comes at the rate that is allowed.
    async fn keep_the_rate(&self) {
        if self.said >= PEOPLE * limits::POST_BURST as usize {
            let pause = Duration::from_secs(1) / (PEOPLE as u32 * limits::POSTS_PER_SECOND);
            tokio::time::sleep(pause).await;
        }
    }
}
