import json, os, sys, uuid
from websockets.sync.client import connect

url, room, name = sys.argv[1:]
with connect(url + "?token=" + os.environ["PARLOR_TOKEN"], subprotocols=["parlor.v1"]) as socket:
    send = lambda message: socket.send(json.dumps(message))
    send({"type": "hello", "rooms": [{"room": room}]})
    send({"type": "claim", "name": name})
    for frame in map(json.loads, socket):
        print(frame["type"], flush=True)
        if frame["type"] in ("refused", "nack"):
            sys.exit(frame["error"]["message"])
        event = frame.get("event", {})
        if event.get("kind") == "posted" and event["body"] == "!ping":
            send({"type": "post", "room": room, "client_id": uuid.uuid4().hex, "body": "pong", "reply_to": event["seq"]})
