"""A10: two hundred rare words, names and numbers are planted; none comes out anywhere."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from service.domain.addresses import fold
from service.journey.ports import Ports
from service.journey.transactions import network_transaction
from service.journey.trends import trends
from tests.privacy.city import SEPTEMBER, TERMS, City, press_of, publish
from tests.privacy.conftest import Report
from tests.privacy.readers import ask, program, reader, staff_of, whole
from tests.privacy.test_access import readable
from tests.privacy.test_side_channels import forget_all, listening

pytestmark = [pytest.mark.services, pytest.mark.privacy]

SURNAMES, PETS, PHONES = 80, 80, 40
BUILDING = 50  # households of one building that all write the same ten
IN_BUILDING = 10
MOST_HOUSEHOLDS = 9
_LETTERS = "bcdfgjklmprtvz", "aeiou"


@dataclass(frozen=True)
class Canaries:
    """What is planted: words that no list holds, and numbers."""

    words: Sequence[str]
    phones: Sequence[str]

    def among(self, content: str) -> list[str]:
        """Return those that stand in a text, however they are written."""
        folded = fold(content)
        digits = "".join(content.split())
        return [one for one in self.words if one in folded] + [one for one in self.phones if one in digits]


def breed(chance: random.Random) -> Canaries:
    """Make two hundred canaries."""
    consonants, vowels = _LETTERS
    words: set[str] = set()
    while len(words) < SURNAMES + PETS:
        words.add("".join(chance.choice(consonants) + chance.choice(vowels) for _ in range(5)))
    return Canaries(sorted(words), [f"07{chance.randrange(10**7, 10**8)}" for _ in range(PHONES)])


def sow(city: City, canaries: Canaries, chance: random.Random) -> None:
    """Plant each canary in one household to nine, and ten of them in fifty households of one building."""
    building = city.build("aval", "qpv", BUILDING, size=BUILDING)
    homes = city.build("dune", "urbain", 60) + city.build("amont", "rural", 60)
    common, rare = canaries.words[:IN_BUILDING], [*canaries.words[IN_BUILDING:], *canaries.phones]
    said: dict[UUID, list[str]] = {one: [_sentence(word) for word in common] for one in building}
    for word in rare:
        for home in chance.sample(homes, chance.randint(1, MOST_HOUSEHOLDS)):
            said.setdefault(home, []).append(_sentence(word))
    owner = {one: slug for (slug, _), dwellings in city.homes.items() for one in dwellings}
    for home, sentences in said.items():
        name = next((word for word in rare if _sentence(word) in sentences), common[0])
        city.write(
            [(owner[home], home, "chauffage", SEPTEMBER)],
            text=" ".join(["Des cafards.", *sentences]),
            tenant_name=f"Mme {name.title()}", tenant_phone=canaries.phones[0],
        )  # fmt: skip


def _sentence(word: str) -> str:
    return f"Rappelez-moi au {word}." if word.isdigit() else f"C'est {word.title()}, le chat {word.title()} a froid."


def sung(canaries: Canaries, places: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the canaries that came out, and where."""
    return [(place, one) for place, content in places.items() for one in canaries.among(content)]


def read_all(app: Flask, ports: Ports, city: City) -> dict[str, str]:
    """Return all that the network, a program and another member are answered."""
    found = {}
    for who, client, prefixes in (
        ("reader", reader(app), ("/reseau",)),
        ("program", program(app, ports), ("/reseau",)),
        ("other member", staff_of(app, city.members["centre"]), ("/equipe/reseau",)),
        ("stranger", app.test_client(), ("/reseau", "/donnees", "/ouvert")),
    ):
        found |= {f"{who} {address}": whole(answer) for address, answer in ask(app, client, prefixes).items()}
    return found


def tables(app: Flask, city: City) -> dict[str, str]:
    """Return all that the network's role may read in the database, and all that is published."""
    with city.engine.connect() as connection:
        columns = readable(connection, "seve_network")
        held = ("trend_snapshots", "trend_charges", "trend_errata")
        made = {name: str(connection.execute(text(f"select * from {name}")).all()) for name in held}
    with app.app_context(), network_transaction() as session:
        for column in columns:
            table, _, name = column.partition(".")
            made[column] = str(session.execute(text(f'select "{name}" from {table}')).all())
    return made


def test_no_rare_word_comes_out(
    city: City, app: Flask, ports: Ports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: Report
) -> None:
    chance = random.Random(200)
    canaries = breed(chance)
    sow(city, canaries, chance)
    city.watch()
    with listening(app) as heard:
        published = publish(app, ports, press_of(app, tmp_path)[0], SEPTEMBER)
        answers = read_all(app, ports, city)
    files = {str(path): path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()}
    assert len(answers) > 20
    assert files
    assert sung(canaries, answers | files | tables(app, city) | {"logs": heard.getvalue()}) == []
    (terms,) = [one for one in published if one.product == "TERMS"]
    assert set(TERMS) <= set(terms.keys)
    assert terms.values[terms.keys.index("cafards")] > BUILDING  # the messages were read

    found_in_messages = _every_word(city)

    def most_written(month: date) -> list[str]:
        assert month
        return sorted(found_in_messages, key=found_in_messages.__getitem__, reverse=True)[:40]

    monkeypatch.setattr(trends, "watch_list", most_written)
    forget_all(city)
    publish(app, ports, press_of(app, tmp_path / "seeded")[0], SEPTEMBER)
    assert sung(canaries, tables(app, city)), "words chosen from the messages were not found"
    report(
        "A10",
        "aucun mot hors de la liste publique ne sort",
        f"0 sur {SURNAMES + PETS + PHONES} noms, surnoms et numéros semés, dans {len(answers)} réponses, les journaux, "
        "les archives et les tables",
        caught="une liste faite des mots les plus écrits",
    )


def _every_word(city: City) -> dict[str, int]:
    counted: dict[str, int] = {}
    with city.engine.connect() as connection:
        messages: Iterable[str] = connection.scalars(text("select text from complaints"))
        for message in messages:
            for word in set(fold(message).replace(".", " ").replace(",", " ").split()):
                counted[word] = counted.get(word, 0) + 1
    return counted
