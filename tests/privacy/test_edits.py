"""A5: a message of a closed month is added, changed, erased. Nothing published moves; what comes next hardly."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest

from service.domain.areas import AREAS
from service.domain.periods import periods_closed_by
from service.domain.products import PRODUCTS
from service.domain.snapshots import written
from service.embedded.postgres import EmbeddedPostgres
from service.journey.ports import Ports
from service.journey.transactions import name_member, release_transaction
from service.journey.trends.bounding import bounded_table, secret_of
from service.journey.trends.snapshots import read_charges, read_snapshots
from service.journey.trends.trends import release
from service.press import make_press
from service.settings import Settings
from tests.privacy.conftest import Report
from tests.privacy.laboratory import Laboratory
from tests.town import Message, Town
from tests.world import World

pytestmark = [pytest.mark.services, pytest.mark.privacy]

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
START = datetime(2026, 9, 10, 9, tzinfo=UTC)
SUBJECTS = ("chauffage", "ascenseur", "loyer", "bruit", "dechets", "eau_chaude")
Table = dict[str, int]


@pytest.fixture
def laboratory(postgres: EmbeddedPostgres, settings: Settings, ports: Ports, world: World) -> Laboratory:
    return Laboratory(postgres, settings, ports, world.first.id)


def edits(town: Town, home: UUID, messages: Sequence[UUID], random: Random) -> None:
    """Do to one household's messages of closed months all that a day's work may do, fifty times."""
    for place in range(50):
        one = random.choice(messages)
        statement = (
            "update complaints set category = 'loyer', first_category = category where id = %s",
            "update complaints set hops = hops + 1, reopenings = 1 where id = %s",
            "update complaints set erased_at = now(), text = '', tenant_name = null where id = %s",
            "update complaints set abstained = not abstained where id = %s",
            "update complaints set full_done_at = full_due_at + interval '9 days' where id = %s",
        )[place % 5]
        assert town.execute(statement, one) == 1
    for message in messages[::2]:
        for table in ("feedback", "term_sightings"):
            town.execute(f"delete from {table} where complaint_id = %s", message)
        town.execute("delete from complaints where id = %s", message)
    town.write(Message(uuid4(), home, START + timedelta(hours=hour), subject) for hour, subject in enumerate(SUBJECTS))


def exact(town: Town, month: date) -> dict[str, Table]:
    """Return the bounded tables that a month would be drawn from, before their noise; leave nothing behind."""
    secret, areas = secret_of("s", town.member_id), {area: area for area in AREAS}
    with release_transaction() as session:
        name_member(session, town.member_id)
        made = {
            f"{product.code} {period}": bounded_table(session, town.member_id, product, period, areas, secret)
            for product in PRODUCTS.values()
            for period in periods_closed_by(month, product.length)
        }
        session.rollback()
        return made


def moved(one: Table, other: Table) -> int:
    return sum(abs(one.get(key, 0) - other.get(key, 0)) for key in one.keys() | other.keys())


def test_no_edit_of_a_closed_month_moves_what_is_published(
    laboratory: Laboratory, settings: Settings, ports: Ports, report: Report
) -> None:
    town, press = laboratory.town(), make_press(settings)
    (homes,) = town.residences([40], "urbain")
    random, own = Random(5), [uuid4() for _ in range(12)]
    town.write(
        Message(uuid4(), home, START + timedelta(days=day), random.choice(SUBJECTS), score=random.randint(0, 10))
        for home in homes[1:]
        for day in (0, 25, 40)
    )
    town.write(
        Message(one, homes[0], START + timedelta(days=3 * place), SUBJECTS[place % 6], full_due_at=START)
        for place, one in enumerate(own)
    )
    with laboratory.copy() as copied:
        for month in (SEPTEMBER, OCTOBER):
            assert release(month, ports, press)
        published, charges = [written(one) for one in read_snapshots()], read_charges()
        before = exact(copied, date(2026, 11, 1))
        closed = exact_again(copied)
        edits(copied, homes[0], own, random)
        for month in (SEPTEMBER, OCTOBER):
            assert not release(month, ports, press)
        assert [written(one) for one in read_snapshots()] == published
        assert read_charges() == charges
        after = exact(copied, date(2026, 11, 1))
        for name, table in after.items():  # what one household may move anyway, and no more
            assert moved(before[name], table) <= PRODUCTS[name.split(" ")[0]].most, name
        assert exact_again(copied) != closed  # who would count again would show the edits
    report(
        "A5", "aucun octet changé", f"0 octet sur {len(published)} tableaux après 50 corrections et effacements",
        caught="tableau recompté après correction",
    )  # fmt: skip


def exact_again(town: Town) -> dict[str, Table]:
    """The seeded fault: the closed month counted again, from its messages as they are now and its own bounds."""
    town.execute("delete from trend_contributions")
    return exact(town, OCTOBER)
