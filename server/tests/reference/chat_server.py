"""The server that the plain dialect comes from, as its documentation describes it: FastAPI and uvicorn.

`chat_server.py PORT` listens on 127.0.0.1 (0 takes a free port) and prints one line `ready: ws://…` on stdout.
Its faults are kept, for they are what Parlor is compared with: what is no text ends a connection by an exception,
and nothing but a clean end or a failed send takes a connection off the list.
"""

import json
import socket
import sys

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect


class ConnectionManager:
    def __init__(self):
        self.active_connections: list[WebSocket] = []
        self.users: dict[WebSocket, str] = {}

    async def connect(self, websocket: WebSocket):
        await websocket.accept()
        self.active_connections.append(websocket)

    def disconnect(self, websocket: WebSocket):
        if websocket in self.active_connections:
            self.active_connections.remove(websocket)
        self.users.pop(websocket, None)

    async def register_user(self, websocket: WebSocket, username: str):
        if username in self.users.values():
            await websocket.send_text(json.dumps({"error": "Username already taken"}))
            await websocket.close()
            self.disconnect(websocket)
        else:
            self.users[websocket] = username
            await self.broadcast_user_join(username)

    async def broadcast(self, message: str, username: str):
        await self._send_to_all({"username": username, "message": message})

    async def broadcast_user_join(self, username: str):
        await self._send_to_all({"username": username, "message": f"{username} has joined the chat"})

    async def _send_to_all(self, frame: dict[str, str]):
        for connection in self.active_connections:
            try:
                await connection.send_text(json.dumps(frame))
            except Exception:
                self.disconnect(connection)


app = FastAPI()
manager = ConnectionManager()


@app.websocket("/ws/chat")
async def websocket_endpoint(websocket: WebSocket):
    await manager.connect(websocket)
    try:
        username = await websocket.receive_text()
        await manager.register_user(websocket, username)
        while True:
            message = await websocket.receive_text()
            await manager.broadcast(message, manager.users[websocket])
    except WebSocketDisconnect:
        manager.disconnect(websocket)


def main():
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    print(f"ready: ws://127.0.0.1:{listener.getsockname()[1]}/ws/chat", flush=True)
    # Errors are part of the comparison: a refused client makes this server raise after its close.
    uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listener])


if __name__ == "__main__":
    main()
