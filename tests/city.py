"""A small city server that speaks Open311, or does what servers do instead."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One request that arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    form: dict[str, list[str]]
    headers: dict[str, str]


Answer = tuple[int, Any]  # a status, and what is written as JSON, or bytes


@dataclass
class City:
    """Answers what it is told to answer; remembers what it was asked."""

    url: str = ""
    post: Callable[[Asked], Answer] = lambda _asked: (201, [{"service_request_id": "638344"}])
    get: Callable[[Asked], Answer] = lambda _asked: (200, [{"service_request_id": "638344", "status": "open"}])
    hangs: float = 0.0  # seconds before anything is answered
    asked: list[Asked] = field(default_factory=list)

    def posts(self) -> list[Asked]:
        return [one for one in self.asked if one.method == "POST"]


@contextmanager
def running_city() -> Iterator[City]:
    """A city on a free port of this machine."""
    city = City()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, choose: Callable[[Asked], Answer]) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            asked = Asked(self.command, parts.path, parse_qs(parts.query), parse_qs(body), dict(self.headers))
            city.asked.append(asked)
            time.sleep(city.hangs)
            status, said = choose(asked)
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self._answer(city.post)

        def do_GET(self) -> None:
            self._answer(city.get)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]  Whoever asks may hang up.
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    city.url = f"http://127.0.0.1:{server.server_port}/v2"
    yield city
    server.shutdown()
    server.server_close()
    thread.join()
