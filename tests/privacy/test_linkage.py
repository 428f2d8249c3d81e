"""A11: a masked text is found again from the original, nearly always; so it stays with its member, whole."""

import json
import random
from contextlib import suppress
from uuid import UUID

import numpy as np
import pytest
from flask import Flask
from sklearn.feature_extraction.text import TfidfVectorizer
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from classifier.config import CORPUS
from service.domain.pseudonyms import Writer, pseudonymise
from service.journey.transactions import (
    member_transaction,
    network_transaction,
    release_transaction,
    shared_transaction,
)
from tests.privacy.city import SEPTEMBER, City
from tests.privacy.conftest import Report

pytestmark = [pytest.mark.services, pytest.mark.privacy, pytest.mark.usefixtures("within")]

MASKED = "Chez [NOM] le radiateur reste froid depuis lundi"
NAMES = ("Brezolin", "Karvatine", "Ould Sidi", "Tchoumakov", "Vandereycken")
NOWHERE = (network_transaction, release_transaction)


def messages(how_many: int) -> list[str]:
    """Return invented messages, as tenants write them, with a name and a number in each."""
    chance = random.Random(11)
    lines = (line for path in sorted(CORPUS.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines())
    every = [str(json.loads(line)["text"]) for line in lines]
    chosen = chance.sample(sorted(set(every)), how_many)
    return [f"{one} Signé {chance.choice(NAMES)}, 06 {chance.randrange(10, 99)} 11 22 33." for one in chosen]


def found_again(originals: list[str], masked: list[str]) -> float:
    """Return how often the nearest original is the right one."""
    count = TfidfVectorizer(analyzer="char", ngram_range=(3, 5), sublinear_tf=True).fit(originals)
    near = np.asarray((count.transform(masked) @ count.transform(originals).T).argmax(axis=1)).ravel()
    return float((near == np.arange(len(originals))).mean())


def readers_of(city: City, owner: UUID) -> list[str]:
    """Return who reads the masked text of a member beside itself."""
    found = []
    for slug, member in city.members.items():
        if member.id != owner:
            with member_transaction(member.id) as session:
                if session.scalars(text("select text from training_examples")).all():
                    found.append(slug)
    with shared_transaction() as session:
        if session.scalars(text("select text from training_examples")).all():
            found.append("nobody in particular")
    for transaction in NOWHERE:
        with suppress(ProgrammingError), transaction() as session:  # not granted
            session.scalars(text("select text from training_examples")).all()
            found.append(transaction.__name__)
    return found


def keep(city: City, slug: str) -> UUID:
    """Keep one masked text in a member."""
    member = city.members[slug]
    (home,) = city.build(slug, "urbain", 1)
    city.write([(slug, home, "chauffage", SEPTEMBER)])
    with city.engine.begin() as connection:
        connection.execute(
            text(
                "insert into training_examples "
                "(id, member_id, complaint_id, text, category, source, incident, author, at) "
                "select gen_random_uuid(), member_id, id, :text, 'chauffage', 'correction', 'a', 'a', now() "
                "from complaints where member_id = :member limit 1"
            ),
            {"text": MASKED, "member": member.id},
        )
    return member.id


def test_a_masked_text_is_as_good_as_signed_so_it_stays_with_its_member(
    city: City, app: Flask, full: bool, report: Report
) -> None:
    assert app
    originals = messages(1500 if full else 300)
    masked = [pseudonymise(one, Writer(names=NAMES)) for one in originals]
    assert not [one for one in masked if any(name in one for name in NAMES)]
    again = found_again(originals, masked)
    assert again > 0.5  # were it not so, the masking would have ruined what it masks
    owner = keep(city, "amont")
    assert readers_of(city, owner) == []
    with member_transaction(owner) as session:
        assert session.scalars(text("select text from training_examples")).all() == [MASKED]
    with city.engine.begin() as connection:
        connection.execute(text("create policy everyone on training_examples to seve_app using (true)"))
    assert len(readers_of(city, owner)) == len(city.members)
    report(
        "A11",
        "aucun texte, même masqué, ne sort d'un bailleur",
        f"0 lecteur ; car un texte masqué se retrouve {100 * again:.0f} fois sur 100 à partir de l'original",
        caught="les exemples masqués ouverts à tous les bailleurs",
    )
