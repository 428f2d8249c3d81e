from pathlib import Path

import pytest

from service.adapters.drop import FolderDropBox
from service.journey.parcels import Drop
from service.journey.ports import OutsideFailed


def drop(name: str = "1.csv", folder: str = "amont/gmao", content: bytes = b"reference\r\n") -> Drop:
    return Drop("1", folder, name, content)


def test_a_file_is_written_whole_where_the_old_system_fetches_it(tmp_path: Path) -> None:
    FolderDropBox(tmp_path).put(drop())
    assert [path.name for path in (tmp_path / "amont" / "gmao").iterdir()] == ["1.csv"]
    assert (tmp_path / "amont" / "gmao" / "1.csv").read_bytes() == b"reference\r\n"


def test_the_same_file_put_again_replaces_itself(tmp_path: Path) -> None:
    box = FolderDropBox(tmp_path)
    box.put(drop())
    box.put(drop(content=b"after"))
    (only,) = (tmp_path / "amont" / "gmao").iterdir()
    assert only.read_bytes() == b"after"


@pytest.mark.parametrize(
    ("name", "folder"),
    [("../1.csv", "amont/gmao"), ("1.csv", "../dehors"), ("1.csv", "amont/../../dehors"), ("/var/1.csv", "amont/gmao"),
     ("a/1.csv", "amont/gmao"), ("..", "amont/gmao"), ("1.csv", "/var")],
)  # fmt: skip
def test_nothing_is_written_outside_of_its_folder(tmp_path: Path, name: str, folder: str) -> None:
    (tmp_path / "drop").mkdir()
    with pytest.raises(OutsideFailed, match="outside"):
        FolderDropBox(tmp_path / "drop").put(drop(name, folder))
    assert list((tmp_path / "drop").rglob("*.csv")) == []


def test_a_link_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "drop" / "amont").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "drop" / "amont" / "gmao").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutsideFailed):
        FolderDropBox(tmp_path / "drop").put(drop())
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_cannot_be_written_has_failed_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "amont").write_text("not a folder")
    with pytest.raises(OutsideFailed, match=r"drop \w+Error"):
        FolderDropBox(tmp_path).put(drop())


def test_a_name_that_is_taken_by_a_folder_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "amont" / "gmao" / "1.csv").mkdir(parents=True)
    with pytest.raises(OutsideFailed):
        FolderDropBox(tmp_path).put(drop())
    assert [path.name for path in (tmp_path / "amont" / "gmao").iterdir()] == ["1.csv"]
