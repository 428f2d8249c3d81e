"""The catalogues as files: read, merged with the sentences of today, written so that only words make a difference."""

import io
from collections.abc import Iterable
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from service.cli.sentences import Sentence
from service.domain.languages import LANGUAGES, Tongue
from service.journey.languages import CATALOGUES

# The language the sentences are written in has no catalogue.
TRANSLATED = tuple(tongue for tongue in LANGUAGES if tongue.code != "fr")
WIDTH = 110
# The order in which those who translate expect the six forms of Arabic: none, one, two, a few, 11 to 99, hundreds.
PLURALS = {"ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"}


def path_of(tongue: Tongue, folder: Path = CATALOGUES) -> Path:
    """Return where the catalogue of a language is kept."""
    return folder / f"{tongue.code}.po"


def read(tongue: Tongue, folder: Path = CATALOGUES) -> Catalog:
    """Return the catalogue of a language; an empty one when it has none yet."""
    path = path_of(tongue, folder)
    if not path.exists():
        return Catalog(locale=Locale.parse(tongue.locale))
    with path.open("rb") as file:
        return read_po(file, locale=Locale.parse(tongue.locale))


def merged(tongue: Tongue, known: Catalog, sentences: Iterable[Sentence]) -> Catalog:
    """Return a catalogue of exactly these sentences, with the translations and the notes that were there."""
    fresh = Catalog(locale=Locale.parse(tongue.locale))
    for sentence in sentences:
        before = known.get(sentence.key)
        is_kept = before is not None and bool(before.pluralizable) == bool(sentence.many)
        fresh.add(
            sentence.key,
            string=before.string if is_kept and before else None,
            locations=[(file, 0) for file in sentence.files],
            auto_comments=sentence.notes,
            user_comments=before.user_comments if before else (),
        )
    return fresh


def write(tongue: Tongue, catalogue: Catalog, folder: Path = CATALOGUES) -> None:
    """Write a catalogue in alphabetical order, without a date nor the number of a line."""
    body = io.BytesIO()
    write_po(body, catalogue, width=WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    folder.mkdir(exist_ok=True)
    path_of(tongue, folder).write_bytes(_header(tongue, catalogue).encode() + body.getvalue())


def _header(tongue: Tongue, catalogue: Catalog) -> str:
    lines = (
        f"Language: {tongue.code}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {PLURALS.get(tongue.code, catalogue.plural_forms)}",
    )
    fields = "\n".join(f'"{line}\\n"' for line in lines)
    return f'# Sève, {tongue.name}. The sentences are gathered by `make catalogues`.\nmsgid ""\nmsgstr ""\n{fields}\n\n'
