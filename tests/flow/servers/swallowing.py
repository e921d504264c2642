"""A line to a server that breaks when COMMIT has been sent and carried out: the answer never arrives."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self

COMMIT = b"COMMIT"


class SwallowingLine:
    """Hands on what both sides say, until the server answers a COMMIT.

    Args:
        port: the server's, on 127.0.0.1.

    Attributes:
        port: where to connect instead.
        swallows: whether it does so; otherwise it hands on everything.
    """

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.swallows = False
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._sockets += [client, server]
                committing = threading.Event()
                threading.Thread(target=self._to_server, args=(client, server, committing), daemon=True).start()
                threading.Thread(target=self._to_client, args=(server, client, committing), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket, committing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while said := client.recv(65536):
                if self.swallows and COMMIT in said.upper():
                    committing.set()
                server.sendall(said)
            server.shutdown(socket.SHUT_WR)
            return
        # The server has hung up.
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    def _to_client(self, server: socket.socket, client: socket.socket, committing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while said := server.recv(65536):
                if committing.is_set():
                    break
                client.sendall(said)
        for one in (client, server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
