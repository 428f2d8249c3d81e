"""`flask catalogues …`: the sentences tenants read, in every language, and how easy the French of them is.

They need files only: `python -m service.cli.catalogues …` does the same without a database.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

import click

from service.cli import catalogue_files, untranslated
from service.cli.catalogue_faults import State, state_of
from service.cli.catalogue_files import TRANSLATED
from service.cli.sentences import Sentence, sentences
from service.domain.languages import Tongue, tongue_of
from service.domain.readability import Readability, hardest, measure, score_of, sentences_of

# The languages in which nothing may be missing: `check` fails when something is.
ENFORCED: tuple[str, ...] = ("fr-falc", "en", "ar", "tr", "uk", "pt")
SHOWN = 20  # lines of each kind, unless all are asked for
EASY_TO_READ = "fr-falc"


@click.group()
def catalogues() -> None:
    """Les phrases lues par les locataires, dans chaque langue."""


@catalogues.command("update")
def update() -> None:
    """Gather every sentence and write the catalogue of each language, translations kept."""
    found = sentences()
    for tongue in TRANSLATED:
        fresh = catalogue_files.merged(tongue, catalogue_files.read(tongue), found)
        catalogue_files.write(tongue, fresh)
        click.echo(_in_short(state_of(tongue, fresh, found), len(found)))


@catalogues.command("check")
@click.argument("codes", nargs=-1)
@click.option("--all", "is_long", is_flag=True, help="Tout montrer.")
def check(codes: tuple[str, ...], is_long: bool) -> None:
    """List what is missing or wrong: in the languages named, or in all of them."""
    found = sentences()
    states = [state_of(tongue, catalogue_files.read(tongue), found) for tongue in _chosen(codes)]
    outside = [*untranslated.in_templates(), *untranslated.in_code()]
    for state in states:
        click.echo(_in_short(state, len(found)))
        _show(state.faults, is_long=is_long)
        _show(state.missing if state.translated else (), is_long=is_long)
    click.echo(f"Hors des catalogues : {len(outside)}")
    _show(outside, is_long=is_long)
    if outside or any(state.faults for state in states) or unfinished(states):
        raise click.exceptions.Exit(1)


@catalogues.command("readability")
def readability() -> None:
    """Measure the French of each page and letter, and show the hardest sentences."""
    found = sentences()
    for file, measured in by_file(found):
        click.echo(f"{measured.score:6.1f}  {_detail(measured)}  {file}")
    all_of_it = french(found)
    _total("Français", measure(all_of_it))
    _total("Facile à lire", measure(easy_french(found)))
    click.echo("Les plus difficiles :")
    for sentence in hardest(all_of_it):
        click.echo(f"{score_of(sentence):6.1f}  {sentence}")


def unfinished(states: Iterable[State]) -> list[str]:
    """Return the languages that must be complete and are not."""
    return [state.tongue.code for state in states if state.tongue.code in ENFORCED and not state.is_complete]


def french(found: Iterable[Sentence]) -> list[str]:
    """Return the French sentences to be read, names of buttons and labels left out."""
    return list(chain.from_iterable(sentences_of(sentence.many or sentence.one) for sentence in found))


def easy_french(found: Iterable[Sentence]) -> list[str]:
    """Return the same in easy-to-read French, where it has its own words."""
    catalogue = catalogue_files.read(tongue_of(EASY_TO_READ))
    said: list[str] = []
    for sentence in found:
        message = catalogue.get(sentence.key)
        own = message.string if message else None
        last = own[-1] if isinstance(own, list | tuple) else own
        said.extend(sentences_of(last or sentence.many or sentence.one))
    return said


def by_file(found: Sequence[Sentence]) -> list[tuple[str, Readability]]:
    """Return each page, letter or list with its measure, the hardest first."""
    names = sorted({file for sentence in found for file in sentence.files})
    pairs = ((name, measure(french(sentence for sentence in found if name in sentence.files))) for name in names)
    return sorted(((name, measured) for name, measured in pairs if measured), key=lambda pair: pair[1].score)


def _chosen(codes: tuple[str, ...]) -> list[Tongue]:
    unknown = set(codes) - {tongue.code for tongue in TRANSLATED}
    if unknown:
        known = ", ".join(tongue.code for tongue in TRANSLATED)
        raise click.ClickException(f"Langue inconnue : {', '.join(sorted(unknown))}. Langues connues : {known}.")
    return [tongue for tongue in TRANSLATED if not codes or tongue.code in codes]


def _in_short(state: State, total: int) -> str:
    return (
        f"{state.tongue.code} ({state.tongue.name}) : {state.translated} sur {total}, "
        f"manquent {len(state.missing)}, fautes {len(state.faults)}"
    )


def _show(lines: Sequence[str], *, is_long: bool) -> None:
    shown = lines if is_long else lines[:SHOWN]
    for line in shown:
        click.echo(f"  - {line}")
    if len(lines) > len(shown):
        click.echo(f"  … et {len(lines) - len(shown)} autres (--all pour tout voir)")


def _detail(measured: Readability) -> str:
    return (
        f"{measured.sentences:4d} phrases, {measured.words_per_sentence:4.1f} mots par phrase, "
        f"{measured.long_words:4.0%} de mots longs"
    )


def _total(name: str, measured: Readability | None) -> None:
    if measured:
        click.echo(f"{measured.score:6.1f}  {_detail(measured)}  {name}")


if __name__ == "__main__":
    catalogues()
