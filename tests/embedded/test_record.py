from pathlib import Path

import pytest

from service.embedded.errors import EmbeddedError
from service.embedded.record import Hold, Record


def test_a_secret_is_drawn_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    record = Record(tmp_path / "secrets.json")
    drawn = record.secret("key")
    assert Record(record.path).secret("key") == drawn
    assert record.secret("other") != drawn
    assert record.path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


@pytest.mark.parametrize("content", ["", "{", "[1]", "\0"])
def test_a_damaged_file_is_named_with_how_to_mend_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(content)
    with pytest.raises(EmbeddedError, match=r"secrets\.json est illisible : supprimez ce fichier"):
        Record(path).read()


def test_a_hold_refuses_the_second_and_ends_with_the_first(tmp_path: Path) -> None:
    with Hold(tmp_path / "lock", "tenu"):
        with pytest.raises(EmbeddedError, match="tenu"), Hold(tmp_path / "lock", "tenu"):
            pass
        with pytest.raises(EmbeddedError, match="tenu"), Hold(tmp_path / "lock", "tenu"):
            pass
    with Hold(tmp_path / "lock", "tenu") as hold:
        assert hold.is_held
