"""A9: no reader tells one member from another, but where all those concerned agreed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask import Flask, Response
from sqlalchemy import text

from service.domain import naming
from service.domain.products import PRODUCTS, parts_of
from service.journey.ports import Ports
from service.journey.trends.published import read_published
from tests.privacy.city import JULY, QUARTER, SEPTEMBER, City, press_of, publish
from tests.privacy.conftest import Report
from tests.privacy.readers import ask, program, reader, staff_of, whole
from tests.privacy.test_side_channels import forget_all

pytestmark = [pytest.mark.services, pytest.mark.privacy]

FAR = 100_003  # from one member's numbers to the next one's: nobody takes one for another
STEP = 101  # from one cell to the next
MEMBERS = 6
SHARE = (25, 20, 16.5, 13, 10.5, 10)  # thousand dwellings of each member
_DIGESTS = re.compile(r"[0-9a-f]{16,64}|Content-Length: \d+")  # those of what was drawn, packed in a PDF too


@dataclass
class Marked:
    """The noise of the service, and numbers that name their member: what is looked for in all answers."""

    inner: Any
    order: Sequence[int] = range(MEMBERS)

    def draw(self, counts: Sequence[int], sigma: float, cells: int, rho: float) -> list[int]:
        is_split = any(
            (one.sigma, one.most, one.rho) == (sigma, cells, rho) and len(counts) == MEMBERS * len(parts_of(one, ()))
            for one in naming.NAMED.values()
        )
        assert self.inner.draw(counts, sigma, cells, rho)
        if not is_split:
            return [MEMBERS * FAR * 3 + STEP * place for place in range(len(counts))]
        parts = len(counts) // MEMBERS
        return [FAR * (1 + self.order[place // parts]) + STEP * (place % parts) for place in range(len(counts))]


def told(answers: Mapping[str, str], numbers: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """Return the addresses that give away a number of a member."""
    found = []
    for address, answer in answers.items():
        there = set(re.findall(r"\d+(?:[.,]\d+)?", re.sub(r"(?<=\d) (?=\d{3})", "", answer)))
        found += [(address, member) for member, its in numbers.items() if there & its]
    return found


def numbers_of(app: Flask) -> dict[str, set[str]]:
    """Return the numbers of each member in all that is published, as anybody would write them."""
    made: dict[str, set[str]] = {}
    with app.app_context():
        published = read_published()
    tables = [
        (code, period, published.rows(code, period)) for code in naming.NAMED for period in published.periods(code)
    ]
    tables += [("MF", month, published.families(month)[0]) for month in published.months]
    tables += [("Q2", JULY, published.subjects(JULY)[0])]
    for code, period, rows in tables:
        for slug, row in rows.items():
            stock = published.dwellings(code, period)[slug]
            for figure in row.values():
                rate = figure.noisy * 1000 / stock
                made.setdefault(slug, set()).update({str(round(figure.noisy)), str(int(figure.noisy))})
                made[slug].update(one.replace(".", mark) for one in (f"{rate:.2f}", f"{rate:.1f}") for mark in ".,")
    return made


def extremes(numbers: Mapping[str, set[str]], city: City) -> dict[str, set[str]]:
    """Return the numbers of the first and the last member: those that no median and no middle may be."""
    slugs = sorted(city.members)
    return {slug: numbers[slug] for slug in (slugs[0], slugs[-1])}


def as_text(app: Flask, client: Any, prefixes: Sequence[str] = ("/reseau",)) -> dict[str, str]:
    return {
        address: whole(answer) for address, answer in ask(app, client, prefixes).items() if answer.status_code == 200
    }


def agree(city: City, product: str, slugs: Sequence[str]) -> None:
    """Let some members show their line of a product by name, and no other any more."""
    with city.engine.begin() as connection:
        connection.execute(text("delete from trend_consents"))
        for slug in slugs:
            connection.execute(
                text(
                    "insert into trend_consents (id, member_id, product, from_month, given_by, at) "
                    "values (gen_random_uuid(), :member, :product, '2026-01-01', 'Deux personnes', now())"
                ),
                {"member": city.members[slug].id, "product": product},
            )


def rows_named(app: Flask, numbers: Mapping[str, set[str]]) -> set[str]:
    """Return the members whose line stands in the file of the themes."""
    return {member for _, member in told({"": whole(reader(app).get("/reseau/tendances/MF.csv"))}, numbers)}


def _changed(before: str, after: str) -> list[str]:
    """Return the words that are not the same. Digests of what was drawn are left out, and where they break lines."""
    kept = [_DIGESTS.sub(" ", one).split() for one in (before, after)]
    return [word for word in unified_diff(*kept, lineterm="", n=0) if not word.startswith(("---", "+++", "@@"))]


def test_no_answer_gives_away_a_member(
    city: City, app: Flask, ports: Ports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: Report
) -> None:
    city.fill(QUARTER, 20, is_uneven=False)
    press, heard = press_of(app, tmp_path / "first")
    publish(app, ports, replace(press, noise=Marked(heard.inner)), *QUARTER)
    numbers = numbers_of(app)
    ends, names = extremes(numbers, city), [one.name for one in city.members.values()]
    readers = (reader(app), program(app, ports))

    def all_answers() -> dict[str, str]:
        return {address: answer for client in readers for address, answer in as_text(app, client).items()}

    default = all_answers()
    assert len(default) > 10
    assert told(default, ends) == []
    assert [(address, name) for address, answer in default.items() for name in names if name in answer] == []
    for slug in sorted(city.members)[2:4]:
        pages = as_text(app, staff_of(app, city.members[slug]), ("/equipe/reseau",))
        assert told(pages, ends) == []

    def rows() -> Response:
        with app.app_context():
            lines = read_published().rows("MF", SEPTEMBER)
        return Response(
            "\n".join(f"{letter};{one['logement'].noisy}" for letter, one in zip("ABCDEF", lines.values(), strict=True))
        )

    with monkeypatch.context() as seeded:
        seeded.setitem(app.view_functions, "network.show_model", rows)
        assert told({"": whole(readers[0].get("/reseau/modele"))}, ends), "rows under a pseudonym were not found"

    swapped, _ = press_of(app, tmp_path / "second")
    forget_all(city)
    order = [0, 2, 1, 3, 4, 5]
    publish(app, ports, replace(swapped, noise=Marked(heard.inner, order)), *QUARTER)
    after = all_answers()
    assert after.keys() == default.keys()
    assert [(address, word) for address in default for word in _changed(default[address], after[address])] == []
    report(
        "A9",
        "aucune ligne d'un autre bailleur, sauf si tous les bailleurs concernés l'acceptent",
        f"0 nombre d'un bailleur dans {len(default)} réponses, et les mêmes réponses quand deux échangent leurs lignes",
        caught="des lignes sous pseudonyme",
    )


def test_lines_are_named_only_where_nobody_elses_follows(
    city: City, app: Flask, ports: Ports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: Report
) -> None:
    city.fill((SEPTEMBER,), 20)
    press, heard = press_of(app, tmp_path)
    publish(app, ports, replace(press, noise=Marked(heard.inner)), SEPTEMBER)
    numbers, slugs = numbers_of(app), sorted(city.members)

    def shown(agreeing: int) -> set[str]:
        agree(city, "MF", slugs[:agreeing])
        return rows_named(app, numbers)

    assert [shown(count) for count in range(4)] == [set(slugs[:count]) for count in range(4)]
    assert (shown(4), shown(5), shown(6)) == (set(), set(), set(slugs))
    monkeypatch.setattr(naming, "may_stand_alone", bool)
    assert shown(5), "a rule that lets one member hide alone was not found"
    report("A9", "", "ligne nommée refusée quand 1 ou 2 bailleurs resteraient cachés", caught="un seul bailleur caché")


def test_what_five_members_together_learn_of_the_sixth(report: Report) -> None:
    """No rule of noise prevents it: it is measured and said, and forbidden between members."""
    chance = np.random.default_rng(5)
    weights = 1 / np.arange(1, 41) ** 0.8
    counts = chance.poisson(24_000 * SHARE[-1] / sum(SHARE) * weights / weights.sum())  # a quarter of the smallest
    areas, members = 4 * PRODUCTS["Q3"].sigma ** 2, MEMBERS * PRODUCTS["Q2"].sigma ** 2
    deviation = np.sqrt(1 / (1 / areas + 1 / members))
    found = np.abs(chance.normal(0, deviation, (400, len(counts)))) / np.maximum(counts, 1)
    near = float(np.median(found))
    assert 0.05 < near < 0.5
    report(
        "A9",
        "",
        f"cinq bailleurs qui réuniraient leurs chiffres exacts trouveraient ceux du sixième à {100 * near:.0f} % "
        "près ; le bruit ne l'empêche pas, la convention doit l'interdire",
        caught="",
        detail="calculé pour 95 000 logements",
    )
