"""Entering for a tenant who called, came or wrote a letter: looked for, shown, kept once, held to the agent's word."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.delivery import Delivery
from service.models.member import Team
from tests.faces.test_staff import Desk, at_desk
from tests.work import kinds, work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

PAGE = "/equipe/demandes/nouvelle"
COLD = "Le radiateur reste froid"


class Counter:
    """A person of the first member, and the page on which they enter."""

    def __init__(self, app: Flask, member: MemberWorld) -> None:
        self.app, self.member = app, member
        self.desk: Desk = at_desk(app, member)
        found = re.search(r'name="nonce" value="([^"]+)"', self.desk.client.get(PAGE).text)
        assert found
        self.fields = {
            "nonce": found[1], "channel": "phone", "text": COLD, "dwelling": member.collective, "name": "Ada Petit",
            "phone": "06 12 34 56 78", "preferred_channel": "phone", "language": "fr",
        }  # fmt: skip

    def press(self, action: str, **changed: Any) -> TestResponse:
        return self.desk.send(PAGE, PAGE, **{**self.fields, "action": action, **changed})

    def complaints(self) -> list[Complaint]:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            return list(session.scalars(select(Complaint)).all())

    def event(self, complaint_id: UUID, kind: str) -> Event:
        with self.app.app_context(), member_transaction(self.member.id) as session:
            told = select(Event).where(Event.complaint_id == complaint_id, Event.kind == kind)
            return session.scalars(told.order_by(Event.id.desc())).first() or pytest.fail(f"no {kind}")


def plain(answer: TestResponse) -> str:
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ").replace("&#39;", "'")


@pytest.fixture
def counter(app: Flask, world: World) -> Counter:
    return Counter(app, world.first)


def test_the_inbox_leads_to_the_page(counter: Counter) -> None:
    assert f'href="{PAGE}"' in counter.desk.client.get("/equipe/").text


def test_a_stranger_is_sent_to_sign_in(app: Flask, world: World) -> None:
    assert world
    for answer in (app.test_client().get(PAGE), app.test_client().post(PAGE, data={"action": "send"})):
        assert answer.status_code in (303, 400)
        assert "Saisir une demande" not in answer.text


def test_before_sending_the_agent_reads_who_receives_it_and_what_is_promised(counter: Counter) -> None:
    page = plain(counter.press("check"))
    assert "Rien n'est encore enregistré" in page
    assert "Est-ce à propos de : Chauffage ?" in page
    assert "Chaleur Picarde, suivie par Service technique" in page
    assert "Le chauffage collectif est confié à Chaleur Picarde." in page
    assert "jeudi 26 novembre 2026" in page
    assert counter.complaints() == []


def test_it_is_kept_as_the_tenants_with_the_name_of_who_typed_it(counter: Counter, ports: Ports) -> None:
    answer = counter.press("send", needs="personne_agee", where="home")
    (kept,) = counter.complaints()
    assert (answer.status_code, answer.location) == (303, f"/equipe/demandes/{kept.id}")
    assert (kept.channel, kept.text, kept.tenant_name, kept.preferred_channel) == ("phone", COLD, "Ada Petit", "phone")
    assert (kept.needs, kept.details, kept.entered_by_id) == (
        ["personne_agee"], {"where": "home"}, counter.member.agent_id,
    )  # fmt: skip
    event = counter.event(kept.id, "submitted")
    assert (event.actor, event.data["entered_by"]) == ("tenant", "Ana Vidal")
    page = plain(counter.desk.client.get(answer.location))
    assert f"Donnez cette référence à la personne : {kept.reference}." in page
    assert "Demande reçue par téléphone" in page
    assert "Saisie par Ana Vidal." in page
    assert ports


def test_a_double_click_keeps_one(counter: Counter) -> None:
    first, second = counter.press("send"), counter.press("send")
    assert first.location == second.location
    assert len(counter.complaints()) == 1


def test_the_same_page_with_other_words_is_asked_about_and_may_then_be_kept(counter: Counter) -> None:
    counter.press("send")
    answer = counter.press("send", text="Le loyer est faux")
    assert answer.status_code == 409
    assert "Cette page a déjà servi" in plain(answer)
    fresh = re.search(r'name="nonce" value="([^"]+)"', answer.text)
    assert fresh
    assert fresh[1] != counter.fields["nonce"]
    assert counter.press("send", text="Le loyer est faux", nonce=fresh[1]).status_code == 303
    assert len(counter.complaints()) == 2


def test_danger_is_said_above_everything_and_the_people_on_duty_have_it(counter: Counter, app: Flask) -> None:
    words = "Ça sent le gaz, une forte odeur de gaz dans la cuisine"
    for action in ("check", "search"):
        page = plain(counter.press(action, text=words))
        main = page.partition("<main")[2]
        assert main.index("dites d'abord ceci à la personne") < main.index("<h1")
        assert "0 800 47 33 33" in main
    counter.press("send", text=words)
    (kept,) = counter.complaints()
    with app.app_context(), member_transaction(counter.member.id) as session:
        team = session.get_one(Team, kept.team_id)
    assert (kept.urgency, team.kind) == ("danger", "on_call")


def test_without_danger_nothing_frightens(counter: Counter) -> None:
    assert "dites d'abord ceci" not in plain(counter.press("check"))


def test_the_agents_subject_wins_over_the_model_and_is_an_example(counter: Counter, app: Flask) -> None:
    page = plain(counter.press("check", subject="loyer"))
    assert "Gestion locative" in page, "the route shown is that of the subject chosen"
    counter.press("send", subject="loyer")
    (kept,) = counter.complaints()
    assert (kept.category, kept.category_by_person) == ("loyer", True)
    with app.app_context():
        assert "corrected" in kinds(counter.member, kept.id)
        with member_transaction(counter.member.id) as session:
            assert session.get_one(Team, kept.team_id).kind == "tenancy"


@pytest.mark.parametrize("subject", ["chauffage", "unknown", "", "rien"])
def test_the_models_subject_kept_or_none_is_no_correction(counter: Counter, app: Flask, subject: str) -> None:
    counter.press("send", subject=subject)
    (kept,) = counter.complaints()
    with app.app_context():
        assert "corrected" not in kinds(counter.member, kept.id)


def test_what_the_page_ticked_by_itself_is_no_choice_when_the_words_change(counter: Counter) -> None:
    page = plain(counter.press("check"))
    assert 'name="suggested" value="chauffage"' in page
    left = {"subject": "chauffage", "suggested": "chauffage", "text": "Une question sur mon loyer"}
    page = plain(counter.press("check", **left))
    assert "Gestion locative" in page
    assert "Chauffage" not in page.partition("<details>")[0]
    counter.press("send", **left)
    (kept,) = counter.complaints()
    assert (kept.category, kept.category_by_person) == ("loyer", False)


def test_what_the_agent_chose_stays_chosen_when_the_words_change(counter: Counter) -> None:
    page = plain(counter.press("check", subject="loyer", suggested="chauffage"))
    assert 'name="suggested" value=""' in page
    counter.press("send", subject="loyer", suggested="", text="Le radiateur est froid, et la facture est fausse")
    assert counter.complaints()[0].category == "loyer"


def test_another_subject_is_chosen_in_the_list(counter: Counter) -> None:
    page = plain(counter.press("check", subject="chauffage", another="ascenseur"))
    assert re.search(r'name="subject" value="ascenseur" checked', page)
    counter.press("send", subject="ascenseur")
    assert counter.complaints()[0].category == "ascenseur"


@pytest.mark.parametrize(
    ("typed", "found", "missing"),
    [
        ("amont-0001", ["amont-0001"], ["amont-0002", "amont-0003"]),
        ("AMONT-00", ["amont-0001", "amont-0002", "amont-0003"], []),
        ("3 allée des Tilleuls", ["amont-0001", "amont-0003"], ["amont-0002"]),
        ("12 bis rue du marais, Amiens", ["amont-0002"], ["amont-0001"]),
        ("les tilleuls", ["amont-0001", "amont-0003"], ["amont-0002"]),
        ("tilleuls 80000", ["amont-0001"], ["amont-0002"]),
    ],
)
def test_a_dwelling_is_found_by_reference_address_or_residence(
    counter: Counter, typed: str, found: list[str], missing: list[str]
) -> None:
    page = counter.press("search", search=typed, dwelling="").text
    assert all(f'name="dwelling" value="{one}"' in page for one in found)
    assert not any(f'value="{one}"' in page for one in missing)


@pytest.mark.parametrize("typed", ["aval-0001", "rue qui n'existe pas", "%", "_"])
def test_another_members_dwellings_and_none_are_not_found(counter: Counter, typed: str) -> None:
    page = counter.press("search", search=typed, dwelling="")
    assert "Aucun logement ne correspond" in plain(page)
    assert 'name="dwelling"' not in page.text


def test_looking_for_a_dwelling_keeps_what_is_typed_and_stores_nothing(counter: Counter) -> None:
    page = plain(counter.press("search", search="tilleuls", text="Mots à garder", where="common"))
    assert ">Mots à garder</textarea>" in page
    assert 'value="common" checked' in page
    assert 'value="amont-0001" checked' in page
    assert counter.complaints() == []


def test_a_letter_that_came_earlier_is_dated_and_the_clock_starts_now(counter: Counter, clock: SetClock) -> None:
    day = (clock.now() - timedelta(days=30)).date().isoformat()
    way = {"channel": "paper", "received_on": day, "preferred_channel": "post"}
    assert "Le délai part d'aujourd'hui, jour de la saisie." in plain(counter.press("check", **way))
    counter.press("send", **way)
    (kept,) = counter.complaints()
    assert kept.details == {"received_on": day}
    assert kept.submitted_at == clock.now()
    page = plain(counter.desk.client.get(f"/equipe/demandes/{kept.id}"))
    assert "Arrivée le lundi 26 octobre 2026. Saisie par Ana Vidal." in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("received_on", "2026-11-26"),
        ("received_on", "2026-10-25"),
        ("received_on", "hier"),
        ("text", "  "),
        ("text", "a" * 10_001),
        ("channel", "pigeon"),
        ("channel", ""),
        ("preferred_channel", ""),
        ("preferred_channel", "email"),
        ("phone", "12"),
        ("email", "ada@"),
        ("name", "a" * 301),
        ("needs", "fortune"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(counter: Counter, field: str, value: str) -> None:
    for action in ("check", "send"):
        answer = counter.press(action, **{field: value})
        assert answer.status_code == 422
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}-error"' in answer.text
    assert counter.complaints() == []


def test_a_dwelling_of_another_member_goes_there_and_says_so(app: Flask, world: World, counter: Counter) -> None:
    theirs = {"dwelling": world.second.collective}
    assert "chez Aval Habitat, à qui est ce logement" in plain(counter.press("check", **theirs))
    answer = counter.press("send", **theirs)
    assert answer.location == "/equipe/"
    assert "à un autre bailleur, qui l'a reçue" in plain(counter.desk.client.get("/equipe/"))
    assert counter.complaints() == []
    with app.app_context(), member_transaction(world.second.id) as session:
        kept = session.scalars(select(Complaint)).one()
        assert (kept.channel, kept.entered_by_id) == ("phone", None)


def test_the_tenant_is_told_by_the_way_they_want(counter: Counter, app: Flask, ports: Ports) -> None:
    counter.press("send", preferred_channel="email", email="ada@exemple.fr", language="pt")
    (kept,) = counter.complaints()
    with app.app_context():
        work_off(counter.member, ports)
        with member_transaction(counter.member.id) as session:
            told = select(Delivery).where(Delivery.complaint_id == kept.id, Delivery.purpose == "received")
            delivery = session.scalars(told).one()
    assert (delivery.channel, delivery.recipient, kept.language) == ("email", "ada@exemple.fr", "pt")


def test_html_in_any_field_is_shown_harmlessly(counter: Counter) -> None:
    bad = "<script>alert(1)</script>"
    page = counter.press("check", text=bad, name=bad, search=bad, address_line=bad, contract=bad).text
    assert bad not in page
