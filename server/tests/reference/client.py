import json, sys, threading
from websockets.sync.client import connect

url, name = sys.argv[1:]
with connect(url) as socket:
    socket.send(name)

    def listen():
        for frame in socket:
            print(*json.loads(frame).values(), sep=": ", flush=True)

    threading.Thread(target=listen).start()
    for line in sys.stdin:
        socket.send(line.rstrip("\n"))
