//! The floor: what a fan-out costs if it does nothing else. One epoll loop, one write a socket and turn; no checks, no
//! names but in what it sends, no bounds, no history.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
};

use mio::{
    Events, Interest, Poll, Token,
    net::{TcpListener, TcpStream},
};
use parlor_bench::frame::{self, Header, Kind};

const LISTENER: Token = Token(usize::MAX);

struct Member {
    stream: TcpStream,
    bytes: Vec<u8>,
    unsent: Vec<u8>,
    room: Option<usize>,
    name: Option<String>,
}

#[derive(Default)]
struct Room {
    members: Vec<usize>,
    turn: Vec<u8>,
}

fn main() -> io::Result<()> {
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(([127, 0, 0, 1], 0).into())?;
    println!("ready: {}", listener.local_addr()?);
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut events = Events::with_capacity(4096);
    let mut members: Vec<Option<Member>> = Vec::new();
    let (mut names, mut rooms) = (HashMap::<String, usize>::new(), Vec::<Room>::new());
    let mut buffer = vec![0; 64 * 1024];
    loop {
        if let Err(error) = poll.poll(&mut events, None) {
            if error.kind() == io::ErrorKind::Interrupted {
                continue;
            }
            return Err(error);
        }
        let mut turned = Vec::new();
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    let _ = stream.set_nodelay(true);
                    poll.registry().register(
                        &mut stream,
                        Token(members.len()),
                        Interest::READABLE | Interest::WRITABLE,
                    )?;
                    members.push(Some(Member {
                        stream,
                        bytes: Vec::new(),
                        unsent: Vec::new(),
                        room: None,
                        name: None,
                    }));
                }
                continue;
            }
            let index = event.token().0;
            let Some(member) = members[index].as_mut() else { continue };
            if event.is_writable() {
                send(member, &[]);
            }
            if event.is_readable() {
                if !read(member, &mut buffer) {
                    if let Some(room) = member.room {
                        rooms[room].members.retain(|other| *other != index);
                    }
                    members[index] = None;
                    continue;
                }
                if member.room.is_none()
                    && let Some(name) = upgrade(member)
                {
                    let room = *names.entry(name).or_insert_with(|| {
                        rooms.push(Room::default());
                        rooms.len() - 1
                    });
                    member.room = Some(room);
                    rooms[room].members.push(index);
                }
                if let Some(room) = member.room {
                    hear(member, &mut rooms[room].turn);
                    if !rooms[room].turn.is_empty() && !turned.contains(&room) {
                        turned.push(room);
                    }
                }
            }
        }
        for room in turned {
            let room = &mut rooms[room];
            for index in &room.members {
                if let Some(member) = members[*index].as_mut() {
                    send(member, &room.turn);
                }
            }
            room.turn.clear();
        }
    }
}

fn read(member: &mut Member, buffer: &mut [u8]) -> bool {
    loop {
        match member.stream.read(buffer) {
            Ok(0) => return false,
            Ok(count) => {
                member.bytes.extend_from_slice(&buffer[..count]);
                if count < buffer.len() {
                    return true;
                }
            }
            Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
        }
    }
}

// Answers the upgrade once all of it is there. Returns the room's name.
fn upgrade(member: &mut Member) -> Option<String> {
    let end = member.bytes.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let request = String::from_utf8_lossy(&member.bytes[..end]).into_owned();
    member.bytes.drain(..end);
    // The clients' key is always the same, and so is the answer to it (RFC 6455, section 1.3).
    let answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    send(member, answer);
    let target = request.split(' ').nth(1).unwrap_or_default();
    Some(target.split_once("room=").map_or("", |(_, room)| room).to_owned())
}

// The clients' mask is zero, so the payload is as it stands.
fn hear(member: &mut Member, turn: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(header) = Header::parse(&member.bytes[at..]).filter(|it| at + it.total() <= member.bytes.len()) {
        let text = String::from_utf8_lossy(&member.bytes[at + header.before..at + header.total()]);
        if header.kind == Kind::Text {
            let (name, message) = match &member.name {
                Some(name) => (name.clone(), text.into_owned()),
                None => {
                    member.name = Some(text.to_string());
                    (text.to_string(), format!("{text} has joined the chat"))
                }
            };
            frame::server_text(format!(r#"{{"username":"{name}","message":"{message}"}}"#).as_bytes(), turn);
        }
        at += header.total();
    }
    member.bytes.drain(..at);
}

fn send(member: &mut Member, bytes: &[u8]) {
    if !member.unsent.is_empty() {
        member.unsent.extend_from_slice(bytes);
        let unsent = std::mem::take(&mut member.unsent);
        let written = write(member, &unsent);
        member.unsent = unsent;
        member.unsent.drain(..written);
    } else if !bytes.is_empty() {
        let written = write(member, bytes);
        member.unsent.extend_from_slice(&bytes[written..]);
    }
}

fn write(member: &mut Member, bytes: &[u8]) -> usize {
    let mut written = 0;
    while written < bytes.len() {
        match member.stream.write(&bytes[written..]) {
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            // It is told as readable, too, and taken off there.
            Err(_) => return bytes.len(),
        }
    }
    written
}
