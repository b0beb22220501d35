"""Plays the same scenes to two servers of the plain dialect and compares what each client heard.

`conformance.py REFERENCE_URL OTHER_URL` exits with 1 and a diff where they differ. What docs/protocol.md lists as a
deviation is in no scene. Scenes wait for what must come and never sleep; that something did *not* come shows when a
later message, the fence, comes right after what was before it.
"""

import asyncio
import difflib
import json
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 10  # seconds until a frame that must come counts as missing

TEXTS = [
    "plain",
    "Grüße, naïve café",
    "さくら 漢字 한국어 العربية עברית",
    "👩\u200d💻 👍🏽 🇫🇷 \U0001f9d1\u200d\U0001f91d\u200d\U0001f9d1",
    'quotes " and \' and ` and \\ and \\" and \\n and \\u0041',
    "two\nlines\n\n\tand a tab",
    "<img src=x onerror=alert(1)> & </script> &amp; <!-- -->",
    '{"username": "somebody else", "message": "forged"}',
    '{"error": "Username already taken"}',
    "null",
    "  space at both ends  ",
    "line\u2028and\u2029paragraph separators",
    "e\u0301 is not \u00e9",
    "\ufeffa byte order mark",
    "word" * 1000,
    "x" * 16384,
    "漢" * 5461,
    "🙂" * 4096,
]

NAMES = ["ana", "Ana María", "さくら", "O'Neil \"Tip\" \\ <b>&amp;</b>", "🚀", "x" * 32, "0"]


class Client:
    """One connection, and all that it heard: frames, and at last how it was closed."""

    def __init__(self, socket):
        self.socket = socket
        self.heard = []
        self.news = asyncio.Condition()
        self.listening = asyncio.create_task(self._listen())

    async def _listen(self):
        try:
            while True:
                await self._hear(json.loads(await self.socket.recv()))
        except ConnectionClosed as end:
            await self._hear({"closed": end.rcvd.code if end.rcvd else None})

    async def _hear(self, what):
        async with self.news:
            self.heard.append(what)
            self.news.notify_all()

    async def hears(self, wanted, times=1):
        """Waits until a frame with this message or error, or this close code, has come so many times."""

        def come():
            return sum(wanted in frame.values() for frame in self.heard) >= times

        async with self.news:
            try:
                await asyncio.wait_for(self.news.wait_for(come), PATIENCE)
            except TimeoutError:
                sys.exit(f"not heard within {PATIENCE} s: {wanted!r:.80}; heard: {self.heard!r:.2000}")

    async def says(self, text):
        await self.socket.send(text)

    async def says_at_once(self, texts):
        """All in one write: the server sees many frames in one TCP segment."""
        for text in texts:
            self.socket.protocol.send_text(text.encode())
        self.socket.transport.write(b"".join(self.socket.protocol.data_to_send()))

    async def leaves(self, code=1000):
        await self.socket.close(code)
        await self.listening

    async def is_cut(self):
        """The TCP connection is gone without a close frame."""
        self.socket.transport.abort()
        await self.listening


class Stage:
    """A server, and the clients of one scene."""

    def __init__(self, url):
        self.url = url
        self.clients = []
        self.fences = 0

    async def opens(self):
        """A connection that the server knows of: its pong comes from the code that serves the connection."""
        client = Client(await connect(self.url, max_size=None, compression=None))
        self.clients.append(client)
        await asyncio.wait_for(await client.socket.ping(), PATIENCE)
        return client

    async def joins(self, name):
        """A server learns of an end a moment after the client: tries until the name is free, and keeps that try."""
        for _ in range(1000):
            client = await self.opens()
            await client.says(name)
            async with client.news:
                await asyncio.wait_for(client.news.wait_for(lambda: client.heard), PATIENCE)
            if "error" not in client.heard[0]:
                return client
            self.clients.remove(client)
            await client.listening
        sys.exit(f"{name} never became free")

    async def fence(self, speaker):
        """Says something, and waits until every open connection has heard it: nothing earlier is still under way."""
        self.fences += 1
        await speaker.says(f"fence {self.fences}")
        for client in self.clients:
            if not client.listening.done():
                await client.hears(f"fence {self.fences}")

    async def ends(self):
        for client in self.clients:
            await client.leaves()

    def heard(self):
        return [client.heard for client in self.clients]


async def a_join_is_told_to_all(stage):
    silent = await stage.opens()
    ana = await stage.joins("ana")
    await silent.hears("ana has joined the chat")
    ben = await stage.joins("ben")
    await stage.fence(ben)
    await stage.fence(ana)
    return stage.heard()


async def one_alone_hears_itself(stage):
    ana = await stage.joins("ana")
    await ana.says("hello?")
    await ana.hears("hello?")
    return stage.heard()


async def a_talk_has_one_order(stage):
    people = [await stage.joins(name) for name in ("ana", "ben", "cleo", "dov")]
    for turn in range(3):
        for number, person in enumerate(people):
            await person.says(f"{turn}, {number}")
            for other in people:
                await other.hears(f"{turn}, {number}")
    return stage.heard()


async def all_at_once_have_one_order(stage):
    people = [await stage.joins(name) for name in ("ana", "ben", "cleo")]
    await stage.fence(people[0])
    before = [len(person.heard) for person in people]
    await asyncio.gather(*(p.says_at_once([f"{n}, {turn}" for turn in range(12)]) for n, p in enumerate(people)))
    for person in people:
        for number in range(len(people)):
            await person.hears(f"{number}, 11")
    said = [person.heard[start:] for person, start in zip(people, before)]
    # Which order it is is the server's choice; that it is one order, and each one's own order in it, is not.
    return [said[0] == other for other in said] + sorted(said[0], key=lambda frame: frame["username"])


