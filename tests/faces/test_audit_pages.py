"""The pages of the audit log and of what waits for a second person."""

import csv
import io
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from service.journey.administration import audit
from service.journey.people import hiring
from service.journey.people.people import Profile
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.oversight import Proposal
from service.models.people import Staff
from service.settings import Settings
from tests.faces.test_staff import Desk
from tests.people import hire
from tests.world import World, staff_of_role

pytestmark = pytest.mark.services

LOG, ADMINISTRATION = "/equipe/administration/journal", "/equipe/administration"
NAMED, TO_AGREE = f"{ADMINISTRATION}/personnes-nommees", f"{ADMINISTRATION}/validations"


@pytest.fixture
def chiefs(app: Flask, world: World, settings: Settings) -> tuple[Desk, Desk]:
    """Two administrators, each at a desk."""
    engine = create_engine(settings.database_owner_url)
    with Session(engine) as session:
        emails = [staff_of_role(session, world.first, "administrator") for _ in range(2)]
        session.commit()
    engine.dispose()
    desks = (Desk(app.test_client()), Desk(app.test_client()))
    for desk, email in zip(desks, emails, strict=True):
        assert desk.sign_in(email).status_code == 303
    return desks


def write(app: Flask, world: World, ports: Ports) -> None:
    with app.app_context():
        for member in (world.first, world.second):
            with member_transaction(member.id) as session:
                now = ports.clock.now()
                audit.write_change(
                    session, member.id, audit.COMMAND, f"=Délai de {member.slug}", {"jours": 3}, {"jours": 5}, at=now
                )
                audit.write(session, member.id, audit.Actor("Rémi Sorel"), "created", "Une équipe", at=now)


def test_the_log_says_who_changed_what_before_and_after(
    app: Flask, world: World, ports: Ports, chiefs: tuple[Desk, Desk]
) -> None:
    write(app, world, ports)
    page = chiefs[0].read(LOG)
    assert "Délai de amont" in page
    assert "aval" not in page
    assert "<del>3</del>" in page
    assert "Exploitation (ligne de commande)" in page
    for asked, there in (
        ({"qui": "Rémi Sorel"}, (False, True)),
        ({"quoi": "délai"}, (True, False)),
        ({"quoi": "créé"}, (False, True)),
        ({"quoi": "%"}, (False, False)),
        ({"du": "2026-11-26"}, (False, False)),
        ({"du": "2026-11-25", "au": "2026-11-25"}, (True, True)),
    ):
        found = chiefs[0].client.get(LOG, query_string=asked).text
        assert ("lai de amont" in found, "Une équipe" in found) == there, asked


def test_the_file_holds_what_the_page_shows_and_a_spreadsheet_computes_none_of_it(
    app: Flask, world: World, ports: Ports, chiefs: tuple[Desk, Desk]
) -> None:
    write(app, world, ports)
    answer = chiefs[0].client.get(f"{LOG}.csv", query_string={"quoi": "délai"})
    assert "journal-2026-11-25.csv" in answer.headers["Content-Disposition"]
    header, row = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";")
    assert header[:3] == ["Numéro", "Date", "Qui"]
    assert row[1:7] == [
        "25/11/2026 12:00:00", "Exploitation (ligne de commande)", "Changé", "'=Délai de amont", "jours : 3",
        "jours : 5",
    ]  # fmt: skip
    assert "Exporté" in chiefs[0].read(LOG)


def test_a_dangerous_change_goes_from_one_desk_to_the_other(
    app: Flask, world: World, chiefs: tuple[Desk, Desk]
) -> None:
    one, two = chiefs
    for _ in range(2):
        sent = one.send(NAMED, NAMED, person=str(world.first.agent_id), on="1", reason="Elle suit ces dossiers")
        assert sent.status_code == 303
    waiting = one.read(TO_AGREE)
    assert waiting.count("Ana Vidal voit tous les dossiers sensibles</h2>") == 1
    assert "Retirer ma proposition" in waiting
    assert ">Accepter<" not in waiting
    assert "à valider" not in one.read(ADMINISTRATION)  # it waits for another
    assert 'class="chip warn">1<span class="sr"> à valider' in two.read(ADMINISTRATION)
    with app.app_context(), member_transaction(world.first.id) as session:
        proposal_id = session.scalars(select(Proposal.id)).one()
    agree = f"{TO_AGREE}/{proposal_id}/accord"
    assert one.send(TO_AGREE, agree).status_code == 303
    assert "Une autre personne que vous doit accepter." in one.read(TO_AGREE)
    assert not named(app, world)
    for said in ("C'est fait : Ana Vidal voit", "a déjà été décidée"):
        two.send(TO_AGREE, agree)
        assert said in two.read(TO_AGREE).replace("&#39;", "'")
    assert named(app, world)
    assert "Ana Vidal" in two.read(NAMED).partition("Personnes nommées")[2]


def test_what_cannot_be_done_any_more_is_said_and_can_be_refused(
    app: Flask, world: World, ports: Ports, chiefs: tuple[Desk, Desk]
) -> None:
    member, mail = world.first, "nina@amont.example"
    with app.app_context():
        by = hire(app, member, "administrator", "tiers@amont.example")
        hiring.invite(member.id, by, mail, Profile("Nina", "administrator"), "Elle remplace", ports)
        hiring.invite(member.id, by, mail, Profile("Nina", "agent"), "", ports)
        with member_transaction(member.id) as session:
            one = session.scalars(select(Proposal.id)).one()
    assert chiefs[1].send(TO_AGREE, f"{TO_AGREE}/{one}/accord").status_code == 303
    assert "Cette adresse a déjà un compte" in chiefs[1].read(TO_AGREE)
    chiefs[1].send(TO_AGREE, f"{TO_AGREE}/{one}/refus")
    assert "Rien n'est changé" in chiefs[1].read(TO_AGREE).replace("&#39;", "'")


def named(app: Flask, world: World) -> bool:
    with app.app_context(), member_transaction(world.first.id) as session:
        return session.get_one(Staff, world.first.agent_id).is_named


def test_what_is_wrong_in_a_proposal_is_said_beside_the_field(world: World, chiefs: tuple[Desk, Desk]) -> None:
    for fields, said in (
        ({"person": str(world.second.agent_id), "reason": "Pour voir"}, "Choisissez une réponse"),
        ({"person": "?", "reason": "Pour voir"}, "Choisissez une réponse"),
    ):
        answer = chiefs[0].send(NAMED, NAMED, on="1", **fields)
        assert answer.status_code == 422
        assert said in answer.text
    assert "Rien n'attend" in chiefs[1].read(TO_AGREE).replace("&#39;", "'")


def test_the_page_of_named_people_says_when_nobody_is(world: World, chiefs: tuple[Desk, Desk]) -> None:
    assert world
    assert "Personne n'est nommé." in chiefs[0].read(NAMED).replace("&#39;", "'")


def test_an_unknown_proposal_is_not_there(world: World, chiefs: tuple[Desk, Desk]) -> None:
    assert world
    assert chiefs[0].send(TO_AGREE, f"{TO_AGREE}/{UUID(int=7)}/refus").status_code == 404
