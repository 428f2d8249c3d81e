"""The certified provider of `tests/oidc`, installed once from its lock file and run by Node for a test."""

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from service.embedded.ports import choose_port
from service.embedded.record import Record
from service.settings import ROOT

FOLDER = ROOT / "tests" / "oidc"
CLIENT_ID, SECRET = "seve:amont", "un secret: de client / pour les tests"


def installed() -> Path:
    """Return the folder where the provider is installed; a machine without Node skips, unless it may not."""
    required = bool(os.environ.get("SEVE_REQUIRE_LANGUAGES"))
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            assert not required, f"{program} is required here"
            pytest.skip(f"no {program} on this machine: the certified identity provider is not run")
    files = sorted(path for path in FOLDER.iterdir() if path.is_file())
    mark = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
    place = ROOT / ".venv" / f"oidc-{mark}"
    if not place.exists():
        made = place.with_name(f"{place.name}-{os.getpid()}")
        shutil.copytree(FOLDER, made)
        command = ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=150, check=False)
        if done.returncode:
            shutil.rmtree(made)
            assert not required, f"npm could not install the identity provider: {done.stderr}"
            pytest.skip("npm cannot install the certified identity provider here")
        try:
            made.rename(place)
        except OSError:  # another process was first
            shutil.rmtree(made)
    return place


@contextmanager
def certified(
    folder: Path, redirect_uri: str, addresses: Mapping[str, object], log: Path, **settings: str
) -> Iterator[str]:
    """Run the provider; give its issuer. `addresses` says what it tells of each name that signs in."""
    port = choose_port(Record(log.with_suffix(".json")), "provider")
    environment = {
        "PATH": os.environ["PATH"], "PORT": str(port), "REDIRECT_URI": redirect_uri, "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": SECRET, "ADDRESSES": json.dumps(addresses), **settings,
    }  # fmt: skip
    with log.open("w", encoding="utf-8") as said:
        running = subprocess.Popen(
            ["node", "provider.mjs"], cwd=folder, env=environment, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            for _ in range(300):
                if "ready" in log.read_text(encoding="utf-8"):
                    break
                assert running.poll() is None, log.read_text(encoding="utf-8")
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.terminate()
            running.wait(timeout=10)


def sign_in_there(address: str, name: str, redirect_uri: str) -> str:
    """Sign in at the provider under a name, as a browser would; return the address it sends the person back to."""
    cookies: dict[str, str] = {}
    for _ in range(10):
        if address.startswith(redirect_uri):
            return address
        if "/interaction/" in address:
            address += f"?login={name}"
        where = urlsplit(address)
        connection = HTTPConnection(where.netloc, timeout=10)
        kept = "; ".join(f"{cookie}={value}" for cookie, value in cookies.items())
        connection.request("GET", f"{where.path}?{where.query}", headers={"Cookie": kept})
        answer = connection.getresponse()
        said = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            cookie, _, value = line.partition(";")[0].partition("=")
            cookies[cookie] = value
        location = answer.headers["Location"]
        connection.close()
        assert location, said
        address = urljoin(address, location)
    raise AssertionError("the provider leads nowhere")
