import json, os, sys
from websockets.sync.client import connect

url, name = sys.argv[1:]
headers = {"Authorization": "Bearer " + os.environ["PARLOR_TOKEN"]}
with connect(url, additional_headers=headers) as socket:
    socket.send(name)
    for frame in socket:
        received = json.loads(frame)
        if "error" in received:
            sys.exit(received["error"])
        print(received["username"], received["message"], sep=": ", flush=True)
        if received["message"] == "!ping":
            socket.send("pong, " + received["username"])
