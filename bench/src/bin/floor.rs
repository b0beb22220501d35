//! The floor: the minimal cost of a fan-out, as a baseline. One epoll loop with one write per socket and iteration; no
//! checks, no names except in the frames, no limits, no history.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
};

use mio::{
    Events, Interest, Poll, Token,
    net::{TcpListener, TcpStream},
};
use parlor_bench::frame::{self, FrameHeader, FrameKind};

const LISTENER: Token = Token(usize::MAX);

struct Member {
    stream: TcpStream,
    received: Vec<u8>,
    write_buffer: Vec<u8>,
    room: Option<usize>,
    name: Option<String>,
}

#[derive(Default)]
struct Room {
    members: Vec<usize>,
    frames: Vec<u8>,
}

fn main() -> io::Result<()> {
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(([127, 0, 0, 1], 0).into())?;
    println!("ready: {}", listener.local_addr()?);
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut events = Events::with_capacity(4096);
    let mut members: Vec<Option<Member>> = Vec::new();
    let (mut room_indices, mut rooms) = (HashMap::<String, usize>::new(), Vec::<Room>::new());
    let mut buffer = vec![0; 64 * 1024];
    loop {
        if let Err(error) = poll.poll(&mut events, None) {
            if error.kind() == io::ErrorKind::Interrupted {
                continue;
            }
            return Err(error);
        }
        let mut rooms_with_frames = Vec::new();
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
                        received: Vec::new(),
                        write_buffer: Vec::new(),
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
                    let room = *room_indices.entry(name).or_insert_with(|| {
                        rooms.push(Room::default());
                        rooms.len() - 1
                    });
                    member.room = Some(room);
                    rooms[room].members.push(index);
                }
                if let Some(room) = member.room {
                    parse_frames(member, &mut rooms[room].frames);
                    if !rooms[room].frames.is_empty() && !rooms_with_frames.contains(&room) {
                        rooms_with_frames.push(room);
                    }
                }
            }
        }
        for room in rooms_with_frames {
            let room = &mut rooms[room];
            for index in &room.members {
                if let Some(member) = members[*index].as_mut() {
                    send(member, &room.frames);
                }
            }
            room.frames.clear();
        }
    }
}

fn read(member: &mut Member, buffer: &mut [u8]) -> bool {
    loop {
        match member.stream.read(buffer) {
            Ok(0) => return false,
            Ok(count) => {
                member.received.extend_from_slice(&buffer[..count]);
                if count < buffer.len() {
                    return true;
                }
            }
            Err(error) => return error.kind() == io::ErrorKind::WouldBlock,
        }
    }
}

// Answers the handshake request once it is complete. Returns the room's name.
fn upgrade(member: &mut Member) -> Option<String> {
    let end = member.received.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let request = String::from_utf8_lossy(&member.received[..end]).into_owned();
    member.received.drain(..end);
    // The clients always send the same key, so the response is constant (RFC 6455, section 1.3).
    let answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    send(member, answer);
    let target = request.split(' ').nth(1).unwrap_or_default();
    Some(target.split_once("room=").map_or("", |(_, room)| room).to_owned())
}

// Parses the frames of a member, and appends those to broadcast to `frames`. The clients' masking key is zero, so
// payloads need no unmasking.
fn parse_frames(member: &mut Member, frames: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(header) =
        FrameHeader::parse(&member.received[at..]).filter(|it| at + it.frame_length() <= member.received.len())
    {
        let text = String::from_utf8_lossy(&member.received[at + header.header_length..at + header.frame_length()]);
        if header.kind == FrameKind::Text {
            let (name, message) = match &member.name {
                Some(name) => (name.clone(), text.into_owned()),
                None => {
                    member.name = Some(text.to_string());
                    (text.to_string(), format!("{text} has joined the chat"))
                }
            };
            frame::write_server_text(format!(r#"{{"username":"{name}","message":"{message}"}}"#).as_bytes(), frames);
        }
        at += header.frame_length();
    }
    member.received.drain(..at);
}

fn send(member: &mut Member, bytes: &[u8]) {
    if !member.write_buffer.is_empty() {
        member.write_buffer.extend_from_slice(bytes);
        let write_buffer = std::mem::take(&mut member.write_buffer);
        let written = write(member, &write_buffer);
        member.write_buffer = write_buffer;
        member.write_buffer.drain(..written);
    } else if !bytes.is_empty() {
        let written = write(member, bytes);
        member.write_buffer.extend_from_slice(&bytes[written..]);
    }
}

fn write(member: &mut Member, bytes: &[u8]) -> usize {
    let mut written = 0;
    while written < bytes.len() {
        match member.stream.write(&bytes[written..]) {
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            // The connection is also reported as readable, and removed there.
            Err(_) => return bytes.len(),
        }
    }
    written
}
