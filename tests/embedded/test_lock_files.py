import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))


def test_there_is_a_lock_for_every_list() -> None:
    assert sorted(lock.stem for lock in LOCKS) == sorted(path.stem for path in ROOT.glob("requirements*.in"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_names_no_index_and_no_file_host(lock: Path) -> None:
    named = [line for line in lock.read_text().splitlines() if "://" in line or line.startswith("-")]
    assert not named


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_of_a_lock_has_a_version_and_a_hash(lock: Path) -> None:
    packages = re.split(r"\n(?=[a-z0-9])", lock.read_text())
    assert packages
    assert not [package for package in packages if "==" not in package or "--hash=sha256:" not in package]
