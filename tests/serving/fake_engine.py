"""A child program with the options and habits of the real one, and none of its weight.

The model file's text is what it does: ``serve``, or ``refuse`` (ends at once). While it serves, POST /crash ends it,
POST /hang stops it dead, and GET /key gives back the key it was told.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    key = ""

    def do_GET(self) -> None:
        text = self.key if self.path == "/key" else "ok"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def do_POST(self) -> None:
        if self.path == "/crash":
            os._exit(7)
        os.kill(os.getpid(), signal.SIGSTOP)

    def log_message(self, *said: object) -> None:
        """Silent, as the real one is about what it is asked."""


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in ("--model", "--name", "--port", "--threads", "--context", "--slots"):
        parser.add_argument(option, required=True)
    options = parser.parse_args()
    if Path(options.model).read_text() == "refuse":
        sys.stderr.write(f"refused at {time.monotonic()}\n")
        sys.exit(3)
    Handler.key = sys.stdin.readline().strip()
    server = HTTPServer(("127.0.0.1", int(options.port)), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
