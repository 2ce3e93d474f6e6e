"""A program with vLLM's options and habits and none of its weight.

The file ``behaviour`` in the model's folder says what it does: ``serve``, or a line to complain with before it ends. It
writes its key into its log, as no server should. POST /crash ends it.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(repr(dict(os.environ)).encode() if self.path == "/environment" else b"ok")

    def do_POST(self) -> None:
        os._exit(7)

    def log_message(self, *said: object) -> None:
        """Silent."""


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in ("--model", "--host", "--port"):
        parser.add_argument(option, required=True)
    options, _ = parser.parse_known_args()
    key = sys.stdin.readline().strip()
    sys.stdout.write(f"the key is {key}\nINFO Starting to load model x\n")
    sys.stdout.flush()
    behaviour = (Path(options.model) / "behaviour").read_text()
    if behaviour != "serve":
        sys.exit(behaviour)
    server = HTTPServer((options.host, int(options.port)), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
