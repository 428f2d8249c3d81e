"""The file of accesses: whole or absent, and read by its owner only."""

import json
import stat
from dataclasses import asdict
from pathlib import Path

import pytest

from service.demo.access import Access, Introduction, Login, MemberAccess, PersonAccess, write_access

ACCESS = Access(
    "http://127.0.0.1:8000",
    [
        MemberAccess(
            "opal",
            "OPAL",
            "seve_x",
            Login("a@opal.example", "secret"),
            ["02.001.A.001"],
            "seve_essai_x",
            Introduction("demonstration", "secret"),
            [PersonAccess("administrator", "b@opal.example", "secret")],
        )
    ],
    Login("lecture@canopee.example", "secret"),
    Login("exploitation@canopee.example", "secret"),
)


def test_it_says_exactly_what_was_agreed(tmp_path: Path) -> None:
    path = tmp_path / "var" / "demo.json"
    write_access(path, ACCESS)
    data = json.loads(path.read_text(encoding="utf-8"))
    assert list(data) == ["base_url", "members", "network", "operator"]
    assert list(data["members"][0]) == [
        "slug", "name", "api_key", "staff", "dwelling_references", "sandbox_key", "introduction", "people"
    ]  # fmt: skip
    assert data == asdict(ACCESS)


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    path.write_text("older", encoding="utf-8")
    path.chmod(0o644)
    write_access(path, ACCESS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failure_leaves_the_older_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "demo.json"
    path.write_text("older", encoding="utf-8")
    monkeypatch.setattr("service.demo.access.json.dump", lambda *_args, **_options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_access(path, ACCESS)
    assert [child.name for child in tmp_path.iterdir()] == ["demo.json"]
    assert path.read_text(encoding="utf-8") == "older"
