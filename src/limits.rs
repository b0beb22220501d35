//! How much of anything there may be: each constant with its unit and the reason for its value.
//!
//! A limit that the server can switch off (`--limits off`) says so.

/// Longest body of a message, in bytes of UTF-8: a few pages of text, and small enough that one fits a socket's buffer.
pub const BODY_BYTES: usize = 16 * 1024;

/// Longest name, in grapheme clusters (what a reader sees as characters): fits the roster on a phone.
pub const NAME_GRAPHEMES: usize = 32;

/// Longest name, in bytes of UTF-8: a grapheme cluster can pile up any number of combining marks.
pub const NAME_BYTES: usize = 256;

/// Places in one message at which a mention is looked for; an `@` beyond them is text.
pub const MENTIONS_PER_MESSAGE: usize = 200;

/// Longest room name, in bytes of UTF-8: it stands in an address.
pub const ROOM_NAME_BYTES: usize = 64;

/// Longest client id, in characters: a UUID with its hyphens.
pub const CLIENT_ID_CHARS: usize = 36;

/// Largest WebSocket message a client may send, in bytes. A body escaped as `\uXXXX` by a client that writes
/// ASCII only takes up to three times its UTF-8 length, and the rest of the message has to fit too.
pub const FRAME_BYTES: usize = 64 * 1024;

/// Rooms that one connection may be in at once.
pub const ROOMS_PER_CONNECTION: usize = 64;

/// Rooms that have a log, of one server: what the database's row ids hold. Creation is paced for each session and
/// address (see [`ROOMS_PER_HOUR`]), so that no address gets there.
pub const ROOMS: usize = 4_000_000;

/// Rooms without members that stay in memory: above it they are evicted, and read again when somebody comes.
pub const ROOMS_IN_MEMORY: usize = 4_096;

/// Rooms that one session may create at once before [`ROOMS_PER_HOUR`] holds. Off with `--limits off`.
pub const ROOM_BURST: u32 = 20;

/// Rooms per hour that one session may go on creating. Off with `--limits off`.
pub const ROOMS_PER_HOUR: u32 = 60;

/// Rooms that all clients of one address may create at once before [`ROOMS_PER_HOUR_AND_ADDRESS`] holds: a school in
/// which each class begins some. Off with `--limits off`.
pub const ROOM_BURST_PER_ADDRESS: u32 = 256;

/// Rooms per hour that all clients of one address may go on creating. Off with `--limits off`.
pub const ROOMS_PER_HOUR_AND_ADDRESS: u32 = 600;

/// Receipts that one session may have in rooms without a log, where each stands for a request that changed nothing.
pub const UNLOGGED_RECEIPTS: usize = 256;

/// How long a receipt in a room without a log counts, in days: longer than a client goes on repeating a request.
pub const UNLOGGED_RECEIPT_DAYS: u64 = 30;

/// Longest topic of a room, in bytes of UTF-8: a line above the messages.
pub const TOPIC_BYTES: usize = 256;

/// Longest emoji, in bytes of UTF-8: a family of four with a skin tone each, which some systems draw. The longest that
/// Unicode recommends (`emoji-zwj-sequences.txt`, version 17) is a kiss with two skin tones, of 35.
pub const EMOJI_BYTES: usize = 41;

/// Different emoji on one message: as many as a reader can still tell apart.
pub const REACTIONS_PER_MESSAGE: usize = 20;

/// People named beside one emoji of a message; all of them are counted.
pub const REACTION_PEOPLE: usize = 20;

/// Characters (code points) of a message that are shown above one that answers it: two lines.
pub const QUOTE_CHARS: usize = 140;

/// Messages that one snapshot or page carries, and events of one frame of what was missed: fills a large screen twice.
pub const PAGE_EVENTS: usize = 50;

/// Events that somebody who comes back is told of, at most: who missed more gets the newest page of messages, which is
/// there sooner.
pub const MISSED_EVENTS: u64 = 10_000;
/// Messages one connection may send at once before [`POSTS_PER_SECOND`] holds; a flush of 20 pending ones passes.
/// Off with `--limits off`.
pub const POST_BURST: u32 = 40;

/// Messages per second that one connection may keep sending. Off with `--limits off`.
pub const POSTS_PER_SECOND: u32 = 10;

/// Control frames and fragments (RFC 6455 §5.4, §5.5) that one connection may send at once before
/// [`CONTROL_FRAMES_PER_SECOND`] holds: the largest message in fragments of eight bytes passes.
pub const CONTROL_FRAME_BURST: u32 = 8_192;

/// Control frames and fragments per second that one connection may keep sending: far more than any client needs, and
/// little work.
pub const CONTROL_FRAMES_PER_SECOND: u32 = 4_096;

/// People listed by name in a roster; above it a roster is a count and the first so many.
pub const ROSTER_PEOPLE: usize = 500;

/// Once in so many milliseconds it is told of somebody that they are writing: a signal to everyone in the room.
pub const TYPING_PAUSE_MS: u64 = 3_000;

/// Rooms in one list of them: more than anyone reads.
pub const LISTED_ROOMS: usize = 200;

/// Longest text to search for, in bytes of UTF-8: a line.
pub const SEARCH_BYTES: usize = 256;

/// Messages that one search finds at most: two screens.
pub const SEARCH_HITS: usize = 40;

/// Searches of one connection at once before [`SEARCHES_PER_SECOND`] holds: somebody types a word. Off with
/// `--limits off`.
pub const SEARCH_BURST: u32 = 5;

/// Searches per second that one connection may keep up; of those that have to wait, the last is done. Off with
/// `--limits off`.
pub const SEARCHES_PER_SECOND: u32 = 4;

/// Open connections from one address: a school behind one router fits. Off with `--limits off`.
pub const CONNECTIONS_PER_ADDRESS: usize = 2_048;

/// Links to another device that can be used at once, one for each session. Above it the oldest gives way.
pub const DEVICE_LINKS: usize = 1_024;

/// The same for one address.
pub const DEVICE_LINKS_PER_ADDRESS: usize = 64;

/// How long a link to another device can be used, in seconds: enough to find the phone.
pub const DEVICE_LINK_SECONDS: u64 = 300;

/// People who are there by forms alone at once: each may hold a name, and has no connection that could be counted. Above
/// it the one who has been idle the longest gives way.
pub const VISITORS: usize = 1_024;

/// The same for one address. Off with `--limits off`.
pub const VISITORS_PER_ADDRESS: usize = 256;

/// Names that sessions of one address may hold at once, with and without a connection: more than it may have
/// connections, so that there is always one whose session is gone and gives way. Off with `--limits off`.
pub const NAMES_PER_ADDRESS: usize = 3_072;

/// How long a name is held for somebody who is there by forms alone, from one request to the next, in seconds: a long
/// message is written meanwhile.
pub const VISIT_SECONDS: u64 = 15 * 60;

/// Largest body of an HTTP request, in bytes: a message in a form takes up to three times its length.
pub const HTTP_BODY_BYTES: usize = 64 * 1024;

const _: () = {
    assert!(FRAME_BYTES >= 3 * BODY_BYTES + 4 * 1024, "an escaped body must fit a frame");
    assert!(HTTP_BODY_BYTES >= 3 * BODY_BYTES + 4 * 1024, "a message must fit a form");
    assert!(NAMES_PER_ADDRESS > CONNECTIONS_PER_ADDRESS, "a session without a connection has to give way");
    assert!(POST_BURST > 20, "an outbox of 20 pending messages must pass at once");
};
