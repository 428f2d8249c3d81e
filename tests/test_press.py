"""What a published table says of the program that made it."""

import ast
from pathlib import Path

from service.press import PROGRAM

ROOT = Path(__file__).parents[1] / "service"
# They say when, how dear and in which order, or what a person reads; what is counted is decided elsewhere.
DECIDE_NO_FIGURE = {
    "domain/loss.py", "domain/release_order.py", "domain/snapshots.py", "domain/data/nature.tsv",
    "domain/data/urgency.tsv",
}  # fmt: skip


def imported(name: str) -> set[str]:
    """Return the files of the domain that a file imports, and the data it names."""
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    data = {f"domain/data/{one}" for one in words if one.endswith((".tsv", ".toml", ".txt"))}
    found = {f"{one.removeprefix('service.').replace('.', '/')}.py" for one in modules} | data
    return {one for one in found if one.startswith("domain/") and (ROOT / one).is_file()}


def test_the_digest_of_the_code_covers_every_file_that_decides_a_table() -> None:
    known, waiting = set[str](), [name for name in PROGRAM if name.endswith(".py")]
    while waiting:
        name = waiting.pop()
        if name in known or name in DECIDE_NO_FIGURE:
            continue
        known.add(name)
        if name.endswith(".py"):
            waiting += imported(name)
    assert {"domain/data/taxonomy.tsv", "domain/data/watch_terms.tsv"} <= known
    assert known <= set(PROGRAM)
