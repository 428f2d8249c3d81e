import contextlib
import os
import signal
import time
from pathlib import Path

import pytest
import redis

from service.embedded.errors import EmbeddedError
from service.embedded.redis import EmbeddedRedis

pytestmark = pytest.mark.services


def connect(url: str) -> contextlib.closing[redis.Redis]:
    return contextlib.closing(redis.Redis.from_url(url))


def test_what_was_written_is_there_after_a_kill(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        with connect(server.url) as client:
            client.set("woken", "1")
        time.sleep(1.1)  # The file is flushed every second.
        os.kill(server.pid, signal.SIGKILL)
        while server.is_running:
            time.sleep(0.01)
        server.start()
        with connect(server.url) as client:
            assert client.get("woken") == b"1"
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert client.config_get("save") == {"save": ""}


def test_nobody_enters_without_the_password_and_it_is_not_shown(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        password = server.url.split(":")[2].split("@")[0].encode()
        arguments = Path(f"/proc/{server.pid}/cmdline").read_bytes()
        with connect(f"redis://127.0.0.1:{server.port}/0") as client, pytest.raises(redis.AuthenticationError):
            client.ping()
    assert password not in arguments
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_second_server_on_the_same_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with (
        EmbeddedRedis(tmp_path),
        pytest.raises(EmbeddedError, match="un autre Redis embarqué se sert déjà de"),
        EmbeddedRedis(tmp_path),
    ):
        pass


def test_the_folder_is_named_for_the_engine_and_its_version(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server, connect(server.url) as client:
        version = str(client.info("server")["redis_version"]).rpartition(".")[0]
        assert server.data == tmp_path / f"redis-{version}"


def test_stopping_leaves_no_process_and_a_restart_keeps_the_port(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        pid, url = server.pid, server.url
    assert not Path(f"/proc/{pid}").exists()
    with EmbeddedRedis(tmp_path) as server:
        assert server.url == url
