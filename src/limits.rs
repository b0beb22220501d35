//! Limits of sizes, counts and rates, each with its unit and the reason for its value.
//!
//! The server option `--limits off` disables the limits whose comment says so.

/// Longest body of a message, in bytes of UTF-8: a few pages of text, and small enough for a socket's buffer.
pub const BODY_BYTES: usize = 16 * 1024;

/// Longest name, in grapheme clusters (user-perceived characters): fits into the roster on a phone.
pub const NAME_GRAPHEMES: usize = 32;

/// Longest name, in bytes of UTF-8: a grapheme cluster can have any number of combining marks.
pub const NAME_BYTES: usize = 256;

/// Number of `@` in one message that are resolved as possible mentions; any further `@` is text.
pub const MENTIONS_PER_MESSAGE: usize = 200;

/// Longest room name, in bytes of UTF-8: it is part of a URL.
pub const ROOM_NAME_BYTES: usize = 64;

/// Longest client id, in characters: a UUID with its hyphens.
pub const CLIENT_ID_CHARS: usize = 36;

/// Largest WebSocket message that a client may send, in bytes. A client that writes only ASCII escapes a body as
/// `\uXXXX`, which takes up to three times its UTF-8 length; the rest of the message must fit as well.
pub const FRAME_BYTES: usize = 64 * 1024;

/// Rooms that one connection may have joined at once.
pub const ROOMS_PER_CONNECTION: usize = 64;

/// Rooms with a log on one server: as many as the database's row ids can number. The creation of rooms is rate limited
/// for each account and IP address (see [`ROOMS_PER_HOUR`]), so no address can reach this number.
pub const ROOMS: usize = 4_000_000;

/// Rooms without members that stay in memory. Above this number they are evicted, and loaded again when somebody joins.
pub const ROOMS_IN_MEMORY: usize = 4_096;

/// Rooms that one account may create at once before [`ROOMS_PER_HOUR`] applies. Off with `--limits off`.
pub const ROOM_BURST: u32 = 20;

/// Rooms per hour that one account may create after the burst. Off with `--limits off`.
pub const ROOMS_PER_HOUR: u32 = 60;

/// Rooms that all clients of one IP address may create at once before [`ROOMS_PER_HOUR_AND_ADDRESS`] applies: enough
/// for a school in which each class creates some. Off with `--limits off`.
pub const ROOM_BURST_PER_ADDRESS: u32 = 256;

/// Rooms per hour that all clients of one IP address may create after the burst. Off with `--limits off`.
pub const ROOMS_PER_HOUR_AND_ADDRESS: u32 = 600;

/// Receipts that one account may have in rooms without a log. Such a receipt is for a request that changed nothing.
pub const UNLOGGED_RECEIPTS: usize = 256;

/// How long a receipt in a room without a log is valid, in days: longer than a client retries a request.
pub const UNLOGGED_RECEIPT_DAYS: u64 = 30;

/// Longest topic of a room, in bytes of UTF-8: one line above the messages.
pub const TOPIC_BYTES: usize = 256;

/// Longest title of a private room, in bytes of UTF-8: it is shown in place of a name. Also the longest name of a server
/// or bot token, and note of an invitation.
pub const TITLE_BYTES: usize = 128;

/// Members of one private room.
pub const ROOM_MEMBERS: usize = 1_000;

/// Valid invitation links of one room. Above this number none is made before another is revoked or has expired.
pub const INVITATIONS_PER_ROOM: usize = 64;

/// How long an invitation link may be valid, in days.
pub const INVITATION_DAYS: u64 = 365;

/// Longest welcome text of the server, in bytes of UTF-8: a few lines.
pub const WELCOME_BYTES: usize = 1_024;

/// Accounts with a role on one server: they are kept in memory.
pub const SERVER_MEMBERS: usize = 100_000;

/// Valid invitation links to the server, owner links not counted.
pub const SERVER_INVITATIONS: usize = 256;

/// How long a link to become an owner of the server is valid, in hours.
pub const OWNER_LINK_HOURS: u64 = 24;

/// Bot tokens of one server.
pub const BOT_TOKENS: usize = 1_000;

/// Maximum number of bot tokens that one person has made, so that nobody uses up those of the server.
pub const BOT_TOKENS_PER_PERSON: usize = 64;

/// Rooms of one bot token.
pub const ROOMS_PER_BOT_TOKEN: usize = 64;

/// Recovery codes that one IP address may try per minute. Off with `--limits off`.
pub const RECOVERY_TRIES_PER_MINUTE: u32 = 5;

/// Entries of the audit log. Above this number the oldest are removed.
pub const AUDIT_ENTRIES: u64 = 100_000;

/// Sessions of one account: browsers and devices that are signed in. Above this number the one that was unused the
/// longest is signed out.
pub const SESSIONS_PER_ACCOUNT: usize = 64;

/// Accounts that never had a name, stored because they have read markers. Above about this number those that were unused
/// the longest are removed.
pub const NAMELESS_ACCOUNTS: usize = 10_000;

