"""Passing a complaint on from its page; and what the tenant then reads."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from service.adapters.clock import SetClock
from service.journey.delivery import answers
from service.journey.ports import Ports
from service.journey.routing.transfers import TransferTarget
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.people import Staff
from tests.faces.test_staff import Desk, as_read, at_desk
from tests.passing import Case, at_supplier
from tests.world import World

pytestmark = pytest.mark.services


class Desked:
    """A colleague at the page of one complaint."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.desk: Desk = at_desk(case.app, case.member)
        self.url = f"/equipe/demandes/{case.id}"

    def page(self) -> str:
        return self.desk.read(self.url).replace("&#39;", "'")

    def send(self, action: str, **fields: str) -> TestResponse:
        shown = self.desk.client.get(self.url).text
        seen = re.search(r'name="seen" value="(\d+)"', shown)
        assert seen
        return self.desk.send(self.url, f"{self.url}/{action}", **{"seen": seen[1], **fields})


@pytest.fixture
def case(app: Flask, world: World, ports: Ports) -> Case:
    return at_supplier(app, world.first, ports)


@pytest.fixture
def desk(case: Case) -> Desked:
    return Desked(case)


def tracking(case: Case) -> str:
    return f"/suivi/{case.complaint().tracking_token}"


def as_tenant(case: Case, url: str | None = None) -> str:
    answer = case.app.test_client().get(url or tracking(case))
    assert answer.status_code == 200, answer.status_code
    return as_read(answer).replace("&#39;", "'")


def test_the_panel_says_what_the_organisation_answered(desk: Desked, case: Case) -> None:
    assert "Chaleur Picarde doit répondre avant le jeudi 26 novembre 2026 à 12 h 00." in desk.page()
    with case.app.app_context():
        answers.plan_visit(case.token(), case.ports.clock.now().date() + timedelta(days=5), "morning", case.ports)
    shown = desk.page()
    assert "Passage prévu" in shown
    assert "Le lundi 30 novembre 2026. Le matin." in shown
    assert "Il ne lit pas le message du locataire." in shown


def test_a_transfer_is_told_to_the_tenant_by_who_and_why(desk: Desked, case: Case) -> None:
    answer = desk.send(
        "transfert", to=f"equipe:{case.member.teams['tenancy']}", why="other", because="il s'agit de votre bail"
    )
    assert (answer.status_code, answer.location) == (303, desk.url)
    case.work_off()
    assert "Transmise à Gestion locative" in desk.page()
    shown = as_tenant(case)
    assert "Votre demande est passée à Gestion locative parce qu'il s'agit de votre bail." in shown
    assert "Transmise à : Gestion locative" in shown
    assert "compétence" not in shown


def test_words_leave_only_with_the_box_ticked(desk: Desked, case: Case) -> None:
    city, water = case.organisation("Mairie"), case.organisation("Régie des eaux")
    assert 'name="with_text" value="1" checked' not in desk.page()
    desk.send("transfert", to=f"organisme:{city}", why="public")
    case.work_off()
    desk.send("transfert", to=f"organisme:{water}", why="public", with_text="1")
    case.work_off()
    assert [one.with_text for one in case.handovers()] == [False, False, True]


def test_an_organisation_may_be_followed_by_another_team(desk: Desked, case: Case) -> None:
    city = case.organisation("Mairie")
    desk.send("transfert", to=f"organisme:{city}", why="public", follower=str(case.member.teams["agency"]))
    complaint = case.complaint()
    assert (complaint.organisation_id, complaint.team_id) == (city, case.member.teams["agency"])


def test_what_is_proposed_takes_one_click(desk: Desked, case: Case) -> None:
    city = case.organisation("Mairie")
    with case.app.app_context(), member_transaction(case.member.id) as session:
        session.get_one(Complaint, case.id).proposed_organisation_id = city
    shown = desk.page()
    assert "Proposé : transmettre à Mairie" in shown
    form = shown[shown.index('id="propose"') :]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))
    answer = desk.desk.client.post(f"{desk.url}/transfert", data=fields)
    assert answer.status_code == 303
    assert case.complaint().organisation_id == city
    assert "Proposé" not in desk.page()


