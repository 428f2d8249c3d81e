"""Words for the organisation that has a complaint, and for colleagues: who reads them, what never goes with them."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask import Flask

from service.adapters.mail_in import read_mail
from service.domain.errors import BadInput, NotAllowed
from service.domain.templates import Unfilled
from service.journey.closing import closing
from service.journey.handling import partner_words
from service.journey.news import replies
from service.journey.ports import Ports
from service.journey.routing import transfers
from service.journey.routing.transfers import TransferTarget
from service.journey.transactions import member_transaction
from service.models.complaint import Event
from service.models.delivery import Delivery
from service.settings import Settings
from tests.passing import COLD, Case, at_supplier
from tests.work import work_off
from tests.world import World

pytestmark = pytest.mark.services

WHEN = "Quel jour passez-vous ?"


@pytest.fixture
def case(app: Flask, world: World, ports: Ports) -> Iterator[Case]:
    case = at_supplier(app, world.first, ports)
    with app.app_context():
        work_off(world.first, ports)
        yield case


def write(case: Case, text: str = WHEN, seen: int = 0) -> None:
    partner_words.write(case.member.id, case.id, case.member.agent_id, text=text, seen=seen, ports=case.ports)


def mails(settings: Settings) -> list[EmailMessage]:
    found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in settings.mail_dir.glob("*.eml")]
    return [mail for mail in found if "message de" in mail["Subject"]]


def test_the_organisation_reads_it_and_not_a_word_of_the_tenant(case: Case, settings: Settings) -> None:
    write(case)
    work_off(case.member, case.ports)
    [mail] = mails(settings)
    assert mail["To"] == "chaleur@amont.example"
    body = mail.get_body(("plain",))
    assert body
    words = body.get_content()
    assert WHEN in words
    assert "/partenaire/" in words
    assert COLD not in words
    with member_transaction(case.member.id) as session:
        told = session.query(Event).filter_by(kind="partner_written").one()
        assert (told.audience, told.actor) == ("internal", "Ana Vidal")
        assert session.query(Delivery).filter(Delivery.purpose == "answered").count() == 0


def test_pressed_twice_it_is_written_once(case: Case) -> None:
    write(case)
    write(case)
    assert case.kinds().count("partner_written") == 1


def test_the_answer_comes_back_as_a_note_of_the_organisation(case: Case, settings: Settings, ports: Ports) -> None:
    write(case)
    work_off(case.member, case.ports)
    [mail] = mails(settings)
    raw = f"From: chaleur@amont.example\r\nTo: {mail['Reply-To']}\r\nMessage-ID: <1@x>\r\n\r\nJeudi matin.\r\n"
    assert replies.receive(read_mail(raw.encode()), ports) == replies.Outcome.TAKEN
    with member_transaction(case.member.id) as session:
        note = session.query(Event).filter_by(kind="noted").one()
        assert (note.actor, note.audience, note.data["text"]) == ("Chaleur Picarde", "internal", "Jeudi matin.")


def test_what_nobody_outside_could_receive_is_refused(case: Case) -> None:
    with pytest.raises(Unfilled):
        write(case, "Passez le {date_passage}")
    with pytest.raises(BadInput, match="blank"):
        write(case, " ")
    transfers.transfer(
        case.member.id, case.id, case.member.agent_id, to=TransferTarget(case.member.teams["tenancy"]), reason="trade",
        words="", seen=10**9, ports=case.ports,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="no_organisation"):
        write(case)
    assert "partner_written" not in case.kinds()


def test_a_message_that_waits_does_not_follow_a_complaint_taken_back(case: Case, settings: Settings) -> None:
    write(case)
    transfers.transfer(
        case.member.id, case.id, case.member.agent_id, to=TransferTarget(case.member.teams["tenancy"]), reason="trade",
        words="", seen=10**9, ports=case.ports,
    )  # fmt: skip
    work_off(case.member, case.ports)
    assert mails(settings) == []


def test_a_note_stays_in_the_house_and_moves_no_clock(case: Case) -> None:
    before = case.complaint().due_at
    for _ in range(2):
        partner_words.note(
            case.member.id, case.id, case.member.agent_id, text="Appelé, pas de réponse", seen=0, ports=case.ports
        )
    taken = work_off(case.member, case.ports)
    assert case.kinds().count("noted") == 1
    assert case.complaint().due_at == before
    assert taken == 1  # the clocks are read again, and nothing leaves


def test_a_note_may_be_kept_on_what_is_over(case: Case) -> None:
    closing.close(case.member.id, case.id, case.member.agent_id, outcome="solved", sentence="Réparé.", ports=case.ports)
    partner_words.note(case.member.id, case.id, case.member.agent_id, text="Vu sur place", seen=0, ports=case.ports)
    assert case.kinds()[-1] == "noted"


def test_what_others_wrote_since_is_told_and_ones_own_words_are_not(case: Case) -> None:
    with member_transaction(case.member.id) as session:
        seen = session.query(Event.id).order_by(Event.id.desc()).limit(1).scalar()
        assert not partner_words.written_since(session, case.id, seen, "Rémi Sorel", "Bonjour")
    write(case)
    with member_transaction(case.member.id) as session:
        assert [one.kind for one in partner_words.written_since(session, case.id, seen, "Rémi Sorel", "Bonjour")] == [
            "partner_written"
        ]
        assert not partner_words.written_since(session, case.id, seen, "Ana Vidal", "Autre chose")
