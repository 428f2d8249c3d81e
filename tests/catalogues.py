"""Small catalogues for tests: what is said does not depend on the translations of the day."""

from collections.abc import Mapping
from pathlib import Path

from service.cli import catalogue_files
from service.cli.sentences import Sentence
from service.domain.languages import tongue_of


def write_catalogue(folder: Path, code: str, said: Mapping[tuple[str, str] | str, tuple[str, ...] | str]) -> None:
    """Write the catalogue of a language with a few sentences."""
    tongue = tongue_of(code)
    known = [Sentence(*(key if isinstance(key, tuple) else (key, None)), (), ()) for key in said]
    catalogue = catalogue_files.merged(tongue, catalogue_files.read(tongue, folder), known)
    for key, forms in said.items():
        catalogue.get(key).string = forms  # type: ignore[union-attr]
    catalogue_files.write(tongue, catalogue, folder)
