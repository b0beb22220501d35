-- The schema of commit 1728c87 (version 4), as its program has created it.

PRAGMA application_id = 1349676146;
PRAGMA user_version = 4;
CREATE TABLE rooms (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    epoch TEXT NOT NULL,
    topic TEXT NOT NULL DEFAULT '',
    topic_seq INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE holders (
    author TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE read (
    author TEXT NOT NULL,
    room INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (author, room)
) STRICT, WITHOUT ROWID;
CREATE TABLE reactions (
    message INTEGER NOT NULL,
    emoji TEXT NOT NULL,
    author TEXT NOT NULL,
    name TEXT NOT NULL,
    seq INTEGER NOT NULL,
    began INTEGER NOT NULL,
    PRIMARY KEY (message, emoji, author)
) STRICT, WITHOUT ROWID;
CREATE TABLE memberships (
    author TEXT NOT NULL,
    room TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (author, room)
) STRICT, WITHOUT ROWID;
CREATE TABLE receipts (
    client_id TEXT NOT NULL,
    author TEXT NOT NULL,
    room INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (client_id, author, room)
) STRICT, WITHOUT ROWID;
CREATE TABLE messages (
    place INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    author TEXT NOT NULL,
    name TEXT NOT NULL,
    client_id TEXT NOT NULL,
    reply_to INTEGER,
    salt BLOB,
    body TEXT,
    digest BLOB,
    link BLOB NOT NULL,
    text TEXT,
    edited INTEGER,
    edited_at INTEGER,
    deleted INTEGER
) STRICT;
CREATE TABLE changes (
    place INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    author TEXT NOT NULL,
    name TEXT NOT NULL,
    client_id TEXT NOT NULL,
    target INTEGER,
    emoji TEXT,
    salt BLOB,
    body TEXT,
    digest BLOB,
    link BLOB NOT NULL
) STRICT;
CREATE INDEX changes_by_target ON changes (target, kind);
CREATE VIEW events AS
    SELECT place, at, CAST('posted' AS TEXT) AS kind, author, name, client_id, reply_to AS target,
           CAST(NULL AS TEXT) AS emoji, salt, body, digest, link FROM messages
    UNION ALL
    SELECT place, at, kind, author, name, client_id, target, emoji, salt, body, digest, link FROM changes;
