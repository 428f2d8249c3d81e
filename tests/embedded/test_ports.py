import socket
from pathlib import Path

from service.embedded.ports import FIRST, LAST, choose_port, is_free
from service.embedded.record import Record


def test_a_port_is_remembered(tmp_path: Path) -> None:
    record = Record(tmp_path / "ports.json")
    port = choose_port(record, "postgres")
    assert choose_port(record, "postgres") == port
    assert FIRST <= port <= LAST


def test_a_remembered_port_that_is_taken_is_replaced_for_good(tmp_path: Path) -> None:
    record = Record(tmp_path / "ports.json")
    taken = choose_port(record, "postgres")
    with socket.socket() as other:
        other.bind(("127.0.0.1", taken))
        other.listen()
        assert not is_free(taken)
        chosen = choose_port(record, "postgres")
    assert chosen != taken
    assert choose_port(record, "postgres") == chosen


def test_a_port_that_linux_may_lend_is_never_taken_from_the_record(tmp_path: Path) -> None:
    record = Record(tmp_path / "ports.json")
    record.write({"postgres": "50000"})
    assert choose_port(record, "postgres") <= LAST