/// How long a secret from before sessions were stored is valid after the upgrade, in days.
pub const OLD_SECRET_DAYS: u64 = 90;

/// Longest emoji, in bytes of UTF-8: a family of four with a skin tone each, which some systems can display. The
/// longest one that Unicode recommends (`emoji-zwj-sequences.txt`, version 17) is a kiss with two skin tones, of 35
/// bytes.
pub const EMOJI_BYTES: usize = 41;

/// Different emoji among the reactions to one message: as many as a reader can distinguish.
pub const REACTIONS_PER_MESSAGE: usize = 20;

/// People listed by name for one emoji of a message; the count includes all.
pub const REACTION_PEOPLE: usize = 20;

/// Characters (code points) of a message that are quoted above a reply: two lines.
pub const QUOTE_CHARS: usize = 140;

/// Messages in one snapshot or page, and events in one frame of missed events: fills a large screen twice.
pub const PAGE_EVENTS: usize = 50;

/// Missed events that the server sends to a returning client, at most. A client that missed more gets a snapshot of the
/// newest messages, which arrives sooner.
pub const MISSED_EVENTS: u64 = 10_000;

/// Messages that one connection may send at once before [`POSTS_PER_SECOND`] applies; an outbox of 20 pending messages
/// passes. Off with `--limits off`.
pub const POST_BURST: u32 = 40;

/// Messages per second that one connection may send after the burst. Off with `--limits off`.
pub const POSTS_PER_SECOND: u32 = 10;

/// Control frames and fragments (RFC 6455 §5.4, §5.5) that one connection may send at once before
/// [`CONTROL_FRAMES_PER_SECOND`] applies: the largest message in fragments of eight bytes passes.
pub const CONTROL_FRAME_BURST: u32 = 8_192;

/// Control frames and fragments per second that one connection may send after the burst: far more than any client
/// needs, and little work for the server.
pub const CONTROL_FRAMES_PER_SECOND: u32 = 4_096;

/// People listed by name in a roster. A larger roster has the total count and this many names.
pub const ROSTER_PEOPLE: usize = 500;

/// Shortest interval between two typing signals of one person, in milliseconds: each is sent to everyone in the room.
pub const TYPING_PAUSE_MS: u64 = 3_000;

/// Rooms in the list of rooms: more than anyone reads.
pub const LISTED_ROOMS: usize = 200;

/// Longest search query, in bytes of UTF-8: one line.
pub const SEARCH_BYTES: usize = 256;

/// Messages in one search result, at most: two screens.
pub const SEARCH_HITS: usize = 40;

/// Searches that one connection may send at once before [`SEARCHES_PER_SECOND`] applies: one word, typed letter by
/// letter. Off with `--limits off`.
pub const SEARCH_BURST: u32 = 5;

/// Searches per second that one connection may send after the burst. Of several waiting searches only the last is run.
/// Off with `--limits off`.
pub const SEARCHES_PER_SECOND: u32 = 4;

/// Open connections from one IP address: enough for a school behind one router. Off with `--limits off`.
pub const CONNECTIONS_PER_ADDRESS: usize = 2_048;

/// Valid device links on one server, one for each account. Above this number the oldest becomes invalid.
pub const DEVICE_LINKS: usize = 1_024;

/// Valid device links created from one IP address. Above this number the oldest becomes invalid.
pub const DEVICE_LINKS_PER_ADDRESS: usize = 64;

/// How long a device link is valid, in seconds: enough time to find the phone.
pub const DEVICE_LINK_SECONDS: u64 = 300;

/// Form sessions at once: people without a WebSocket, who may hold a name but have no connection that could be counted.
/// Above this number the form session that has been idle the longest ends.
pub const FORM_SESSIONS: usize = 1_024;

/// Form sessions at once from one IP address. Off with `--limits off`.
pub const FORM_SESSIONS_PER_ADDRESS: usize = 256;

/// Names that the accounts of one IP address may hold at once, with and without a connection. This is more than the
/// address may have connections, so there is always a disconnected session whose name can be released. Off with
/// `--limits off`.
pub const NAMES_PER_ADDRESS: usize = 3_072;

/// How long a form session holds its name after each request, in seconds: enough time to write a long message.
pub const FORM_SESSION_SECONDS: u64 = 15 * 60;

/// Largest body of an HTTP request, in bytes: a percent-encoded message in a form takes up to three times its length.
pub const HTTP_BODY_BYTES: usize = 64 * 1024;

const _: () = {
    assert!(FRAME_BYTES >= 3 * BODY_BYTES + 4 * 1024, "an escaped body must fit into a frame");
    assert!(HTTP_BODY_BYTES >= 3 * BODY_BYTES + 4 * 1024, "a message must fit into a form");
    assert!(NAMES_PER_ADDRESS > CONNECTIONS_PER_ADDRESS, "the name of a disconnected session must be releasable");
    assert!(POST_BURST > 20, "an outbox of 20 pending messages must pass at once");
};
