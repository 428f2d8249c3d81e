import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from service.embedded.errors import EmbeddedError
from service.embedded.postgres import ENVIRONMENT, EmbeddedPostgres

pytestmark = pytest.mark.services


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True, connect_timeout=5)


def is_alive(pid: int) -> bool:
    try:
        return b" Z " not in Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 15
    while is_alive(pid):
        assert time.monotonic() < deadline, f"process {pid} still runs"
        time.sleep(0.02)


def test_each_role_enters_with_its_password_and_no_more_rights_than_it_needs(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        with connect(server.owner_url) as owner:
            (encoding,) = owner.execute("select current_setting('server_encoding')").fetchone() or ()
            owner.execute("create table kept (word text)")
        with connect(server.app_url) as app:
            rights = app.execute("select rolsuper, rolbypassrls, rolinherit from pg_roles where rolname = 'seve_app'")
            assert rights.fetchone() == (False, False, False)
            app.execute("set role seve_network")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute("select * from kept")
    assert encoding == "UTF8"


def test_a_wrong_password_is_refused(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        for role in ("seve_app", "seve_owner"):
            wrong = f"postgresql://{role}:wrong@127.0.0.1:{server.port}/seve"
            with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
                connect(wrong)


def test_the_superuser_has_no_way_in_by_the_network(tmp_path: Path) -> None:
    with (
        EmbeddedPostgres(tmp_path, durable=False) as server,
        pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"),
    ):
        connect(f"postgresql://postgres:x@127.0.0.1:{server.port}/seve")


def test_passwords_are_kept_where_only_their_owner_reads(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        first = server.app_url
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert first.split(":")[2].split("@")[0] not in (tmp_path / "log" / "postgres.log").read_text()
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        assert server.app_url == first


def test_a_killed_server_starts_again_with_what_was_committed(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path) as server:
        with connect(server.owner_url) as owner:
            owner.execute("create table kept as select 'committed' as word")
        os.kill(server.pid, signal.SIGKILL)
        wait_until_gone(server.pid)
        assert not server.is_running
        server.start()
        with connect(server.owner_url) as owner:
            assert owner.execute("select word from kept").fetchone() == ("committed",)


def test_the_number_of_an_unrelated_process_neither_blocks_nor_kills_it(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        data, identity = server.data, server._identity
    user = None if identity.user == -1 else identity.user
    bystander = subprocess.Popen(
        ["sleep", "600"], user=user
    )  # Of PostgreSQL's own user: the case it refuses by itself.
    try:
        (data / "postmaster.pid").write_text(f"{bystander.pid}\n{data}\n")
        with EmbeddedPostgres(tmp_path, durable=False) as server:
            assert server.pid != bystander.pid
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_an_orphan_of_ours_is_waited_for(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        pid_file = (server.data / "postmaster.pid").read_text()
        data = server.data
    # A program of that name on that folder, as seen from outside, that takes a second to leave.
    orphan = subprocess.Popen(["postgres", "-c", "sleep 1", str(data)], executable="/bin/sh", env=ENVIRONMENT)
    try:
        (data / "postmaster.pid").write_text(f"{orphan.pid}\n{pid_file.partition(chr(10))[2]}")
        began = time.monotonic()
        with EmbeddedPostgres(tmp_path, durable=False):
            assert time.monotonic() - began > 0.5
    finally:
        orphan.kill()
        orphan.wait()


def test_a_second_server_on_the_same_folder_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, durable=False) as first:
        with (
            pytest.raises(EmbeddedError, match="un autre PostgreSQL embarqué se sert déjà de"),
            EmbeddedPostgres(tmp_path, durable=False),
        ):
            pass
        assert first.is_running


def test_stopping_leaves_no_process_even_with_a_session_open(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        pid, folder = server.pid, server._socket_folder
        session = connect(server.app_url)
    try:
        assert not is_alive(pid)
        assert not folder.exists()
    finally:
        session.close()


def test_databases_come_and_go_also_with_someone_inside(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        server.create_database("template_of_ours")
        with connect(server.url("seve_owner", "template_of_ours")) as owner:
            owner.execute("create table copied (word text)")
        server.create_database("copy", template="template_of_ours")
        with connect(server.url("seve_owner", "copy")) as inside:
            inside.execute("select * from copied")
            server.drop_database("copy")
        server.drop_database("copy")
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            connect(server.url("seve_owner", "copy"))


def test_a_first_start_cut_short_is_begun_again(tmp_path: Path) -> None:
    half_made = tmp_path / "postgres-18.new"
    half_made.mkdir()
    (half_made / "global").mkdir()
    with EmbeddedPostgres(tmp_path, durable=False) as server:
        connect(server.app_url).close()
    assert not half_made.exists()


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    stranger = tmp_path / "postgres-18" / "letters.txt"
    stranger.parent.mkdir()
    stranger.write_text("precious")
    with pytest.raises(EmbeddedError, match="mettez ce dossier de côté"), EmbeddedPostgres(tmp_path, durable=False):
        pass
    assert stranger.read_text() == "precious"


def test_a_port_taken_meanwhile_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with EmbeddedPostgres(tmp_path, durable=False) as other:
        ports = iter([other.port, other.port + 1 if other.port < 32767 else other.port - 1])
        monkeypatch.setattr("service.embedded.server.choose_port", lambda _record, _name: next(ports))
        with EmbeddedPostgres(tmp_path / "second", durable=False) as server:
            assert server.port != other.port
            connect(server.app_url).close()