async def who_names_itself_later_hears_what_is_said_before(stage):
    ana = await stage.joins("ana")
    late = await stage.opens()
    await stage.fence(ana)
    await late.says("late")
    await ana.hears("late has joined the chat")
    await ana.says("welcome")
    await late.hears("welcome")
    await ana.hears("welcome")
    return stage.heard()


async def a_taken_name_is_refused_and_nobody_else_hears_of_it(stage):
    ana = await stage.joins("ana")
    await stage.opens()
    second = await stage.opens()
    await second.says("ana")
    await second.hears(1000)
    await stage.fence(ana)
    return stage.heard()


async def a_refused_client_comes_in_by_another_name(stage):
    await stage.joins("ana")
    refused = await stage.opens()
    await refused.says("ana")
    await refused.hears(1000)
    again = await stage.joins("anna")
    await stage.fence(again)
    return stage.heard()


async def a_name_is_free_after_its_holder_left(stage):
    ben = await stage.joins("ben")
    ana = await stage.joins("ana")
    await ana.leaves()
    again = await stage.joins("ana")
    await stage.fence(again)
    await stage.fence(ben)
    return stage.heard()


async def a_name_is_free_after_its_connection_was_cut(stage):
    ben = await stage.joins("ben")
    ana = await stage.joins("ana")
    await ana.is_cut()
    again = await stage.joins("ana")
    await stage.fence(again)
    await stage.fence(ben)
    return stage.heard()


async def a_leave_is_told_to_nobody(stage):
    ben = await stage.joins("ben")
    ana = await stage.joins("ana")
    await stage.fence(ana)
    await ana.leaves()
    await ben.says("gone?")
    await ben.hears("gone?")
    return stage.heard()


async def an_end_before_a_name_is_told_to_nobody(stage):
    ben = await stage.joins("ben")
    silent = await stage.opens()
    await silent.leaves()
    cut = await stage.opens()
    await cut.is_cut()
    await stage.fence(ben)
    return stage.heard()


async def the_close_code_of_a_client_comes_back(stage):
    for code in (1000, 1001, 3001, 4999):
        client = await stage.opens()
        await client.leaves(code)
    return stage.heard()


async def texts_are_passed_on_unaltered(stage):
    ben = await stage.joins("ben")
    ana = await stage.joins("ana")
    for text in TEXTS:
        await ana.says(text)
        await ana.hears(text)
        await ben.hears(text)
    return stage.heard()


async def names_are_passed_on_unaltered(stage):
    for name in NAMES:
        person = await stage.joins(name)
        await person.says(f"I am {name}")
        for client in stage.clients:
            await client.hears(f"I am {name}")
    return stage.heard()


async def many_messages_in_one_segment(stage):
    ana = await stage.opens()
    ben = await stage.joins("ben")
    await ana.says_at_once(["ana", *(f"message {number}" for number in range(30))])
    await ana.hears("message 29")
    await ben.hears("message 29")
    return stage.heard()


async def a_message_in_fragments(stage):
    ben = await stage.joins("ben")
    ana = await stage.opens()
    await ana.says(["a", "n", "a"])
    await ana.says(["in ", "", "three ", "pieces, an emoji after: ", "🙂"])
    await ana.hears("in three pieces, an emoji after: 🙂")
    await stage.fence(ben)
    return stage.heard()


async def a_ping_is_answered_with_its_payload(stage):
    answers = []
    unnamed, ana = await stage.opens(), await stage.joins("ana")
    await unnamed.hears("ana has joined the chat")
    for client in (unnamed, ana):
        for payload in (b"", b"any bytes \x00\xff", b"x" * 125):
            # The library resolves this only for a pong with the same payload.
            await asyncio.wait_for(await client.socket.ping(payload), PATIENCE)
            answers.append(len(payload))
    return [answers, stage.heard()]


SCENES = [
    a_join_is_told_to_all,
    one_alone_hears_itself,
    a_talk_has_one_order,
    all_at_once_have_one_order,
    who_names_itself_later_hears_what_is_said_before,
    a_taken_name_is_refused_and_nobody_else_hears_of_it,
    a_refused_client_comes_in_by_another_name,
    a_name_is_free_after_its_holder_left,
    a_name_is_free_after_its_connection_was_cut,
    a_leave_is_told_to_nobody,
    an_end_before_a_name_is_told_to_nobody,
    the_close_code_of_a_client_comes_back,
    texts_are_passed_on_unaltered,
    names_are_passed_on_unaltered,
    many_messages_in_one_segment,
    a_message_in_fragments,
    a_ping_is_answered_with_its_payload,
]


async def play(scene, url):
    stage = Stage(url)
    try:
        heard = await scene(stage)
    finally:
        await stage.ends()
    return json.dumps(heard, ensure_ascii=False, indent=1).splitlines()


async def main(reference, other):
    differing = 0
    for scene in SCENES:
        expected, found = await play(scene, reference), await play(scene, other)
        same = expected == found
        differing += not same
        print("same  " if same else "DIFFER", scene.__name__.replace("_", " "), flush=True)
        for line in difflib.unified_diff(expected, found, reference, other, n=2, lineterm=""):
            print("      ", line[:300])
    print(f"{len(SCENES) - differing} of {len(SCENES)} scenes are the same")
    return min(differing, 1)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:3])))
