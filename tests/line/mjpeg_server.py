"""A real MJPEG server on loopback that can fall silent, be killed and come back on its port."""

from __future__ import annotations

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
from tests.line.line_pictures import tile_pixels


class MjpegServer:
    """Serves numbered tiles at `address`; `frames_per_s` is its own clock."""

    def __init__(self, port: int = 0, frames_per_s: float = 25.0) -> None:
        self.silent = threading.Event()
        self._down = threading.Event()
        self._connections: list[socket.socket] = []
        self._pause_s = 1.0 / frames_per_s
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer._connections.append(self.connection)
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=tile")
                self.end_headers()
                with contextlib.suppress(OSError):
                    outer._send_tiles(self.wfile)

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass  # a client that leaves is what these tests are about

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}/tiles.mjpg"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def _send_tiles(self, out: object) -> None:
        number = 0
        while not self._down.is_set():
            if not self.silent.is_set():
                data = cv2.imencode(".jpg", tile_pixels(number % 16))[1].tobytes()
                head = f"--tile\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
                out.write(head.encode() + data + b"\r\n")  # type: ignore[attr-defined]
                number += 1
            self._down.wait(self._pause_s)

    def kill(self) -> None:
        """Drops every connection and frees the port."""
        self._down.set()
        self._server.shutdown()
        self._server.server_close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._thread.join(10)
