"""The pages on which administrators look after people and teams, and everybody after absences."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from service.journey.people import invitations
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint
from service.models.delivery import Delivery
from service.models.member import Team
from service.models.oversight import Proposal
from service.models.people import Staff, TeamRole
from tests.faces.test_staff import Desk, at_desk, submit
from tests.people import desk_of, hire
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

PEOPLE = "/equipe/administration/personnes"
TEAMS = "/equipe/administration/equipes"
ABSENCES = "/equipe/absences"
NINA = "nina.morel@amont.example"
FORGOTTEN = "/equipe/mot-de-passe-oublie"
NEW = "quatre mots sans rapport"


@pytest.fixture
def member(world: World) -> MemberWorld:
    return world.first


@pytest.fixture
def desk(app: Flask, member: MemberWorld) -> Desk:
    return desk_of(app, member, "administrator")


def of(app: Flask, member: MemberWorld, staff_id: UUID) -> Staff:
    with app.app_context(), member_transaction(member.id) as session:
        return session.get_one(Staff, staff_id)


def nina(app: Flask, member: MemberWorld) -> Staff | None:
    with app.app_context(), member_transaction(member.id) as session:
        return session.scalars(select(Staff).where(Staff.email == NINA)).first()


def link_of(app: Flask, member: MemberWorld, staff_id: UUID, ports: Ports) -> str:
    with app.app_context(), member_transaction(member.id) as session:
        url = invitations.url_of(invitations.open_one(session, staff_id, ports.clock.now()), ports)
    return url.removeprefix(ports.base_url)


def words(text: str) -> str:
    return text.replace("&#39;", "'")


def test_everybody_stands_on_the_page_with_role_and_state(desk: Desk, member: MemberWorld) -> None:
    page = words(desk.read(PEOPLE))
    for said in ("Ana Vidal", member.agent_email, "Responsable", "Équipe de Amiens", "actif", "Second facteur"):
        assert said in page, said
    assert "aval.example" not in page


def test_inviting_somebody_opens_the_page_where_they_choose_a_password(
    app: Flask, desk: Desk, member: MemberWorld, ports: Ports
) -> None:
    in_team = {f"in_team-{member.teams['sorting']}": "supervisor"}
    answer = desk.send(
        PEOPLE, PEOPLE, name="Nina Morel", email=NINA, role="agent", team=str(member.teams["technical"]), **in_team
    )
    assert answer.status_code == 303
    assert "invitation envoyée" in desk.read(PEOPLE)
    made = nina(app, member)
    assert made
    assert (made.role, made.team_id) == ("agent", member.teams["technical"])
    url = link_of(app, member, made.id, ports)
    newcomer = Desk(app.test_client())
    assert "Nina Morel, Amont Habitat" in newcomer.read(url)
    assert newcomer.client.head(url).status_code == 200  # programs that scan mail open links too
    wrong = newcomer.send(url, url, new_password=NEW, again="autre chose")
    assert (wrong.status_code, "ne sont pas les mêmes" in wrong.text) == (422, True)
    short = newcomer.send(url, url, new_password="court", again="court")
    assert (short.status_code, "au moins douze" in short.text) == (422, True)
    assert newcomer.send(url, url, new_password=NEW, again=NEW).location == "/equipe/"
    assert "Nina Morel" in newcomer.read("/equipe/")
    over = Desk(app.test_client()).client.get(url)
    assert (over.status_code, "Votre mot de passe est déjà choisi" in over.text) == (410, True)
    assert Desk(app.test_client()).client.get(f"{url}x").status_code == 404


def test_what_is_wrong_is_said_beside_the_field_and_nobody_is_invited(
    app: Flask, desk: Desk, member: MemberWorld
) -> None:
    answer = desk.send(PEOPLE, PEOPLE, name="Nina Morel", email="nina", role="agent")
    assert answer.status_code == 422
    assert "Donnez une adresse comme" in answer.text
    assert 'value="Nina Morel"' in answer.text
    assert desk.send(PEOPLE, PEOPLE, name="Nina", email=NINA, role="agent", team="x").status_code == 422
    assert nina(app, member) is None


def test_a_person_is_changed_and_an_administrator_only_proposed(app: Flask, desk: Desk, member: MemberWorld) -> None:
    page = f"{PEOPLE}/{member.agent_id}"
    assert desk.send(page, f"{page}/changement", name="Ana Vidal", role="supervisor", team="").status_code == 303
    assert (of(app, member, member.agent_id).role, of(app, member, member.agent_id).team_id) == ("supervisor", None)
    missing = desk.send(page, f"{page}/changement", name="Ana Vidal", role="administrator")
    assert (missing.status_code, "Dites pourquoi" in missing.text) == (422, True)
    desk.send(page, f"{page}/changement", name="Ana Vidal", role="administrator", reason="Elle me remplace")
    assert of(app, member, member.agent_id).role == "supervisor"
    with app.app_context(), member_transaction(member.id) as session:
        assert "Ana Vidal" in session.scalars(select(Proposal.subject)).one()


def test_whoever_made_an_agent_of_the_only_other_leader_reads_what_waits_and_until_when(
    app: Flask, desk: Desk, member: MemberWorld
) -> None:
    said = "Depuis moins de trente jours, vous avez retiré ce rôle"
    page, validations = f"{PEOPLE}/{member.supervisor_id}", "/equipe/administration/validations"
    assert said not in desk.read(validations)
    assert desk.send(page, f"{page}/changement", name="Rémi Sorel", role="agent").status_code == 303
    assert said in words(desk.read(validations))
    sent = desk.send(PEOPLE, PEOPLE, name="Nina Morel", email=NINA, role="administrator", reason="Elle arrive")
    assert (sent.status_code, nina(app, member)) == (303, None)
    assert "Nina Morel" in desk.read(validations)


def test_ones_own_role_is_not_offered_and_not_taken(app: Flask, desk: Desk, member: MemberWorld) -> None:
    with app.app_context(), member_transaction(member.id) as session:
        mine = session.scalars(select(Staff.id).where(Staff.role == "administrator")).one()
    page = f"{PEOPLE}/{mine}"
    assert "Cette personne s'en va" not in words(desk.read(page))
    answer = desk.send(page, f"{page}/changement", name="Moi", role="agent")
    assert (answer.status_code, "votre propre rôle" in answer.text) == (409, True)
    gone = desk.send(page, f"{page}/depart", takes_over="teams")
    assert (gone.status_code, of(app, member, mine).is_active) == (409, True)


def test_a_departure_is_shown_first_then_done(app: Flask, desk: Desk, member: MemberWorld, ports: Ports) -> None:
    sent = submit(app.test_client(), member, "Le radiateur reste froid")
    with app.app_context():
        work_off(member, ports)
        with member_transaction(member.id) as session:
            session.get_one(Complaint, UUID(sent["id"])).assignee_id = member.agent_id
    leaver = at_desk(app, member)
    page = f"{PEOPLE}/{member.agent_id}/depart"
    assert "1 demande change de mains" in desk.read(page)
    assert of(app, member, member.agent_id).is_active
    assert desk.send(page, page, takes_over="").status_code == 422
    assert desk.send(page, page, takes_over=str(member.supervisor_id)).status_code == 303
    assert leaver.client.get("/equipe/").status_code == 303
    assert Desk(app.test_client()).sign_in(member.agent_email).status_code == 422
    assert "remises à Rémi Sorel" in desk.read(f"{PEOPLE}/{member.agent_id}")
    timeline = words(desk.read(f"/equipe/demandes/{sent['id']}"))
    assert "Attribuée à Rémi Sorel, à la place de Ana Vidal" in timeline


def test_teams_are_opened_renamed_and_removed(app: Flask, desk: Desk, member: MemberWorld) -> None:
    assert desk.send(TEAMS, TEAMS, name="Chantiers", kind="works", email="C@amont.example").status_code == 303
    with app.app_context(), member_transaction(member.id) as session:
        team_id = session.scalars(select(Team.id).where(Team.name == "Chantiers")).one()
    page = f"{TEAMS}/{team_id}"
    assert 'value="c@amont.example"' in desk.read(page)
    assert desk.send(page, f"{page}/changement", name="Travaux", kind="works").status_code == 303
    assert desk.send(page, f"{page}/retrait").status_code == 303
    assert "Travaux" not in desk.read(TEAMS).partition("<form")[0]
    kept = f"{TEAMS}/{member.teams['technical']}"
    answer = desk.send(kept, f"{kept}/retrait")
    assert (answer.status_code, "Cette équipe a servi" in answer.text) == (409, True)


def test_nothing_of_another_member_is_found_here(app: Flask, desk: Desk, world: World) -> None:
    their = world.second
    for path in (f"{PEOPLE}/{their.agent_id}", f"{TEAMS}/{their.teams['agency']}", f"{ABSENCES}/{their.agent_id}"):
        assert desk.client.get(path).status_code == 404, path
    for path in (
        f"{PEOPLE}/{their.agent_id}/changement", f"{PEOPLE}/{their.agent_id}/invitation",
        f"{PEOPLE}/{their.agent_id}/depart", f"{TEAMS}/{their.teams['agency']}/changement",
        f"{TEAMS}/{their.teams['agency']}/retrait", f"{ABSENCES}/{their.agent_id}", f"{ABSENCES}/{their.agent_id}/fin",
    ):  # fmt: skip
        sent = {"name": "x", "role": "agent", "kind": "works", "takes_over": "teams"}
        assert desk.send(PEOPLE, path, **sent).status_code == 404, path
    assert of(app, their, their.agent_id).is_active


@pytest.mark.parametrize("role", ["reader", "agent", "supervisor"])
def test_only_administrators_come_here(app: Flask, member: MemberWorld, role: str) -> None:
    client = desk_of(app, member, role).client
    for path in (PEOPLE, f"{PEOPLE}/{member.agent_id}", f"{PEOPLE}/{member.agent_id}/depart", TEAMS):
        assert client.get(path).status_code == 403, path


def test_an_absence_of_ones_own_is_noted_seen_and_ended(app: Flask, member: MemberWorld) -> None:
    desk = at_desk(app, member)
    mine = f"{ABSENCES}/{member.agent_id}"
    wrong = desk.send(ABSENCES, mine, since="2026-11-25", until="hier")
    assert (wrong.status_code, "Donnez une date" in wrong.text) == (422, True)
    sent = {"since": "2026-11-25", "until": "2026-12-04", "substitute": str(member.supervisor_id)}
    assert desk.send(ABSENCES, mine, **sent).status_code == 303
    supervisor = Desk(app.test_client())
    supervisor.sign_in(f"responsable@{member.slug}.example")
    assert "Absence jusqu'au 4 décembre. Remplace : Rémi Sorel." in words(supervisor.read(ABSENCES))
    assert supervisor.send(mine, f"{mine}/fin").status_code == 303
    assert of(app, member, member.agent_id).absent_from is None
    assert supervisor.send(mine, mine, since="2026-11-25").status_code == 303
    assert of(app, member, member.agent_id).absent_from is not None


def test_an_agent_notes_no_absence_but_their_own(app: Flask, member: MemberWorld) -> None:
    desk, other = at_desk(app, member), f"{ABSENCES}/{member.supervisor_id}"
    assert desk.client.get(other).status_code == 403
    answer = desk.send(ABSENCES, other, since="2026-11-25")
    assert (answer.status_code, "<h1>Mon absence</h1>" in answer.text) == (409, True)
    assert desk_of(app, member, "reader").client.get(ABSENCES).status_code == 403
    assert of(app, member, member.supervisor_id).absent_from is None


def mails(app: Flask, member: MemberWorld) -> list[str]:
    with app.app_context(), member_transaction(member.id) as session:
        return list(session.scalars(select(Delivery.recipient).where(Delivery.purpose == "forgotten")))


def test_a_forgotten_password_reads_the_same_for_every_address(app: Flask, member: MemberWorld, ports: Ports) -> None:
    stranger, answers = Desk(app.test_client()), []
    for email in (member.agent_email, "personne@amont.example", "\x00", "x" * 400):
        answer = stranger.send(FORGOTTEN, FORGOTTEN, email=email)
        page = stranger.client.get(answer.location)
        answers.append((answer.status_code, answer.location, answer.text, "un message part" in page.text))
        answer.close()
    assert set(answers) == {(303, "/equipe/connexion", answers[0][2], True)}
    assert mails(app, member) == [member.agent_email]
    url = link_of(app, member, member.agent_id, ports)
    assert stranger.send(url, url, new_password=NEW, again=NEW).location == "/equipe/"
    assert Desk(app.test_client()).sign_in(member.agent_email).status_code == 422
    assert Desk(app.test_client()).sign_in(member.agent_email, NEW).status_code == 303


def test_asking_again_and_again_writes_few_mails(app: Flask, member: MemberWorld) -> None:
    stranger = Desk(app.test_client())
    for _ in range(6):
        answer = stranger.send(FORGOTTEN, FORGOTTEN, email=member.agent_email)
        assert answer.status_code == 303
        answer.close()
    assert len(mails(app, member)) == 3


def test_a_role_in_one_team_is_kept(app: Flask, desk: Desk, member: MemberWorld) -> None:
    page = f"{PEOPLE}/{member.agent_id}"
    field = f"in_team-{member.teams['sorting']}"
    desk.send(page, f"{page}/changement", name="Ana Vidal", role="agent", **{field: "supervisor"})
    with app.app_context(), member_transaction(member.id) as session:
        (row,) = session.scalars(select(TeamRole))
        assert (row.staff_id, row.team_id, row.role) == (member.agent_id, member.teams["sorting"], "supervisor")
    assert "responsable dans Accueil et tri" in desk.read(PEOPLE)
    desk.send(page, f"{page}/changement", name="Ana Vidal", role="agent", **{field: ""})
    with app.app_context(), member_transaction(member.id) as session:
        assert session.scalars(select(TeamRole)).all() == []


def test_somebody_who_has_not_come_gets_another_link(app: Flask, desk: Desk, member: MemberWorld, ports: Ports) -> None:
    waiting = hire(app, member, "agent", NINA, name="Nina Morel")
    with app.app_context(), member_transaction(member.id) as session:
        session.get_one(Staff, waiting).password_hash = None
    page = f"{PEOPLE}/{waiting}"
    assert "pas encore venu" in desk.read(page)
    assert desk.send(page, f"{page}/invitation").status_code == 303
    assert Desk(app.test_client()).client.get(link_of(app, member, waiting, ports)).status_code == 200
    come = f"{PEOPLE}/{member.agent_id}"
    assert desk.send(come, f"{come}/invitation").status_code == 409


def test_the_list_of_ones_own_holds_those_of_whoever_one_stands_in_for(
    app: Flask, member: MemberWorld, ports: Ports
) -> None:
    sent = submit(app.test_client(), member, "Le radiateur reste froid")
    with app.app_context():
        work_off(member, ports)
        with member_transaction(member.id) as session:
            session.get_one(Complaint, UUID(sent["id"])).assignee_id = member.agent_id
    supervisor = Desk(app.test_client())
    supervisor.sign_in(f"responsable@{member.slug}.example")
    assert sent["reference"] not in supervisor.read("/equipe/?vue=les-miennes")
    desk = at_desk(app, member)
    away = {"since": "2026-11-25", "substitute": str(member.supervisor_id)}
    desk.send(ABSENCES, f"{ABSENCES}/{member.agent_id}", **away)
    for address in ("/equipe/?vue=les-miennes", "/equipe/?vue=les-miennes&recherche=radiateur"):
        assert sent["reference"] in supervisor.read(address), address
    assert sent["reference"] in desk.read("/equipe/?vue=les-miennes")