@pytest.mark.parametrize(
    ("action", "fields", "at", "said"),
    [
        ("transfert", {"to": "", "why": "trade"}, "to", "Choisissez une réponse dans la liste."),
        ("transfert", {"to": "equipe:nulle", "why": "trade"}, "to", "Choisissez une réponse dans la liste."),
        ("transfert", {"to": "SUPPLIER", "why": "trade"}, "to", "La demande y est déjà."),
        ("transfert", {"to": "TEAM", "why": ""}, "why", "Choisissez une réponse dans la liste."),
        ("transfert", {"to": "TEAM", "why": "other"}, "because", "Écrivez au moins un mot."),
        ("transfert", {"to": "TEAM", "why": "other", "because": "ce n'est pas notre compétence"}, "because",
         "Le locataire lira ces mots."),
        ("transfert", {"to": "STRANGER", "why": "trade"}, "to", "Ce destinataire n'existe plus."),
        ("refus", {"refused_to": "inconnu", "refusal": ""}, "refusal", "Choisissez une réponse dans la liste."),
        ("refus", {"refused_to": "", "refusal": "out_of_area"}, "refused_to", "Choisissez une réponse dans la liste."),
        ("refus", {"refused_to": "inconnu", "refusal": "other"}, "refusal_words", "Écrivez au moins un mot."),
        ("refus", {"refused_to": "STRANGER", "refusal": "out_of_area"}, "refused_to", "Ce destinataire n'existe plus."),
        ("passage", {"member": "", "member_why": "owner"}, "member", "Choisissez une réponse dans la liste."),
        ("passage", {"member": "MYSELF", "member_why": "owner"}, "member", "Ce bailleur ne reçoit pas de demandes"),
        ("passage", {"member": "OTHER", "member_why": "other"}, "member_because", "Écrivez au moins un mot."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(
    desk: Desked, case: Case, world: World, action: str, fields: dict[str, str], at: str, said: str
) -> None:
    known = {
        "SUPPLIER": f"organisme:{case.member.supplier_id}",
        "TEAM": f"equipe:{case.member.teams['tenancy']}",
        "STRANGER": f"equipe:{world.second.teams['tenancy']}",
        "MYSELF": str(world.first.id),
        "OTHER": str(world.second.id),
    }
    before = case.kinds()
    answer = desk.send(action, **{name: known.get(value, value) for name, value in fields.items()})
    shown = as_read(answer).replace("&#39;", "'")
    assert answer.status_code == 422
    assert f'<a href="#{at}">{said}' in shown
    assert f'id="{at}"' in shown
    assert f'id="{at}-error"' in shown
    assert case.kinds() == before


def test_every_id_on_the_page_is_there_once(desk: Desked) -> None:
    ids = re.findall(r'\sid="([^"]+)"', desk.page())
    assert len(ids) == len(set(ids))


def test_at_the_limit_only_whoever_decides_sees_the_forms(desk: Desked, case: Case) -> None:
    desk.send("refus", refused_to=f"equipe:{case.member.teams['tenancy']}", refusal="not_our_trade")
    case.work_off()
    desk.send("refus", refused_to="inconnu", refusal="not_our_trade")
    case.work_off()
    shown = desk.page()
    assert "Cette demande a déjà changé de mains 2 fois. Rémi Sorel décide qui agit." in shown
    assert f'action="{desk.url}/transfert"' not in shown
    answer = desk.send("transfert", to=f"equipe:{case.member.teams['tenancy']}", why="trade")
    assert answer.status_code == 409
    assert "a déjà changé de mains deux fois" in as_read(answer)
    supervisor = Desked(case)
    with case.app.app_context(), member_transaction(case.member.id) as session:
        email = session.scalars(select(Staff.email).where(Staff.id == case.member.supervisor_id)).one()
    supervisor.desk = Desk(case.app.test_client())
    supervisor.desk.sign_in(email)
    assert "C'est à vous de décider qui agit." in supervisor.page()
    assert supervisor.send("transfert", to=f"equipe:{case.member.teams['tenancy']}", why="trade").status_code == 303
    assert "Votre demande est passée à Gestion locative" in as_tenant(case)


def test_a_complaint_passed_on_is_followed_from_the_old_page_to_the_new_one(
    desk: Desked, case: Case, world: World
) -> None:
    answer = desk.send("passage", member=str(world.second.id), member_why="owner")
    assert answer.status_code == 303
    shown = desk.page()
    assert "Passée à Aval Habitat" in shown
    assert "La demande est passée à un autre bailleur" in shown
    assert "peut la rouvrir depuis" not in shown
    old = as_tenant(case)
    assert "Votre demande continue chez Aval Habitat" in old
    assert "Passée à Aval Habitat" in old
    assert "Ce n'est pas réglé" not in old
    assert "médiateur" not in old
    link = re.search(r'href="(/suivi/[^"/]+)">Suivre ma demande chez Aval Habitat', old)
    assert link
    new = as_tenant(case, link[1])
    assert "Vous avez écrit à Amont Habitat, qui a passé votre demande à Aval Habitat." in new
    assert case.complaint().reference not in new
    # It was sorted and routed there at once, by that member's own rules.
    assert "Nous avons compris : <strong>Chauffage</strong>" in new


def test_not_solved_on_the_old_page_leads_to_the_new_one(desk: Desked, case: Case, world: World) -> None:
    url = tracking(case)
    desk.send("passage", member=str(world.second.id), member_why="owner")
    client = case.app.test_client()
    for answer in (
        client.get(f"{url}/avis?regle=no"),
        client.post(f"{url}/avis", data={"rouvrir": "1"}),
        client.post(f"{url}/avis", data={"note": "0"}),
    ):
        assert (answer.status_code, answer.location) == (303, url)
    added = client.post(f"{url}/messages", data={"text": "Toujours froid"})
    assert added.status_code == 422
    assert "votre demande continue chez Aval Habitat" in as_read(added)
    assert case.complaint().outcome == "passed_on"


def test_a_person_may_not_end_a_complaint_as_passed_on(desk: Desked, case: Case) -> None:
    assert 'value="passed_on"' not in desk.page()
    assert desk.send("cloture", outcome="passed_on", sentence="Voilà.").status_code == 422
    assert case.complaint().status != "closed"


def test_the_tenant_reads_when_somebody_comes_and_when_not(case: Case, clock: SetClock) -> None:
    monday = case.ports.clock.now().date() + timedelta(days=5)
    with case.app.app_context():
        answers.plan_visit(case.token(), monday, "afternoon", case.ports)
    assert "Chaleur Picarde passe le lundi 30 novembre 2026, l'après-midi." in as_tenant(case)
    clock.forward(timedelta(days=6))
    assert "Un passage de Chaleur Picarde était prévu le lundi 30 novembre 2026." in as_tenant(case)
    case.transfer(TransferTarget(case.member.teams["tenancy"]))
    assert "30 novembre" not in as_tenant(case).partition("Où en est votre demande")[0]


def test_lists_of_what_is_outside_and_of_what_stays_unanswered(desk: Desked, case: Case, clock: SetClock) -> None:
    reference = case.complaint().reference
    assert reference in desk.desk.read("/equipe/?vue=dehors")
    assert reference not in desk.desk.read("/equipe/?vue=sans-reponse")
    clock.forward(timedelta(hours=7))  # within the session of a day's work
    with case.app.app_context(), member_transaction(case.member.id) as session:
        session.get_one(Complaint, case.id).urgency = "danger"
    case.transfer(TransferTarget(organisation_id=case.organisation("Mairie")), "public")
    case.work_off()
    clock.forward(timedelta(hours=5))
    again = at_desk(case.app, case.member)
    assert reference in again.read("/equipe/?vue=sans-reponse")
    with case.app.app_context():
        answers.accept(case.token(), case.ports)
    assert reference not in again.read("/equipe/?vue=sans-reponse")


def test_another_member_s_complaint_is_not_passed_from_here(case: Case, world: World) -> None:
    desk = at_desk(case.app, world.second)
    before = case.kinds()
    for action in ("transfert", "refus", "passage"):
        answer = desk.send(
            "/equipe/", f"/equipe/demandes/{case.id}/{action}",
            to=f"equipe:{world.second.teams['tenancy']}", why="trade", refused_to="inconnu", refusal="out_of_area",
            member=str(world.first.id), member_why="owner",
        )  # fmt: skip
        assert answer.status_code == 404
    assert case.kinds() == before
