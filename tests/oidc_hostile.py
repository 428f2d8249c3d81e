"""A small identity provider with keys of its own that does whatever a test tells it to, right or wrong."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey

from service.adapters.clock import SetClock

CLIENT_ID, SECRET = "seve", "the-client-secret"
ACCESS = "an-access-token"


@cache
def first_key() -> RSAKey:
    """Return one key for all tests: making one takes a while."""
    return RSAKey.generate_key(2048)


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def half_hash(value: str) -> str:
    return encoded(hashlib.sha256(value.encode()).digest()[:16])


class Hostile:
    """What it says; a test changes any part of it before somebody comes."""

    def __init__(self, issuer: str, clock: SetClock) -> None:
        self.issuer = issuer
        self.clock = clock
        self.keys = {"first": first_key()}
        self.published = ["first"]
        self.signed_by = "first"
        self.says: dict[str, Any] = {}  # of itself, in the place of what is right
        self.answers: dict[str, tuple[int, bytes]] = {}  # by path, whatever is asked
        self.waits: dict[str, float] = {}  # seconds before the answer, by path
        self.claims: dict[str, Any] = {}  # in the token, in the place of what is right; None: left out
        self.header: dict[str, Any] = {}
        self.signing: Callable[[dict[str, Any], dict[str, Any]], str] = self.sign
        self.gives_codes_twice = False
        self.userinfo: dict[str, Any] | None = None
        self.asked: Counter[str] = Counter()
        self.seen: dict[str, str] = {}  # what the person came with
        self.given = 0  # codes
        self._codes: dict[str, dict[str, str]] = {}

    def send_back(self, address: str, **more: str) -> dict[str, str]:
        """Return what a person who came with an address is sent back with."""
        self.seen = dict(parse_qsl(urlsplit(address).query))
        self.given += 1
        code = f"code-{self.given}"
        self._codes[code] = self.seen
        return {"code": code, "state": self.seen["state"], **more}

    def sign(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Return a token signed as it should be."""
        return jws.serialize_compact(header, json.dumps(claims), self.keys[self.signed_by], algorithms=["RS256"])

    def unsigned(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Return a token with no signature at all."""
        parts = (json.dumps(header | {"alg": "none"}), json.dumps(claims))
        return ".".join([*(encoded(part.encode()) for part in parts), ""])

    def signed_with_public_key(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Return a token signed with HS256, the secret being the public key that everybody may read."""
        parts = (json.dumps(header | {"alg": "HS256"}), json.dumps(claims))
        signed = ".".join(encoded(part.encode()) for part in parts)
        secret = self.keys[self.signed_by].as_pem(private=False)
        return f"{signed}.{encoded(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"

    def description(self) -> dict[str, Any]:
        right = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        if self.userinfo is not None:
            right["userinfo_endpoint"] = f"{self.issuer}/me"
        return {name: value for name, value in (right | self.says).items() if value is not None}

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        asked = self._codes.get(form.get("code", ""))
        challenge = encoded(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if not self.gives_codes_twice:
            del self._codes[form["code"]]
        now = int(self.clock.now().timestamp())
        right = {
            "iss": self.issuer, "sub": "subject-1", "aud": CLIENT_ID, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], "at_hash": half_hash(ACCESS), "email": "agente@amont.example",
            "email_verified": True,
        }  # fmt: skip
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        header = {"alg": "RS256", "kid": self.signed_by} | self.header
        header = {name: value for name, value in header.items() if value is not None}
        return 200, {"access_token": ACCESS, "token_type": "Bearer", "id_token": self.signing(header, claims)}

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        """Return the status and the body for a path."""
        self.asked[path] += 1
        time.sleep(self.waits.get(path, 0))
        if path in self.answers:
            return self.answers[path]
        if path == "/token":
            status, said = self.token(form)
        elif path == "/keys":
            public = [self.keys[kid].as_dict(private=False) | {"kid": kid, "use": "sig"} for kid in self.published]
            status, said = 200, {"keys": public}
        elif path == "/me":
            status, said = 200, self.userinfo or {}
        else:
            status, said = 200, self.description()
        return status, json.dumps(said).encode()


@contextmanager
def hostile(clock: SetClock) -> Iterator[Hostile]:
    """Run a provider that is right in everything until it is told otherwise."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            status, body = provider.answer(urlsplit(self.path).path, form)
            try:
                self.send_response(status)
                if status in {301, 302}:
                    self.send_header("Location", body.decode())
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # the other side did not wait
                return

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider = Hostile(f"http://127.0.0.1:{server.server_port}", clock)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
