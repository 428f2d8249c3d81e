"""Writing on the page of a complaint: to whom is chosen first, templates, the preview, and two people at once."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from service.journey.closing import review
from service.journey.handling import handling
from service.journey.ports import Ports
from service.journey.transactions import member_transaction
from service.models.complaint import Complaint, Event
from service.models.handover import Handover
from service.models.people import Staff
from service.models.workspace import AnswerTemplate
from service.settings import Settings
from tests.faces.test_staff import Desk, as_read, submit
from tests.faces.test_staff_complaint import Case
from tests.work import work_off
from tests.world import MemberWorld, World

pytestmark = pytest.mark.services

HELLO = "Bonjour, nous passons chez vous mardi."


@pytest.fixture
def case(app: Flask, world: World, ports: Ports) -> Case:
    case = Case(app, world.first, name="Mme Petit", email="petit@poste.example")
    with app.app_context():
        work_off(world.first, ports)
    return case


def plain(page: str) -> str:
    return page.replace("&#39;", "'").replace("&#34;", '"')


def pane_open(page: str) -> str:
    """Return the audience that is chosen on a page."""
    [found] = re.findall(r'id="vers-(\w+)"[^>]* checked', page)
    return str(found)


def last_event(case: Case) -> int:
    with case.app.app_context(), member_transaction(case.member.id) as session:
        newest = select(Event.id).where(Event.complaint_id == case.id).order_by(Event.id.desc()).limit(1)
        return session.scalars(newest).one()


def texts(case: Case, kind: str) -> list[str]:
    with case.app.app_context(), member_transaction(case.member.id) as session:
        said = select(Event).where(Event.complaint_id == case.id, Event.kind == kind).order_by(Event.id)
        return [str(event.data.get("text") or event.data.get("sentence")) for event in session.scalars(said)]


def answer_as_colleague(case: Case, ports: Ports, text: str) -> None:
    with case.app.app_context():
        handling.answer(case.member.id, case.id, case.member.supervisor_id, text=text, seen=0, ports=ports)


def test_the_audience_stands_on_the_button_and_one_is_chosen(case: Case) -> None:
    page = case.page()
    assert pane_open(page) == "reponse"
    for words in ("Envoyer au locataire", "Envoyer la question au locataire", "Terminer et prévenir le locataire",
                  "Envoyer à Chaleur Picarde", "Garder la note"):  # fmt: skip
        assert words in page, words
    assert pane_open(plain(case.desk.read(f"{case.url}?ecrire=partenaire"))) == "partenaire"
    assert pane_open(plain(case.desk.read(f"{case.url}?ecrire=ailleurs"))) == "reponse"


def test_without_an_organisation_there_is_no_partner_to_write_to(app: Flask, world: World) -> None:
    case = Case(app, world.first, "Une question sur mon loyer")
    assert "Écrire au partenaire" not in case.page()
    assert case.do("partenaire", partner_text="Bonjour", seen="0").status_code == 409


def test_a_closed_complaint_takes_a_note_and_nothing_else(case: Case) -> None:
    case.do("cloture", outcome="solved", sentence="C'est réparé.")
    page = case.page()
    assert pane_open(page) == "note"
    assert "Envoyer au locataire" not in page
    assert case.do("note", internal_note="Vérifié sur place").status_code == 303
    assert "Note interne" in case.page()
    assert texts(case, "noted") == ["Vérifié sur place"]


def test_a_message_to_the_partner_is_marked_as_such(case: Case) -> None:
    assert case.do("partenaire", partner_text="Quel jour passez-vous ?").status_code == 303
    page = case.page()
    assert "Message à Chaleur Picarde" in page
    assert '<span class="badge partner">Partenaire</span>' in page


def test_the_history_may_show_messages_only(case: Case) -> None:
    case.do("reponse", text=HELLO)
    whole, messages = case.page(), case.desk.read(f"{case.url}?fil=messages")
    assert "Orientée vers" in whole
    assert "Orientée vers" not in messages
    assert HELLO in messages


def test_a_template_fills_the_box_without_a_script(case: Case) -> None:
    page = plain(case.desk.read(f"{case.url}?ecrire=reponse&modele=first-heating"))
    [box] = re.findall(r'<textarea id="text"[^>]*>([^<]*)</textarea>', page)
    assert "nous avons prévenu Chaleur Picarde" in box
    assert "jeudi 26 novembre 2026" in box
    assert "{" not in box
    # What is about the subject comes before what is about any; what does not fit stands last.
    options = re.findall(r'<option value="([\w-]+)" data-words', page)
    assert options.index("first-heating") < options.index("first") < options.index("first-lift")


def test_a_template_of_another_use_or_unknown_fills_nothing(case: Case) -> None:
    for key in ("ask-photo", "rien", "00000000-0000-0000-0000-000000000001"):
        page = case.desk.read(f"{case.url}?ecrire=reponse&modele={key}")
        assert re.findall(r'<textarea id="text"[^>]*>([^<]*)</textarea>', page) == [""]


def test_the_members_own_templates_come_first(case: Case, ports: Ports) -> None:
    with case.app.app_context(), member_transaction(case.member.id) as session:
        session.add(
            AnswerTemplate(
                member_id=case.member.id,
                name="Le nôtre",
                use="answer",
                body="Bonjour de {bailleur}",
                changed_by="x",
                changed_at=ports.clock.now(),
            )
        )
    page = plain(case.page())
    assert page.index("Le nôtre (le vôtre)") < page.index("Chauffage : nous prévenons le chauffagiste")
    assert "Bonjour de Amont Habitat" in page


def test_a_word_without_a_value_never_leaves(case: Case) -> None:
    answer = case.do("reponse", text="Nous passons le {date_passage}.")
    assert answer.status_code == 422
    page = plain(as_read(answer))
    assert "« {date_passage} » n'a pas de valeur ici" in page
    assert "Nous passons le {date_passage}." in page  # the words are kept
    assert texts(case, "answered") == []
    unknown = plain(as_read(case.do("question", question="Êtes-vous là le {jour} ?")))
    assert "« {jour} » n'est pas un mot à remplir" in unknown
    assert pane_open(unknown) == "question"


def test_what_is_typed_in_braces_is_filled_at_sending(case: Case) -> None:
    assert case.do("reponse", text="Demande {reference}, {prenom_agent}").status_code == 303
    with case.app.app_context(), member_transaction(case.member.id) as session:
        reference = session.get_one(Complaint, case.id).reference
    assert texts(case, "answered") == [f"Demande {reference}, Ana"]


def test_the_preview_is_word_for_word_what_leaves(case: Case, ports: Ports, settings: Settings) -> None:
    before = case.kinds()
    page = plain(as_read(case.do("apercu", ecrire="reponse", text=HELLO)))
    assert case.kinds() == before
    assert "Rien n'est encore envoyé" in page
    seen = re.search(r'<p class="words quoted" dir="auto">(.*?)</p>\s*</div>', page, re.DOTALL)
    assert seen
    case.do("reponse", text=HELLO)
    with case.app.app_context():
        work_off(case.member, ports)
    [mail] = [one for one in mails(settings) if one["To"] == "petit@poste.example" and "réponse" in one["Subject"]]
    body = mail.get_body(("plain",))
    assert body
    # But for the tenant's own link, which is nobody else's to open.
    sent = re.sub(r"http://localhost/suivi/\S+", "(son lien de suivi)", body.get_content())
    assert plain(seen[1]).split() == plain(sent.replace("\u00a0", " ").replace("\u202f", " ")).split()


def mails(settings: Settings) -> list[EmailMessage]:
    return [
        message_from_bytes(path.read_bytes(), policy=policy.default) for path in Path(settings.mail_dir).glob("*.eml")
    ]


def test_the_preview_of_an_ending_shows_the_mediation_text(case: Case) -> None:
    page = plain(as_read(case.do("apercu", ecrire="fin", outcome="solved", sentence="C'est réparé.")))
    shown = page.split("Voici ce qui partirait")[1].split("Revenir au message")[0]
    assert "médiateur de la consommation" in shown
    assert "C'est réparé." in shown
    assert case.do("apercu", ecrire="fin", outcome="rien", sentence="X").status_code == 422
    assert "closed" not in case.kinds()


def test_the_preview_says_what_could_be_plainer_and_blocks_nothing(case: Case) -> None:
    words = "Suite à la panne, le technicien interviendra."
    page = plain(as_read(case.do("apercu", ecrire="reponse", text=words)))
    for hint in ("« suite à » : écrivez plutôt « après »", "Rien ne s'adresse au locataire", "Aucun jour n'est dit"):
        assert hint in page, hint
    assert case.do("reponse", text=words).status_code == 303


def test_the_preview_of_a_text_message_and_of_the_partner(app: Flask, world: World, ports: Ports) -> None:
    case = Case(app, world.first, phone="06 12 34 56 78", preferred_channel="sms")
    with app.app_context():
        work_off(world.first, ports)
    page = plain(as_read(case.do("apercu", ecrire="reponse", text=HELLO)))
    assert "SMS à +33612345678" in page
    page = plain(as_read(case.do("apercu", ecrire="partenaire", partner_text="Quel jour ?")))
    assert "E-mail à chaleur@amont.example" in page
    assert case.do("apercu", ecrire="note", internal_note="X").status_code == 422


def test_whoever_nobody_can_reach_is_said_in_the_preview(app: Flask, world: World) -> None:
    case = Case(app, world.first)
    page = plain(as_read(case.do("apercu", ecrire="reponse", text=HELLO)))
    assert "Personne ne peut prévenir ce locataire" in page


def test_when_somebody_wrote_meanwhile_sending_asks_once_more(case: Case, ports: Ports) -> None:
    seen = str(last_event(case))
    answer_as_colleague(case, ports, "Je m'en charge.")
    refused = case.do("reponse", text=HELLO, seen=seen, ecrire="reponse")
    page = plain(as_read(refused))
    assert refused.status_code == 409
    assert "Quelqu'un a écrit ou agi depuis" in page
    assert HELLO in page
    assert "Nouveau" in page.split("Je m'en charge.")[0][-400:]
    [again] = set(re.findall(r'name="seen" value="(\d+)"', page))
    assert int(again) == last_event(case)
    assert case.do("reponse", text=HELLO, seen=again).status_code == 303
    assert texts(case, "answered") == ["Je m'en charge.", HELLO]


def test_a_double_click_is_no_conflict_even_when_a_colleague_wrote_between(case: Case, ports: Ports) -> None:
    seen = str(last_event(case))
    assert case.do("reponse", text=HELLO, seen=seen).status_code == 303
    answer_as_colleague(case, ports, "Je m'en charge.")
    assert case.do("reponse", text=HELLO, seen=seen).status_code == 303
    assert texts(case, "answered") == [HELLO, "Je m'en charge."]


def test_what_machines_write_is_no_conflict(app: Flask, world: World, ports: Ports) -> None:
    case = Case(app, world.first)
    seen = str(last_event(case))
    with app.app_context():
        work_off(world.first, ports)  # it is delivered meanwhile
    assert case.do("reponse", text=HELLO, seen=seen).status_code == 303


def test_whoever_is_contested_is_offered_colleagues_and_nothing_to_write_with(case: Case, ports: Ports) -> None:
    case.do("reponse", text=HELLO)
    with case.app.app_context():
        review.ask(case.member.id, case.id, "Personne n'est venu", ports)
    page = case.page()
    assert pane_open(page) in ("partenaire", "note")
    for words in ("Envoyer au locataire", "Terminer et prévenir", "Prendre un engagement", "Me l'attribuer"):
        assert words not in page, words
    assert "Confier à cette personne" in page
    for path, fields in (
        ("reponse", {"text": "Encore moi"}), ("question", {"question": "Encore moi ?"}),
        ("cloture", {"outcome": "solved", "sentence": "Fini."}),
        ("delai", {"days": "2", "extension_reason": "Encore"}),
        ("engagements", {"what": "Venir", "due_on": "2026-12-01", "owner": f"equipe:{case.member.teams['technical']}"}),
        ("attribution", {"assignee": str(case.member.agent_id)}),
    ):  # fmt: skip
        assert case.do(path, **fields).status_code == 409, path
    assert texts(case, "answered") == [HELLO]
    assert case.do("attribution", assignee=str(case.member.supervisor_id)).status_code == 303


def test_a_reader_is_offered_nothing_to_press(app: Flask, world: World, case: Case) -> None:
    with app.app_context(), member_transaction(world.first.id) as session:
        session.get_one(Staff, world.first.supervisor_id).role = "reader"
    desk = Desk(app.test_client())
    desk.sign_in(f"responsable@{world.first.slug}.example")
    page = plain(desk.read(case.url))
    main = page.split("<main")[1].split("</main>")[0].split("<dialog")[0]
    assert re.findall(r"<button[^>]*>[^<]*", main) == []
    assert "Message du locataire" in main


def test_one_press_gives_the_subject_the_model_nearly_read(case: Case) -> None:
    page = case.page()
    assert "C'est plutôt :" in page
    category = re.findall(r'<input type="hidden" name="category" value="(\w+)">', page)[0]
    assert category == "relation_client"
    case.do("classement", category=category, urgency="normal", reason="Corrigé d'une touche")
    page = case.page()
    assert "C'est plutôt :" not in page
    assert "Comment le sujet a changé" in page
    assert "Sujet corrigé : Chauffage devient Accueil et suivi" in page


def test_a_danger_nobody_judged_is_not_sorted_in_one_press(app: Flask, world: World) -> None:
    page = Case(app, world.first, "Une odeur de gaz dans la cuisine").page()
    assert "C'est plutôt :" not in page


def test_who_was_given_the_subject_before_is_one_press_away(app: Flask, world: World, ports: Ports) -> None:
    Case(app, world.first)
    with app.app_context():
        work_off(world.first, ports)
    again = Case(app, world.first, "Le radiateur reste froid encore")
    with app.app_context():
        work_off(world.first, ports)
    again.do("transfert", to=f"equipe:{again.member.teams['technical']}", why="trade", seen=str(last_event(again)))
    page = again.page()
    assert "Confier à Chaleur Picarde" in page
    done = again.do("transfert", to=f"organisme:{again.member.supplier_id}", why="trade", seen=str(last_event(again)))
    assert done.status_code == 303
    with app.app_context(), member_transaction(again.member.id) as session:
        assert session.get_one(Complaint, again.id).organisation_id == again.member.supplier_id
        assert session.scalars(select(Handover)).all()


def test_the_one_thing_to_do_follows_where_the_complaint_stands(case: Case, ports: Ports) -> None:
    def main() -> str:
        [found] = re.findall(r'<a class="button" href="[^"]*"[^>]*>([^<]+)</a>\s*<details class="more">', case.page())
        return str(found)

    assert main() == "Répondre"
    case.do("reponse", text=HELLO)
    assert main() == "Terminer"
    with case.app.app_context():
        handling.add_from_tenant(case.member.id, case.id, "Toujours froid", ports)
    assert main() == "Répondre"
    case.do("cloture", outcome="solved", sentence="Fini.")
    assert main() == "Écrire une note interne"


def test_another_members_complaint_takes_no_word(app: Flask, world: World) -> None:
    theirs = Case(app, world.second)
    desk = Desk(app.test_client())
    desk.sign_in(world.first.agent_email)
    for path, fields in (
        ("apercu", {"ecrire": "reponse", "text": HELLO}), ("partenaire", {"partner_text": HELLO}),
        ("note", {"internal_note": HELLO}),
        ("engagements", {"what": "X", "due_on": "2026-12-01", "owner": f"equipe:{world.first.teams['technical']}"}),
        (f"engagements/{UUID(int=1)}/fait", {}), (f"engagements/{UUID(int=1)}/retrait", {"why_dropped": "X"}),
    ):  # fmt: skip
        assert desk.send("/equipe/", f"{theirs.url}/{path}", **fields).status_code == 404, path
    assert "noted" not in theirs.kinds()


def other_complaint(client: object, member: MemberWorld) -> str:
    return submit(client, member, "Le robinet goutte", email="petit@poste.example")["reference"]  # type: ignore[arg-type]


def test_the_persons_other_complaints_and_the_residence_are_beside_it(case: Case) -> None:
    reference = other_complaint(case.app.test_client(), case.member)
    page = case.page()
    assert "Ses autres demandes, en 12 mois" in page
    assert page.count(reference) >= 2  # the person's and the residence's
    assert "1 autre demande en 12 semaines." in page
