"""What the page of a complaint says is so: what leaves, who has it, who comes, and nothing that was only guessed."""

import re
from datetime import date
from uuid import UUID

import pytest
from flask import Flask

from service.domain.templates import Use
from service.journey import reading
from service.journey.handling.handling import staff_member
from service.journey.news import templates
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.handover import Handover
from service.models.people import Staff
from tests.faces.test_staff import as_read
from tests.faces.test_staff_complaint import Case
from tests.faces.test_staff_compose import HELLO, plain
from tests.faces.test_staff_sorting import TO_SORT, VAGUE, Sorter
from tests.people import hire
from tests.work import work_off
from tests.world import World

pytestmark = pytest.mark.services

RESERVED = "réservé : vous ne la verrez plus"


@pytest.fixture
def case(app: Flask, world: World, ports: Ports) -> Case:
    case = Case(app, world.first, name="Mme Petit", email="petit@poste.example")
    with app.app_context():
        work_off(world.first, ports)
    return case


def change(case: Case, **values: object) -> None:
    with case.app.app_context(), member_transaction(case.member.id) as session:
        complaint = session.get_one(Complaint, case.id)
        for name, value in values.items():
            setattr(complaint, name, value)


def token_of(case: Case) -> str:
    with case.app.app_context(), member_transaction(case.member.id) as session:
        return session.get_one(Complaint, case.id).tracking_token


def test_whoever_looks_at_what_leaves_never_gets_the_tenants_own_link(case: Case) -> None:
    token = token_of(case)
    for fields in ({"ecrire": "reponse", "text": HELLO}, {"ecrire": "question", "question": HELLO},
                   {"ecrire": "fin", "sentence": HELLO, "outcome": "solved"}):  # fmt: skip
        page = plain(as_read(case.do("apercu", **fields)))
        assert "(son lien de suivi)" in page
        assert token not in page
        assert "/suivi/" not in page


def test_nor_does_a_text_message_show_it(app: Flask, world: World, ports: Ports) -> None:
    case = Case(app, world.first, phone="06 12 34 56 78", preferred_channel="sms")
    with app.app_context():
        work_off(world.first, ports)
    page = plain(as_read(case.do("apercu", ecrire="reponse", text=HELLO)))
    assert "(son lien de suivi)" in page
    assert token_of(case) not in page


def test_nor_does_the_mail_to_a_company_show_the_companys_page(case: Case) -> None:
    page = plain(as_read(case.do("apercu", ecrire="partenaire", partner_text="Quel jour ?")))
    assert "(son lien)" in page
    assert "/partenaire/" not in page.split("Voici ce qui partirait")[1].split("Revenir au message")[0]


def test_a_subject_that_was_only_guessed_is_told_to_nobody(case: Case) -> None:
    change(case, abstained=True)
    refused = case.do("reponse", text="Votre demande : {objet}.")
    assert refused.status_code == 422
    assert "« {objet} » n'a pas de valeur ici" in plain(as_read(refused))
    with case.app.app_context(), member_transaction(case.member.id) as session:
        sheet, staff = reading.sheet(session, case.id), staff_member(session, case.member.agent_id)
        assert "objet" not in templates.facts_of(session, sheet, staff, Use.ANSWER, sheet.complaint.submitted_at)
        fitting = templates.for_complaint(session, sheet, Use.ANSWER, sheet.complaint.submitted_at)
        assert [one.key for one in fitting if one.category or one.family] == []
    change(case, category_by_person=True)
    assert case.do("reponse", text="Votre demande : {objet}.").status_code == 303


def test_all_that_stands_in_braces_is_named_at_once(case: Case) -> None:
    page = plain(as_read(case.do("reponse", text="Le {date_passage}, {jour}, et le {date_engagement}.")))
    for sentence in ("« {date_passage} » n'a pas de valeur ici", "« {date_engagement} » n'a pas de valeur ici",
                     "« {jour} » n'est pas un mot à remplir"):  # fmt: skip
        assert sentence in page, sentence


def test_who_has_it_is_named_and_in_whose_place(case: Case, app: Flask, world: World) -> None:
    substitute = hire(app, world.first, "agent", "cleo@amont.example", name="Cléo Martin")
    away = hire(app, world.first, "agent", "paul@amont.example", name="Paul Roger", absent_from=date(2026, 11, 20),
                substitute_id=substitute)  # fmt: skip

    def told(to: UUID) -> str:
        case.do("attribution", assignee=str(to))
        return case.page()

    assert "Paul Roger n'est pas là : la demande est attribuée à Cléo Martin." in told(away)
    assert "La demande est attribuée à Ana Vidal." in told(case.member.agent_id)


def test_a_company_that_has_it_stands_in_the_head_and_so_does_its_visit(case: Case) -> None:
    head = case.page().split('class="head bar-of-one"')[1].split("</header>")[0]
    assert "Chez Chaleur Picarde" in head
    assert "Arrivée à l'équipe" not in head
    assert "Passage" not in head
    with case.app.app_context(), member_transaction(case.member.id) as session:
        session.query(Handover).one().planned_on = date(2026, 12, 10)
    head = case.page().split('class="head bar-of-one"')[1].split("</header>")[0]
    assert "Passage prévu le jeudi 10 décembre 2026" in head


def test_what_takes_a_complaint_out_of_sight_says_so_and_leads_back_to_the_list(
    app: Flask, world: World, ports: Ports
) -> None:
    sorter = Sorter(app, world.first, ports, VAGUE)
    first = sorter.ids[0]
    sorter.change(first, chosen_category="accompagnement_social")
    page = sorter.open(first)
    [press] = re.findall(r'name="category" value="accompagnement_social">.*?</form>', page, re.DOTALL)
    assert RESERVED in press
    assert page.count(RESERVED) == 1
    # Not through the list, but on its own: one comes back to the list one left all the same.
    done = sorter.press(first, category="accompagnement_social", suite="0")
    assert done.status_code == 303
    assert done.location == TO_SORT


def test_whoever_is_named_loses_nothing_of_sight(app: Flask, world: World, ports: Ports) -> None:
    sorter = Sorter(app, world.first, ports, VAGUE)
    sorter.change(sorter.ids[0], chosen_category="accompagnement_social")
    with app.app_context(), member_transaction(world.first.id) as session:
        session.get_one(Staff, world.first.agent_id).is_named = True
    assert RESERVED not in sorter.open(sorter.ids[0])
