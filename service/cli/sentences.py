"""Every sentence that tenants may read, gathered from code, templates and data."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.extract import extract
from jinja2.ext import babel_extract

from service.domain.closing import OUTCOMES
from service.domain.taxonomy import FAMILIES, categories, category_label, natures, urgencies

SERVICE = Path(__file__).parent.parent
DATA = SERVICE / "domain" / "data"
TEMPLATES = ("tenant/templates/**/*.html", "templates/layout.html", "templates/error.html")
CODE = ("tenant/**/*.py", "journey/**/*.py", "domain/**/*.py")
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
TRANSLATORS = "Traduction :"  # a comment that starts so is meant for those who translate
# data file -> the keys whose words tenants read, wherever they stand in it
WORDS = {
    "emergency_numbers.toml": frozenset({"label"}),
    "safety_advice.toml": frozenset({"title", "text"}),
    "questions.toml": frozenset({"hint", "label"}),
}
_JINJA = {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}


@dataclass(frozen=True)
class Sentence:
    """One sentence with its plural, the files it stands in, and what was noted for those who translate it."""

    one: str
    many: str | None
    files: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def key(self) -> str | tuple[str, str]:
        """What names it in a catalogue."""
        return (self.one, self.many) if self.many else self.one


@dataclass(frozen=True)
class _Found:
    file: str
    one: str
    many: str | None = None
    notes: tuple[str, ...] = ()


def sentences() -> list[Sentence]:
    """Return every sentence once, in alphabetical order; the same sentence in two files is one."""
    found: dict[str, list[_Found]] = {}
    for piece in (*_in_files(TEMPLATES, babel_extract, _JINJA), *_in_files(CODE, "python", {}), *_in_data()):
        if piece.one:
            found.setdefault(piece.one, []).append(piece)
    return [_together(pieces) for _, pieces in sorted(found.items())]


def files(patterns: tuple[str, ...]) -> list[Path]:
    """Return the files of patterns under the service, in alphabetical order."""
    return sorted({path for pattern in patterns for path in SERVICE.glob(pattern)})


def name_of(path: Path) -> str:
    """Return a file's name as catalogues show it: from the root of the repository."""
    return path.relative_to(SERVICE.parent).as_posix()


def _together(pieces: list[_Found]) -> Sentence:
    return Sentence(
        one=pieces[0].one,
        many=next((piece.many for piece in pieces if piece.many), None),
        files=tuple(sorted({piece.file for piece in pieces})),
        notes=tuple(dict.fromkeys(note for piece in pieces for note in piece.notes)),
    )


def _in_files(patterns: tuple[str, ...], method: Any, options: dict[str, str]) -> Iterator[_Found]:
    for path in files(patterns):
        said = _said_in(path) if method == "python" else None
        with path.open("rb") as file:
            for _, message, notes, _ in extract(
                method, file, KEYWORDS, (TRANSLATORS,), options, strip_comment_tags=True
            ):
                one, many = message if isinstance(message, tuple) else (message, None)
                if said is None or one in said:
                    yield _Found(name_of(path), one, many, tuple(notes))


def _said_in(path: Path) -> set[str]:
    """Return what is passed as it stands: Babel also gathers a key of a table, as "slot" in `_(SLOTS["slot"])`."""
    calls = [one for one in ast.walk(ast.parse(path.read_bytes())) if isinstance(one, ast.Call) and one.args]
    return {
        call.args[0].value
        for call in calls
        if (getattr(call.func, "id", None) or getattr(call.func, "attr", None)) in KEYWORDS
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def _in_data() -> Iterator[_Found]:
    for label in (*(category.label for category in categories().values()), *FAMILIES.values(), category_label(None)):
        yield _Found(name_of(DATA / "taxonomy.tsv"), label)
    for name, levels in (("nature.tsv", natures()), ("urgency.tsv", urgencies())):
        for level in levels.values():
            yield _Found(name_of(DATA / name), level.label)
    for label in OUTCOMES.values():
        yield _Found(name_of(SERVICE / "domain" / "closing.py"), label)
    for name, keys in WORDS.items():
        path = DATA / name
        if path.exists():
            for words in _walk(tomllib.loads(path.read_text(encoding="utf-8")), keys):
                yield _Found(name_of(path), words)


def _walk(value: object, keys: frozenset[str]) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, keys)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in keys and isinstance(item, str):
                yield item
            else:
                yield from _walk(item, keys)
