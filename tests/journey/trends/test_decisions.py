"""You said, we did: written once, changed with a trace, measured from published months only."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from service.domain.errors import BadInput, NotFound
from service.domain.products import Product
from service.journey.administration import audit
from service.journey.people.accounts import Reader
from service.journey.ports import Ports
from service.journey.transactions import network_transaction, shared_transaction
from service.journey.trends import decisions
from service.journey.trends.decisions import NOT_ASKED, NOT_YET, RETIRED, TOO_OLD, TOO_SMALL, Typed
from service.journey.trends.published import read_published
from service.journey.trends.snapshots import Erratum, attach_erratum
from tests.kept_tables import AREAS, MEMBERS, keep
from tests.network_figures import months_until

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("world")]

READER = Reader(uuid4(), "Lectrice")
TYPED = Typed(
    "chauffage", "Trop d'attente", "Un second technicien", "Directions techniques", date(2026, 6, 10), "planned",
    date(2026, 7, 1),
)  # fmt: skip


def spread(changed: dict[date, int], usual: int = 1000) -> None:
    """Publish a year and a half, with so many households of each subject and theme in a month."""
    for month in months_until(date(2026, 10, 1), 18):
        value = changed.get(month, usual)

        def value_of(product: Product, _key: str, value: int = value) -> int:
            return value // {"member": len(MEMBERS), "area": len(AREAS)}.get(product.split, 1)

        keep([month], value_of)


def effects(*typed: Typed, ports: Ports) -> list[str]:
    for one in typed:
        decisions.write(one, READER, ports)
    return [one.effect for one in decisions.read_decisions(read_published())]


def test_a_decision_is_written_once_and_the_platform_keeps_the_trace(app: Flask, ports: Ports) -> None:
    with app.app_context():
        decisions.write(TYPED, READER, ports)
        decisions.write(TYPED, READER, ports)  # a double click
        (one,) = decisions.read_decisions(read_published())
        assert (one.label, one.said, one.owner, one.state_label) == (
            "Chauffage", "Trop d'attente", "Directions techniques", "Prévu",
        )  # fmt: skip
        decisions.change(one.id, "done", None, READER, ports)
        decisions.change(one.id, "done", None, READER, ports)  # nothing is changed: nothing is written
        (one,) = decisions.read_decisions(read_published())
        assert (one.state_label, one.effect) == ("Fait", NOT_ASKED)
        with shared_transaction() as session:
            log = [(entry.actor, entry.action) for entry in audit.entries(session, None, audit.Query())]
    assert log == [("Lectrice", "changed"), ("Lectrice", "created")]


def test_words_are_taken_back_for_good_and_the_log_never_held_them(app: Flask, ports: Ports) -> None:
    with app.app_context():
        decisions.write(TYPED, READER, ports)
        (one,) = decisions.read_decisions(read_published())
        decisions.change(one.id, "done", None, READER, ports)
        for _ in range(2):
            decisions.take_back(one.id, READER, ports)
        (one,) = decisions.read_decisions(read_published())
        assert (one.said, one.decided, one.owner, one.state) == ("retiré", "retiré", "retiré", "dropped")
        with pytest.raises(NotFound):
            decisions.take_back(uuid4(), READER, ports)
        with shared_transaction() as session:
            log = list(audit.entries(session, None, audit.Query()))
            held = str([(entry.subject, entry.before, entry.after) for entry in log])
            actions = [entry.action for entry in log]
    assert actions == ["removed", "changed", "created"]
    assert "Chauffage" in held
    for words in (TYPED.said, TYPED.decided, TYPED.owner):
        assert words not in held


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"subject": "rien"}, "unknown_value", "subject"),
        ({"state": "rien"}, "unknown_value", "state"),
        ({"said": "Appelez le 06 12 34 56 78"}, "names_somebody", "said"),
        ({"measured_from": date(2026, 5, 1)}, "before_decision", "measured_from"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(
    app: Flask, ports: Ports, changed: dict[str, object], code: str, field: str
) -> None:
    typed = Typed(**{**TYPED.__dict__, **changed})
    with app.app_context():
        with pytest.raises(BadInput) as refused:
            decisions.write(typed, READER, ports)
        assert (refused.value.code, refused.value.field) == (code, field)
        assert decisions.read_decisions(read_published()) == []
        with pytest.raises(NotFound):
            decisions.change(uuid4(), "done", None, READER, ports)


def test_the_effect_is_measured_against_the_same_months_a_year_before(app: Flask, ports: Ports) -> None:
    with app.app_context():
        spread(dict.fromkeys(months_until(date(2026, 9, 1), 3), 400))
        (said,) = effects(TYPED, ports=ports)
    assert said.startswith("400 foyers par mois sur trois mois, contre 1\u202f000 les mêmes mois un an avant (seuil ")
    assert "en baisse. Ce n'est pas une preuve" in said


def test_a_theme_is_measured_on_the_agreed_total_and_a_small_gap_is_none(app: Flask, ports: Ports) -> None:
    typed = Typed(**{**TYPED.__dict__, "subject": "logement"})
    with app.app_context():
        spread(dict.fromkeys(months_until(date(2026, 9, 1), 3), 1020))
        (said,) = effects(typed, ports=ports)
    assert said.startswith("1\u202f020 foyers par mois")
    assert said.endswith(": l'écart ne dépasse pas le seuil.")


def test_without_a_year_before_the_three_months_before_serve(app: Flask, ports: Ports) -> None:
    typed = Typed(**{**TYPED.__dict__, "decided_on": date(2025, 7, 20), "measured_from": date(2025, 8, 1)})
    with app.app_context():
        spread(dict.fromkeys(months_until(date(2025, 10, 1), 3), 2000))
        (said,) = effects(typed, ports=ports)
    assert "contre 1\u202f000 les trois mois d'avant" in said
    assert "en hausse" in said


def test_too_early_too_old_and_too_small_are_said(app: Flask, ports: Ports) -> None:
    early = Typed(**{**TYPED.__dict__, "said": "a", "measured_from": date(2026, 9, 1)})
    old = Typed(**{**TYPED.__dict__, "said": "b", "decided_on": date(2024, 1, 1), "measured_from": date(2024, 2, 1)})
    with app.app_context():
        assert effects(TYPED, ports=ports) == [NOT_YET]
        spread(dict.fromkeys(months_until(date(2026, 9, 1), 3), 3))
        effects(early, old, ports=ports)
        said = {one.said: one.effect for one in decisions.read_decisions(read_published())}
    assert said == {"Trop d'attente": TOO_SMALL, "a": NOT_YET, "b": TOO_OLD}


def test_a_withdrawn_month_measures_nothing(app: Flask, ports: Ports) -> None:
    with app.app_context():
        spread({})
        attach_erratum(Erratum("C1", date(2026, 8, 1), "Faux.", is_withdrawn=True), "Exploitation", ports)
        assert effects(TYPED, ports=ports) == [RETIRED]


def test_the_role_of_the_network_writes_no_decision(app: Flask) -> None:
    statement = text(
        "insert into trend_decisions (id, subject, said, decided, owner, decided_on, state, written_by, at) "
        "values (gen_random_uuid(), 'a', 'a', 'a', 'a', current_date, 'done', 'a', :now)"
    )
    with app.app_context(), pytest.raises(Exception, match="permission denied"), network_transaction() as session:
        session.execute(statement, {"now": datetime(2026, 1, 1, tzinfo=UTC)})
